"""Compiled kernels as files: one file each, whole or not at all, under a name that says what it was compiled from.

A file is a digest of the rest, the lengths of its sections, the sections. One that was cut short or overwritten is
found by its digest and counts as missing. Nothing here knows what the sections hold. Other things that take long to
make, and come out the same every time, are kept beside the kernels: `kept_or_made` is what all of them use.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

from core_vm.errors import UsageError
from core_vm.host.cache_place import PRIVATE_VARIABLE, CacheWarning, kernel_place, private_directory

Made = TypeVar("Made")

SUFFIX, LOCK_SUFFIX, PARTIAL_SUFFIX = ".kernel", ".lock", ".partial"
DIGEST_BYTES = 32
DAY = 86_400.0
# A file says by its time when it was last used, give or take the first figure; after the second it goes.
SECONDS_BETWEEN_MARKS = 7 * DAY
SECONDS_KEPT = 180 * DAY


def kernel_directory() -> Path:
    """Where kernels are kept from now on. Raises OSError where not even a temporary place can be had."""
    return kernel_place().to_read or private_directory()


def kept(name: str) -> bool:
    """Whether a kernel of that name is there; its content is looked at when it is loaded."""
    return any((directory / (name + SUFFIX)).is_file() for directory in _readable())


def kept_bytes(name: str) -> int:
    """The size of a kernel's file; 0 if there is none."""
    paths = [directory / (name + SUFFIX) for directory in _readable()]
    return max((path.stat().st_size for path in paths if path.is_file()), default=0)


def load(name: str) -> list[bytes] | None:
    """The sections of a kernel; None if there is none, or none that is intact."""
    for directory in _readable():
        path = directory / (name + SUFFIX)
        try:
            sections = unpack(path.read_bytes())
        except OSError:
            continue
        if sections is not None:
            _mark_as_used(path)
            return sections
    return None


def save(name: str, sections: Sequence[bytes]) -> bool:
    """Keep a kernel for later processes, or at least for those of this command. False, and a warning, if neither."""
    data, place, reason = pack(sections), kernel_place(), ""
    if place.to_write is not None:
        try:
            _write(place.to_write, name, data)
            prune_once(place.to_write)
            return True
        except OSError as error:
            reason = f"{place.path}: {error.strerror}"
    try:
        _write(private_directory(), name, data)
    except OSError as error:
        say_once(f"compiled kernels are not kept: {reason or place.reason}; {error.strerror}")
        return False
    tell_where(name)
    return True


def kept_or_made(
    name: str, make: Callable[[], Made], to_bytes: Callable[[Made], bytes], from_bytes: Callable[[bytes], Made]
) -> Made:
    """What is kept under a name that says all that it is made of; made and kept if it is not there.

    `from_bytes` raises UsageError for bytes that are something else: they count as missing.
    """
    sections = load(name)
    if sections is not None:
        try:
            return from_bytes(b"".join(sections))
        except UsageError:
            pass  # it is made again
    made = make()
    save(name, [to_bytes(made)])
    return made


def tell_where(name: str) -> None:
    """A warning if a kernel, made by this process or by one that it started, is kept for this command alone."""
    place = kernel_place()
    if place.to_write is not None and (place.to_write / (name + SUFFIX)).is_file():
        return
    if kept(name):
        say_once(f"compiled kernels are kept for this command alone: {place.reason or f'{place.path} takes no more'}")


def pack(sections: Sequence[bytes]) -> bytes:
    body = struct.pack(f"<{1 + len(sections)}Q", len(sections), *map(len, sections)) + b"".join(sections)
    return hashlib.sha256(body).digest() + body


def unpack(data: bytes) -> list[bytes] | None:
    """The inverse of `pack`; None for anything else."""
    body = memoryview(data)[DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != data[:DIGEST_BYTES]:
        return None
    (count,) = struct.unpack_from("<Q", body)
    sizes, at, sections = struct.unpack_from(f"<{count}Q", body, 8), 8 + 8 * count, list[bytes]()
    for size in sizes:
        sections.append(bytes(body[at : at + size]))
        at += size
    return sections


@contextmanager
def making(name: str) -> Iterator[None]:
    """While one process compiles a kernel, another that wants the same one waits, where files can be locked."""
    with ExitStack() as stack:
        with suppress(OSError):
            path = (kernel_place().to_write or private_directory()) / (name + LOCK_SUFFIX)
            file = stack.enter_context(path.open("ab"))
            stack.callback(path.unlink, missing_ok=True)
            _lock(file.fileno())
        yield


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # not on every system
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def _readable() -> list[Path]:
    place = kernel_place().to_read
    found = [] if place is None else [place]
    return [*found, private_directory()] if PRIVATE_VARIABLE in os.environ else found


def _write(directory: Path, name: str, data: bytes) -> None:
    descriptor, partial = tempfile.mkstemp(suffix=PARTIAL_SUFFIX, dir=directory)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(partial, directory / (name + SUFFIX))
    except BaseException:  # an interrupt as well
        with suppress(OSError):
            os.unlink(partial)
        raise


def _mark_as_used(path: Path) -> None:
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > SECONDS_BETWEEN_MARKS:
            os.utime(path)


@cache
def prune_once(directory: Path) -> None:
    """Remove what nobody has used for long; a process does that at most once."""
    prune(directory, time.time() - SECONDS_KEPT)


def prune(directory: Path, before: float) -> None:
    """Remove what was last used before that time. Another process that still wants it compiles it again."""
    for path in directory.iterdir():
        if path.suffix in (SUFFIX, LOCK_SUFFIX, PARTIAL_SUFFIX):
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    path.unlink()


@cache
def say_once(message: str) -> None:
    """A CacheWarning, unless this process has given it before."""
    warnings.warn(message, CacheWarning, stacklevel=3)
