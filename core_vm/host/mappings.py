"""Large arrays straight from the system: pages that exist once they are touched, or that are used again.

Flat arrays over the whole address space make an access of the interpreter one index; the operating system keeps the
sparse pages. None of the sizes here is memory in use.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
import threading
import weakref
from typing import Any

import numpy as np

from core_vm.errors import ResourceError

_NO_RESERVE = 0x4000 if sys.platform == "linux" else 0


def lazy_zeros(shape: tuple[int, ...], dtype: Any, forked: bool = True) -> np.ndarray:
    """An array of zeros whose pages exist once they are touched. Raises ResourceError if there is no address space.

    What is not `forked` does not exist in a process forked off this one. Workers have no use for a run in progress, and
    every page of it that they keep is one more when the run writes to it.
    """
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    mapped = _map(size)
    if not forked and hasattr(mmap, "MADV_DONTFORK"):
        mapped.madvise(mmap.MADV_DONTFORK)
    return np.frombuffer(mapped, dtype).reshape(shape)


def _map(size: int) -> mmap.mmap:
    try:
        return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE)
    except (OSError, ValueError) as error:
        raise ResourceError(f"the system refuses {size >> 20} MiB of (mostly unused) address space: {error}") from None


_free_buffers: list[mmap.mmap] = []
_lock = threading.Lock()


def recycled_words(count: int) -> np.ndarray:
    """An uninitialised int64 array whose memory is used again once no array looks into it any more.

    A shard's events are a quarter of a gigabyte; mapping that anew costs more than recording them.
    """
    if count == 0:
        return np.zeros(0, np.int64)
    size = 8 * count
    with _lock:
        buffer = _free_buffers.pop() if _free_buffers else None
    if buffer is None or len(buffer) < size:
        # A larger one replaces a smaller one, so that at most as many exist as were ever in use at once.
        buffer = _map(size + size // 8)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            buffer.madvise(mmap.MADV_HUGEPAGE)
    owner = (ctypes.c_char * size).from_buffer(buffer)
    weakref.finalize(owner, _free_buffers.append, buffer)
    return np.frombuffer(memoryview(owner), np.int64)
