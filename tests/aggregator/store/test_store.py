"""Entries on disk: whole or not at all, private, and nobody is in anybody's way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aggregator.store import store as stores
from aggregator.store.store import MARKER, MAX_ENTRY_BYTES, SECONDS_KEPT, SECONDS_TO_WRITE, SUFFIX, Store
from core_vm.errors import ResourceError, UsageError
from tests.places import ROOT


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "proofs")


def entry(store: Store, name: str) -> Path:
    return store.directory / (name + SUFFIX)


def test_what_is_kept_is_found_also_by_another_process(store: Store) -> None:
    assert store.load("a") is None
    store.save("a", b"first")
    store.save("b", b"")
    store.save("a", b"second")
    for again in (store, Store(store.directory)):
        assert (again.load("a"), again.load("b"), again.load("c")) == (b"second", b"", None)


def test_nobody_else_may_look_into_it(store: Store) -> None:
    store.save("a", b"secret")
    assert store.directory.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in store.directory.iterdir()} == {0o600}


def test_an_empty_directory_becomes_a_private_store(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Store(tmp_path).save("a", b"content")
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_store_that_others_may_look_into_is_refused(store: Store) -> None:
    store.directory.chmod(0o755)
    with pytest.raises(UsageError, match="chmod 700"):
        Store(store.directory)


def test_a_directory_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(UsageError, match="other users may write"):
        Store(tmp_path)


def test_a_directory_of_other_things_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_bytes(b"all of it")
    with pytest.raises(UsageError, match="not empty"):
        Store(tmp_path)
    assert os.listdir(tmp_path) == ["thesis.tex"]


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="no directory"):
        Store(tmp_path / "file")
    with pytest.raises(ResourceError, match="cannot use"):
        Store(tmp_path / "file" / "inside")


@pytest.mark.parametrize("place", [0, 7, 8, 39, 40, 41, 42, 50, -1])
def test_a_changed_entry_counts_as_missing_and_is_made_again(store: Store, place: int) -> None:
    store.save("a", b"content of a few bytes")
    whole = entry(store, "a").read_bytes()
    changed = bytearray(whole)
    changed[place] ^= 1
    for data in (bytes(changed), whole[:place], whole + b"\0", b"", bytes(len(whole))):
        entry(store, "a").write_bytes(data)
        assert store.load("a") is None
    store.save("a", b"new")
    assert store.load("a") == b"new"


def test_an_entry_under_another_name_counts_as_missing(store: Store) -> None:
    store.save("a", b"of a")
    entry(store, "a").rename(entry(store, "b"))
    assert store.load("b") is None


def test_what_is_no_file_of_a_reasonable_size_counts_as_missing(store: Store) -> None:
    entry(store, "directory").mkdir()
    os.mkfifo(entry(store, "pipe"))
    store.save("target", b"content")
    entry(store, "link").symlink_to(entry(store, "target"))
    with entry(store, "huge").open("wb") as file:
        file.truncate(64 * MAX_ENTRY_BYTES)
    assert [store.load(name) for name in ("directory", "pipe", "link", "huge")] == [None] * 4


def test_a_full_disk_is_a_resource_error_and_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the entry is written when the disk turns out to be full."""
    store.save("a", b"old")
    before = sorted(os.listdir(store.directory))

    def write_half(descriptor: int, data: bytes) -> None:
        os.write(descriptor, data[: len(data) // 2])
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(stores, "write_all", write_half)
    for name in ("a", "b"):
        with pytest.raises(ResourceError, match="No space left on device"):
            store.save(name, b"new content")
    assert sorted(os.listdir(store.directory)) == before
    assert store.load("a") == b"old"


def test_what_was_not_used_for_long_goes_when_the_store_is_opened(store: Store) -> None:
    ages = {"old.entry": SECONDS_KEPT, "killed.partial": SECONDS_TO_WRITE, "quire-store": 10 * SECONDS_KEPT}
    for name, age in ages.items():
        for minutes, prefix in ((-60, "young-"), (60, "")):
            path = store.directory / (name if name == MARKER else prefix + name)
            path.touch()
            os.utime(path, 2 * (time.time() - age - minutes,))
    Store(store.directory)
    assert sorted(os.listdir(store.directory)) == [MARKER, "young-killed.partial", "young-old.entry"]


def test_use_keeps_an_entry_young(store: Store) -> None:
    store.save("a", b"content")
    os.utime(entry(store, "a"), 2 * (time.time() - SECONDS_KEPT + 60,))
    store.load("a")
    assert time.time() - entry(store, "a").stat().st_mtime < 60


WRITER = """
import sys
from pathlib import Path
from aggregator.store.store import Store
store = Store(Path(sys.argv[1]))
print(flush=True)
for number in range(10**9):
    store.save(f"entry-{number % 3}", bytes([number % 3]) * 300_000)
    assert store.load(f"entry-{number % 3}") in (None, bytes([number % 3]) * 300_000)
"""


def test_writers_that_are_killed_at_any_moment_leave_whole_entries(tmp_path: Path) -> None:
    """Two at a time, on the same entries."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for round_number in range(4):
        writers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(2)]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"\n"
        time.sleep(0.05 + 0.037 * round_number)
        for writer in writers:
            assert writer.poll() is None
            writer.kill()
            writer.communicate()
        store = Store(tmp_path)
        contents = [store.load(path.stem) for path in tmp_path.glob("*.entry")]
        assert contents
        assert all(content is not None and content in [bytes([n]) * 300_000 for n in range(3)] for content in contents)
