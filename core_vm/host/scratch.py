"""Buffers that a prover keeps from phase to phase and from shard to shard, because fresh memory costs page faults.

All lie in one mapping of far more address space than any needs, each as low as there is room. So what one phase leaves
is what the next one writes to: a shard's events, the fraction tree, folded columns never live together, and what was
touched once is as large as the most that ever lived at a time. Pages that nobody touched take no memory, so buffers of
larger shards grow where smaller ones lay.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.errors import ResourceError
from core_vm.host.mappings import lazy_mapping

RESERVED_BYTES = 1 << 34
"""Of address space."""
_GRANULE = 4096


class Space:
    """Of one mapping: which parts are in use, as `used[start] = stop`."""

    def __init__(self, size: int) -> None:
        self.mapping, self.used = lazy_mapping(size), dict[int, int]()
        if hasattr(mmap, "MADV_HUGEPAGE"):
            self.mapping.madvise(mmap.MADV_HUGEPAGE)
        self._freed, self._lock = list[int](), threading.Lock()

    def take(self, size: int) -> int | None:
        """The lowest start of so many bytes that nobody uses; None if there are none."""
        with self._lock:
            while self._freed:
                del self.used[self._freed.pop()]
            start = 0
            for other in sorted(self.used):
                if other - start >= size:
                    break
                start = self.used[other]
            if start + size > len(self.mapping):
                return None
            self.used[start] = start + -(-size // _GRANULE) * _GRANULE
            return start

    def free(self, start: int) -> None:
        """What starts there is not used any more. Takes no lock: the end of an array may come anywhere."""
        self._freed.append(start)


spaces = list[Space]()
"""Of this process, one at most."""
_lock = threading.Lock()


def space() -> Space | None:
    """That of this process; None where the system has no such address space."""
    with _lock:
        if not spaces:
            try:
                spaces.append(Space(RESERVED_BYTES))
            except ResourceError:
                return None
        return spaces[0]


@contextmanager
def scratch_words(count: int) -> Iterator[npt.NDArray[np.uint32]]:
    """`count` uint32 words of undefined content, at the start of a page, for the time of a `with` block."""
    of_process = space()
    start = None if of_process is None else of_process.take(max(4 * count, 1))
    if of_process is None or start is None:
        yield np.frombuffer(lazy_mapping(4 * count), np.uint32)
        return
    try:
        yield np.frombuffer(of_process.mapping, np.uint32, count, start)
    finally:
        of_process.free(start)


def recycled(count: int, dtype: Any) -> np.ndarray:
    """An array of undefined content, whose memory is used again once no array looks into it any more."""
    size = count * np.dtype(dtype).itemsize
    if size == 0:
        return np.zeros(0, dtype)
    of_process = space()
    start = None if of_process is None else of_process.take(size)
    if of_process is None or start is None:
        return np.frombuffer(lazy_mapping(size), dtype)
    owner = (ctypes.c_char * size).from_buffer(of_process.mapping, start)
    weakref.finalize(owner, of_process.free, start)
    return np.frombuffer(memoryview(owner), dtype)


def _forget() -> None:
    """Every page of its parent's buffers would be copied, small page by small page, where a worker writes to it."""
    global _lock
    _lock = threading.Lock()
    spaces.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
