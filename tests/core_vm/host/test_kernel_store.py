"""Files of compiled kernels: whole or missing, whatever becomes of them and of the place where they lie."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core_vm.host.cache_place import (
    OVERRIDE_VARIABLE,
    PRIVATE_VARIABLE,
    CacheWarning,
    kernel_place,
    private_directory,
)
from core_vm.host.kernel_store import SECONDS_KEPT, kept, load, making, pack, prune, prune_once, save, say_once, unpack

SECTIONS = [b"head", b"\x7fELF" * 100, b""]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place of the test's own."""
    monkeypatch.setenv(OVERRIDE_VARIABLE, str(tmp_path))
    monkeypatch.delenv(PRIVATE_VARIABLE, raising=False)
    forget()
    yield tmp_path / "kernels"
    forget()


def forget() -> None:
    for remembered in (kernel_place, private_directory, prune_once, say_once):
        remembered.cache_clear()


def test_what_is_saved_is_there(place: Path) -> None:
    assert not kept("a")
    assert load("a") is None
    assert save("a", SECTIONS)
    assert kept("a")
    assert load("a") == SECTIONS
    assert [path.name for path in place.iterdir()] == ["a.kernel"]


def test_every_cut_and_every_flip_is_found() -> None:
    data = pack([b"head", b"", b"code"])
    assert unpack(data) == [b"head", b"", b"code"]
    assert all(unpack(data[:size]) is None for size in range(len(data)))
    for at in range(len(data)):
        assert unpack(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]) is None
    assert unpack(data + b"\0") is None


@pytest.mark.parametrize("garbage", [b"", b"\0" * 1000, b"#!/bin/sh\n" * 100, pack(SECTIONS)[:-1]])
def test_a_file_that_is_no_kernel_counts_as_missing_and_is_written_again(place: Path, garbage: bytes) -> None:
    save("a", SECTIONS)
    (place / "a.kernel").write_bytes(garbage)
    assert load("a") is None
    assert save("a", SECTIONS)
    assert load("a") == SECTIONS


def test_a_directory_in_a_kernels_place_is_no_kernel(place: Path) -> None:
    save("other", SECTIONS)
    (place / "a.kernel").mkdir()
    assert not kept("a")
    assert load("a") is None
    with pytest.warns(CacheWarning, match="this command alone"):
        assert save("a", SECTIONS)
    assert load("a") == SECTIONS


def test_without_a_place_a_private_one_serves_and_is_told_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.mkdir()
    place.chmod(0o777)
    with pytest.warns(CacheWarning, match="this command alone: other users may write"):
        assert save("a", SECTIONS)
    assert save("b", SECTIONS)  # a second warning would be an error of this test
    assert load("b") == SECTIONS
    assert list(place.iterdir()) == []


def test_a_warm_place_that_is_read_only_serves(place: Path, tmp_path: Path) -> None:
    save("a", SECTIONS)
    place.chmod(0o500)
    script = (
        "from core_vm.host.kernel_store import load, making, save\n"
        "with making('b'): pass\n"
        "print(load('a') is not None, load('b') is not None, save('b', [b'x']), load('b'))\n"
    )
    done = subprocess.run(
        [*without_rights(), sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True
    )
    assert "this command alone" in done.stderr
    assert done.stdout.split() == ["True", "False", "True", "[b'x']"]
    assert [path.name for path in place.iterdir()] == ["a.kernel"]


def without_rights() -> list[str]:
    """Root writes where it may not; as a user without that right, it does not."""
    return [] if os.geteuid() else ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


def test_a_full_disk_leaves_nothing_and_says_so(place: Path) -> None:
    script = "from core_vm.host.kernel_store import kept, save; print(save('a', [bytes(100_000)]), kept('a'))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        encoding="utf-8",
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
    )
    assert done.stdout.split() == ["False", "False"]
    assert "compiled kernels are not kept" in done.stderr
    assert "File too large" in done.stderr
    assert list(place.iterdir()) == []


def test_what_was_not_used_for_long_goes_and_what_is_used_stays(place: Path) -> None:
    now = time.time()
    for name, age in {"old": 2, "new": 0.5}.items():
        save(name, SECTIONS)
        os.utime(place / f"{name}.kernel", (now, now - age * SECONDS_KEPT))
    (place / "not_ours").write_text("", encoding="utf-8")
    os.utime(place / "not_ours", (now, 0))
    assert load("new") == SECTIONS  # marks it
    assert (place / "new.kernel").stat().st_mtime > now - 60
    prune(place, now - SECONDS_KEPT)
    assert sorted(path.name for path in place.iterdir()) == ["new.kernel", "not_ours"]


def test_of_two_processes_that_make_a_kernel_one_waits(place: Path) -> None:
    script = (
        "import sys, time\n"
        "from core_vm.host.kernel_store import kept, making, save\n"
        "with making('a'):\n"
        "    made = kept('a')\n"
        "    time.sleep(0.5)\n"
        "    save('a', [b'x'])\n"
        "print(made)\n"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, encoding="utf-8") for _ in range(2)
    ]
    assert sorted(process.communicate()[0].strip() for process in both) == ["False", "True"]
    assert [path.name for path in place.iterdir()] == ["a.kernel"]


def test_an_error_inside_is_the_callers(place: Path) -> None:
    with pytest.raises(OSError, match="mine"), making("a"):
        raise OSError("mine")
    with making("a"):
        pass
