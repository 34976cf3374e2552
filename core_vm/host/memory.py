"""Memory of proving processes: where buffers start, and that freed ones stay with the process until it is told.

The large buffers of a shard (cells, codeword, GKR layers) have nearly the same sizes from shard to shard. By default
the C library returns each to the system when it is freed and the next one is made of fresh pages, which the system
clears one by one: up to two seconds a GiB on virtual machines. Keeping freed memory lets the next shard reuse warm
pages. A larger shard has no use for the holes that smaller ones leave (`growth`).
"""

from __future__ import annotations

import ctypes
import platform

import numpy as np
import numpy.typing as npt

# malloc.h of glibc: no block is mapped on its own, and the heap is never trimmed.
M_MMAP_MAX, M_TRIM_THRESHOLD = -4, -1
NEVER_TRIM = -1

# Packed vectors are as wide as a cache line: one that lies across two costs twice the time.
ALIGNMENT = 64


def keep_freed_memory() -> bool:
    """Sets the policy for this process, before the first large allocation. False where the C library has no such
    knob."""
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    return bool(library.mallopt(M_MMAP_MAX, 0)) and bool(library.mallopt(M_TRIM_THRESHOLD, NEVER_TRIM))


def give_back_freed_memory() -> bool:
    """Hands all that was freed back to the system, holes between what is in use too. False where the C library cannot.

    What is asked for next is made of fresh pages.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).malloc_trim(0))


def aligned_words(count: int) -> npt.NDArray[np.uint32]:
    """`count` uint32 words of undefined content that start on a cache line."""
    return _aligned(np.empty(4 * count + ALIGNMENT, np.uint8), count)


def aligned_zeros(count: int) -> npt.NDArray[np.uint32]:
    """The same, zeros; what the system has just handed out is not touched."""
    return _aligned(np.zeros(4 * count + ALIGNMENT, np.uint8), count)


def _aligned(room: npt.NDArray[np.uint8], count: int) -> npt.NDArray[np.uint32]:
    skip = -room.ctypes.data % ALIGNMENT
    return room[skip : skip + 4 * count].view(np.uint32)
