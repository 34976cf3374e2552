"""Memory of proving processes: where buffers start, and that freed ones stay with the process until it is told.

The large buffers of a shard (cells, codeword, GKR layers) have nearly the same sizes from shard to shard. By default
the C library returns each to the system when it is freed and the next one is made of fresh pages, which the system
clears one by one: up to two seconds a GiB on virtual machines. Keeping freed memory lets the next shard reuse warm
pages. A larger shard has no use for the holes that smaller ones leave (`growth`).

Pages of 2 MiB are found faster, by a hundredth of a shard's time. But a virtual machine that reports free memory to its
host does so in blocks of that size, so each of these pages has to be got back from there when it is first touched:
two to eight seconds a GiB were measured, where small pages take half a second.
"""

from __future__ import annotations

import ctypes
import platform
from pathlib import Path

import numpy as np
import numpy.typing as npt

# malloc.h of glibc: no block is mapped on its own, and the heap is never trimmed.
M_MMAP_MAX, M_TRIM_THRESHOLD = -4, -1
NEVER_TRIM = -1

# Of prctl on Linux; and where a kernel says of what order the free blocks are that it reports, if it reports any.
PR_SET_THP_DISABLE = 41
REPORTED_ORDER = Path("/sys/module/page_reporting/parameters/page_reporting_order")
MOST_ORDER = 32

# Packed vectors are as wide as a cache line: one that lies across two costs twice the time.
ALIGNMENT = 64


def keep_freed_memory() -> bool:
    """Sets the policy for this process and its forks, before the first large allocation: freed memory is kept, and
    there are no huge pages where they are dear. False where the C library has no such knob."""
    if reports_free_memory():
        ctypes.CDLL(None).prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    return bool(library.mallopt(M_MMAP_MAX, 0)) and bool(library.mallopt(M_TRIM_THRESHOLD, NEVER_TRIM))


def reports_free_memory(order: Path = REPORTED_ORDER) -> bool:
    """Whether this is a virtual machine whose free memory goes back to its host; `order` is for tests."""
    try:
        return 0 <= int(order.read_text("ascii")) <= MOST_ORDER
    except (OSError, ValueError):
        return False  # another system, or a kernel that cannot


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
