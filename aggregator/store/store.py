"""Entries on disk, for this user alone: what was proved so far, so that a command that was killed goes on from there.

An entry is a file: magic, SHA-256 of the rest, its name, its content. It appears under its name whole and on the disk,
or not at all; one that was cut short, overwritten or put under another name is found by its digest and counts as
missing. What lies in a store is private: it holds what makes a private input's root, and proofs that nobody has
published. So the directory is ours and nobody else may look into it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core_vm.errors import ResourceError, UsageError
from core_vm.given import shown
from core_vm.host.cache_place import distrust
from core_vm.host.files import write_all

MARKER = "quire-store"
SUFFIX, PARTIAL_SUFFIX = ".entry", ".partial"
MAGIC = b"QUIRES\0\1"
DIGEST_BYTES = 32
MAX_ENTRY_BYTES = 2**26
DAY = 86_400.0
# An entry's time says when it was last used. After so long it goes, when the store is opened; a file that a killed
# process left half written goes sooner.
SECONDS_KEPT = 30 * DAY
SECONDS_TO_WRITE = 3600.0


class Store:
    """A directory of entries. Any number of processes may use one at the same time."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        """Opens the store, or makes one where there is nothing or an empty directory.

        Raises UsageError for what is no path, and a directory that is something else or not private; ResourceError
        where the system refuses.
        """
        self.directory = directory = store_path(directory)
        with self._refusals("use"):
            self._open()
            prune(directory, time.time())

    def _open(self) -> None:
        path = self.directory
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
        if not path.is_dir():
            raise UsageError(f"{path} is no directory, and the store of proofs has to be one")
        self.directory = path.resolve()
        if reason := distrust(self.directory):
            raise UsageError(f"{path} cannot be a store of proofs: {reason}")
        if not self._is_marked():
            path.chmod(0o700)
            os.close(os.open(path / MARKER, os.O_WRONLY | os.O_CREAT, 0o600))
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise UsageError(f"others may look into the store of proofs {path}, which holds private data: chmod 700")

    def _is_marked(self) -> bool:
        """Whether it is a store already. The marker is the first file in it; another process may just be making it."""
        is_empty = not any(self.directory.iterdir())
        if (self.directory / MARKER).exists() or is_empty:
            return not is_empty
        raise UsageError(f"{self.directory} is no store of proofs, and not empty: give --store a directory of its own")

    def load(self, name: str) -> bytes | None:
        """The content of an entry; None if there is none, or none that is intact. It counts as used."""
        path = self.directory / (name + SUFFIX)
        try:
            content = _unpack(name, _read_own(path))
        except OSError:
            return None
        if content is not None:
            with suppress(OSError):
                os.utime(path)
        return content

    def save(self, name: str, content: bytes) -> None:
        """Keep an entry; on return it is on the disk. Raises ResourceError where the disk takes no more."""
        with self._refusals("write to"):
            self._save(name, content)

    def remove(self, name: str) -> None:
        """An entry is of no use. Raises ResourceError."""
        with self._refusals("write to"):
            (self.directory / (name + SUFFIX)).unlink(missing_ok=True)

    def _save(self, name: str, content: bytes) -> None:
        partial = self.directory / (secrets.token_hex(16) + PARTIAL_SUFFIX)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            try:
                write_all(descriptor, _pack(name, content))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            partial.replace(self.directory / (name + SUFFIX))
        except BaseException:  # an interrupt as well
            partial.unlink(missing_ok=True)
            raise
        _sync(self.directory)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time is within the block, where files can be locked."""
        with self._refusals("use"):
            descriptor = os.open(self.directory / MARKER, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _refusals(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ResourceError(f"cannot {what} the store of proofs {self.directory}: {error.strerror}") from error


def store_path(directory: object) -> Path:
    """Raises UsageError for what can name no directory."""
    text = os.fspath(directory) if isinstance(directory, str | os.PathLike) else None
    if not isinstance(text, str) or not text or "\0" in text:
        raise UsageError(f"a store of proofs is a directory's path, not {shown(directory)}")
    return Path(text)


def prune(directory: Path, now: float) -> None:
    """Remove what was not used for long. Whoever still wants it makes it again."""
    ages = {SUFFIX: SECONDS_KEPT, PARTIAL_SUFFIX: SECONDS_TO_WRITE}
    for path in directory.iterdir():
        with suppress(OSError):  # another process was faster
            if path.suffix in ages and now - path.stat().st_mtime > ages[path.suffix]:
                path.unlink()


def _pack(name: str, content: bytes) -> bytes:
    words = name.encode()
    body = len(words).to_bytes(2, "little") + words + content
    return MAGIC + hashlib.sha256(body).digest() + body


def _unpack(name: str, data: bytes) -> bytes | None:
    """The content of the entry of this name; None for anything else."""
    head = len(MAGIC) + DIGEST_BYTES + 2 + len(name.encode())
    return data[head:] if data == _pack(name, data[head:]) else None


def _read_own(path: Path) -> bytes:
    """A file of ours, no more of it than an entry may have. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            return b""
        return file.read(MAX_ENTRY_BYTES)


def _sync(directory: Path) -> None:
    """Put the directory itself on the disk: an entry that was named is still there after a loss of power."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
