"""A temporary directory goes with the last process that uses it, and when that was killed, with the next one made."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core_vm.host import temporary

KEEPING = """
import os, sys
from pathlib import Path
from core_vm.host import temporary
print(temporary.hold(Path(sys.argv[1])) if sys.argv[1:] else temporary.keep_directory(), flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary directories are made in one of this test's own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def _keeping(*arguments: str) -> subprocess.Popen[str]:
    """A process that makes a directory, or holds the one that it is told, until its standard input closes."""
    command = [sys.executable, "-c", KEEPING, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")


def _told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_what_a_killed_process_left_is_swept_once_nobody_uses_it() -> None:
    owner = _keeping()
    path = Path(_told(owner))
    (path / "inside").mkdir(mode=0o500)
    (path / "file").write_text("kernel", encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o700
    other = _keeping(str(path))
    assert _told(other) == "True"
    temporary.sweep()
    assert path.exists()
    owner.kill()
    owner.communicate()
    temporary.sweep()
    assert path.exists()  # the other process goes on
    other.kill()
    other.communicate()
    with temporary.directory() as mine:
        assert not path.exists()
        assert mine.exists()
    assert not mine.exists()


def test_it_goes_with_a_process_that_ends() -> None:
    owner = _keeping()
    path = Path(_told(owner))
    assert path.exists()
    owner.communicate("")
    assert not path.exists()
    assert not temporary.hold(path)


def test_what_is_not_ours_stays(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = Path(tempfile.mkdtemp(prefix="quire-temporary-"))
    (place / "precious").mkdir()
    (place / "quire-temporary-link").symlink_to(place / "precious")
    (place / "quire-temporary-file").write_text("", encoding="utf-8")
    (place / "quire-other").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 4711)
        temporary.sweep()
    assert left.exists()
    temporary.sweep()
    assert sorted(path.name for path in place.iterdir()) == [
        "precious",
        "quire-other",
        "quire-temporary-file",
        "quire-temporary-link",
    ]


def test_one_that_is_swept_before_it_is_locked_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made, first = list[str](), tempfile.mkdtemp

    def make_and_lose(**options: str) -> str:
        made.append(first(**options))
        if len(made) == 1:
            os.rmdir(made[0])
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", make_and_lose)
    with temporary.directory() as mine:
        assert str(mine) == made[1]
