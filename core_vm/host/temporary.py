"""Temporary directories that do not outlive their processes by much, even where those are killed.

A process that is killed removes nothing. So every directory is locked by whoever uses it, for as long as they live, and
whoever makes the next one removes those that nobody has locked any more. A lock tells that better than a number of a
process would: numbers are given again, and mean something else in another container that shares the place.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on every system: there, nothing is locked and nothing swept
    fcntl = None

_PREFIX = "quire-temporary-"


def keep_directory() -> Path:
    """A new directory for this process and those that hold it, which nobody else can read; it goes when this one ends.

    Raises OSError where none can be made.
    """
    path, descriptor = _make()
    atexit.register(_remove, path, descriptor, os.getpid())
    return path


@contextmanager
def directory() -> Iterator[Path]:
    """The same for the length of a block. Raises OSError where none can be made."""
    path, descriptor = _make()
    try:
        yield path
    finally:
        _remove(path, descriptor, os.getpid())


def hold(path: Path) -> bool:
    """Use a directory that another process has made: it is not swept before this process has ended as well.

    False where it is gone.
    """
    return _locked(path) is not None


def sweep() -> None:
    """Remove what processes of ours, of this user, have left that were killed."""
    with suppress(OSError):
        for entry in os.scandir(tempfile.gettempdir()):
            if entry.name.startswith(_PREFIX):
                with suppress(OSError):
                    _remove_if_left(Path(entry.path))


def _make() -> tuple[Path, int]:
    sweep()
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        descriptor = _locked(path)
        if descriptor is not None:
            return path, descriptor  # else another process swept it before it was locked


def _locked(path: Path) -> int | None:
    """A descriptor by which this process, and what is forked off it, uses a directory; None where that is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    if fcntl is not None:
        with suppress(OSError):  # of a file system without locks, where nothing is swept either
            fcntl.flock(descriptor, fcntl.LOCK_SH)
    if path.exists():
        return descriptor
    os.close(descriptor)
    return None


def _remove_if_left(path: Path) -> None:
    status = path.lstat()
    if fcntl is None or not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)


def _remove(path: Path, descriptor: int, owner: int) -> None:
    if os.getpid() == owner:  # a forked process has inherited the registration, not the directory
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)
