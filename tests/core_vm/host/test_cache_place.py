"""Caches are executed: one that another user may write to is not used, and where there is none, a private one is."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core_vm.host import cache_place
from core_vm.host.cache_place import (
    OVERRIDE_VARIABLE,
    PRIVATE_VARIABLE,
    CacheWarning,
    compiler_directory,
    distrust,
    kernel_place,
    private_directory,
)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process that has not looked yet."""
    for name in (OVERRIDE_VARIABLE, PRIVATE_VARIABLE, "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    forget()
    yield
    forget()


def forget() -> None:
    for remembered in (kernel_place, compiler_directory, private_directory):
        remembered.cache_clear()


def become_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4711)


def test_the_place_is_made_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    place = kernel_place()
    assert (place.path, place.readable, place.writable) == (tmp_path / ".cache/quire/kernels", True, True)
    assert (tmp_path / ".cache/quire/kernels").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o702])
def test_a_place_that_others_may_write_to_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.setenv(OVERRIDE_VARIABLE, str(tmp_path))
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels").chmod(mode)
    place = kernel_place()
    assert not place.readable
    assert not place.writable
    assert "other users may write" in place.reason


def test_nor_one_in_a_directory_where_everybody_may_rename_it(tmp_path: Path) -> None:
    inner = tmp_path / "open" / "kernels"
    inner.mkdir(parents=True, mode=0o700)
    (tmp_path / "open").chmod(0o777)
    assert "everybody may write" in (distrust(inner) or "")
    (tmp_path / "open").chmod(0o1777)
    assert distrust(inner) is None


def test_nor_one_that_belongs_to_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "kernels"
    place.mkdir(mode=0o700)
    assert distrust(place) is None
    if os.geteuid() == 0:  # what belongs to root is everybody's to trust
        os.chown(place, 4712, -1)
    become_somebody_else(monkeypatch)
    assert "belongs to another user" in (distrust(place) or "")


def test_a_link_is_judged_by_what_it_leads_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere").chmod(0o777)
    (tmp_path / "kernels").symlink_to("elsewhere")
    monkeypatch.setenv(OVERRIDE_VARIABLE, str(tmp_path))
    assert not kernel_place().readable


@pytest.mark.parametrize("home", ["", None, "no/absolute/path"])
def test_a_user_without_a_home_has_no_place(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    def nobody(number: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    if home is None:
        monkeypatch.delenv("HOME", raising=False)
    else:
        monkeypatch.setenv("HOME", home)
    place = kernel_place()
    assert (place.path, place.readable, place.writable) == (None, False, False)


def test_a_home_that_is_no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert "Not a directory" in kernel_place().reason
    with pytest.warns(CacheWarning, match="Not a directory"):
        directory = compiler_directory()
    assert directory.parent.stat().st_mode & 0o777 == 0o700


def test_the_compiler_keeps_its_objects_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert compiler_directory() == tmp_path / "quire" / "zig"


def test_the_private_directory_is_for_our_processes_and_goes_with_us() -> None:
    child = f"import os; print(os.environ[{PRIVATE_VARIABLE!r}], os.stat(os.environ[{PRIVATE_VARIABLE!r}]).st_mode)"
    script = (
        "import os, subprocess, sys\n"
        "from core_vm.host.cache_place import private_directory\n"
        "path = private_directory()\n"
        "if os.fork() == 0: sys.exit()\n"  # a child's end is not ours
        "os.wait()\n"
        f"subprocess.run([sys.executable, '-c', {child!r}], check=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    path, mode = done.stdout.split()
    assert int(mode) & 0o777 == 0o700
    assert not Path(path).exists()


def test_a_private_directory_of_somebody_else_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o777)
    monkeypatch.setenv(PRIVATE_VARIABLE, str(tmp_path))
    assert private_directory() != tmp_path
    assert cache_place.distrust(private_directory()) is None
