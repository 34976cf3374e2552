"""Buffers that a prover keeps from phase to phase and from shard to shard, because fresh memory costs page faults.

What one phase leaves is what the next one writes to: a shard's events, the fraction tree, folded columns never live
together, so one buffer is as large as the largest of them. Each is a mapping of far more address space than it is asked
for: it grows where it lies, and pages that nobody touched take no memory.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from core_vm.errors import ResourceError
from core_vm.host.mappings import lazy_mapping

RESERVED_BYTES = 1 << 33
"""Of address space, for each buffer."""

free_buffers = list[mmap.mmap]()
"""Of this process."""


@contextmanager
def scratch_words(count: int) -> Iterator[npt.NDArray[np.uint32]]:
    """`count` uint32 words of undefined content, at the start of a page, for the time of a `with` block."""
    buffer = _taken(4 * count)
    try:
        yield np.frombuffer(buffer, np.uint32, count)
    finally:
        free_buffers.append(buffer)


def recycled_words(count: int) -> npt.NDArray[np.int64]:
    """An int64 array of undefined content, whose memory is used again once no array looks into it any more."""
    if count == 0:
        return np.zeros(0, np.int64)
    buffer = _taken(8 * count)
    owner = (ctypes.c_char * (8 * count)).from_buffer(buffer)
    weakref.finalize(owner, free_buffers.append, buffer)
    return np.frombuffer(memoryview(owner), np.int64)


def _taken(size: int) -> mmap.mmap:
    """A buffer that nobody uses. One that is too small is replaced, so that at most as many exist as were ever in use
    at once."""
    try:
        buffer = free_buffers.pop()
    except IndexError:
        return _reserved(size)
    return buffer if len(buffer) >= size else _reserved(size)


def _reserved(size: int) -> mmap.mmap:
    try:
        buffer = lazy_mapping(max(size, RESERVED_BYTES))
    except ResourceError:
        buffer = lazy_mapping(size)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        buffer.madvise(mmap.MADV_HUGEPAGE)
    return buffer


if hasattr(os, "register_at_fork"):
    # Every page of its parent's buffers would be copied, small page by small page, where a worker writes to it.
    os.register_at_fork(after_in_child=free_buffers.clear)
