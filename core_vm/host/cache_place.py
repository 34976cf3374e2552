"""Where Quire keeps what it can make again: compiled kernels, the C compiler's objects.

What lies in a cache is executed, so a directory into which somebody else may write is not used. Where there is none of
ours, a private directory takes its place and is removed when the process ends.
"""

from __future__ import annotations

import os
import stat
import sys
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core_vm.host import temporary

# Names the private directory of this process to the processes that it starts.
PRIVATE_VARIABLE = "QUIRE_PRIVATE_CACHE"
OVERRIDE_VARIABLE = "NUMBA_CACHE_DIR"


class CacheWarning(UserWarning):
    """Something has to be made again in every process, since it cannot be kept."""


@dataclass(frozen=True, slots=True)
class CachePlace:
    """A directory, whether what lies in it may be used and whether more may be put there, and if not, why."""

    path: Path | None
    readable: bool
    writable: bool
    reason: str = ""

    @property
    def to_read(self) -> Path | None:
        """The directory, if what lies in it may be used."""
        return self.path if self.readable else None

    @property
    def to_write(self) -> Path | None:
        """The directory, if more may be put there; then it may be used as well."""
        return self.path if self.writable else None


def user_cache() -> Path | None:
    """The user's cache of Quire; None where the system knows no home of theirs."""
    # An empty HOME is no home; one that is not set is looked up by the user's number, which may have none.
    home = Path(os.environ["HOME"] if os.environ.get("HOME") == "" else os.path.expanduser("~"))
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        wanted = Path(os.environ.get("XDG_CACHE_HOME", ""))
        base = wanted if wanted.is_absolute() else home / ".cache"
    return base / "quire" if base.is_absolute() else None


@cache
def kernel_place() -> CachePlace:
    """The place of compiled kernels: under $NUMBA_CACHE_DIR or in the user's cache."""
    chosen = os.environ.get(OVERRIDE_VARIABLE)
    return _place(Path(chosen).absolute() if chosen else user_cache(), "kernels")


@cache
def compiler_directory() -> Path:
    """Where the C compiler keeps its objects. Raises OSError where there is no room even for a temporary one."""
    place = _place(user_cache(), "zig")
    if place.to_write is not None:
        return place.to_write
    warnings.warn(f"the C compiler's objects are not kept: {place.reason}", CacheWarning, stacklevel=2)
    directory = private_directory() / "zig"
    directory.mkdir(exist_ok=True)
    return directory


def _place(base: Path | None, name: str) -> CachePlace:
    if base is None:
        return CachePlace(None, False, False, "this user has no home directory")
    path = base / name
    try:
        base.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        path = path.resolve()
        danger = distrust(path)
    except OSError as error:
        return CachePlace(path, False, False, f"{path}: {error.strerror}")
    if danger:
        return CachePlace(path, False, False, danger)
    if not os.access(path, os.W_OK | os.X_OK):
        return CachePlace(path, os.access(path, os.R_OK | os.X_OK), False, f"{path} is not writable")
    return CachePlace(path, True, True)


def distrust(path: Path) -> str | None:
    """Why somebody else might have put a file into the directory `path`; None where nobody but root could."""
    if not hasattr(os, "geteuid"):
        return None  # the rights of this system are not expressed in modes
    trusted = {0, os.geteuid()}
    if path.stat().st_uid not in trusted:
        return f"{path} belongs to another user"
    if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"other users may write to {path}: chmod go-w"
    trusted.add(Path(path.anchor).stat().st_uid)  # root, by whatever number it goes in a user namespace
    for parent in path.parents:
        status = parent.stat()
        if status.st_uid not in trusted:
            return f"{path} lies in {parent}, which belongs to another user"
        if status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
            return f"{path} lies in {parent}, to which everybody may write"
    return None


@cache
def private_directory() -> Path:
    """A directory for this process and those it starts, readable by nobody else, removed when this process ends.

    Raises OSError where no temporary directory can be made.
    """
    given = os.environ.get(PRIVATE_VARIABLE)
    if given and Path(given).is_dir() and not distrust(Path(given)) and temporary.hold(Path(given)):
        return Path(given)
    path = temporary.keep_directory()
    os.environ[PRIVATE_VARIABLE] = str(path)
    return path
