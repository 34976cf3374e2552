"""Large arrays straight from the system: pages that exist once they are touched.

Flat arrays over the whole address space make an access of the interpreter one index; the operating system keeps the
sparse pages. None of the sizes here is memory in use.
"""

from __future__ import annotations

import mmap
import sys
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
    mapped = lazy_mapping(size)
    if not forked and hasattr(mmap, "MADV_DONTFORK"):
        mapped.madvise(mmap.MADV_DONTFORK)
    return np.frombuffer(mapped, dtype).reshape(shape)


def lazy_mapping(size: int) -> mmap.mmap:
    """So many bytes of zeros. Raises ResourceError likewise."""
    try:
        return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE)
    except (OSError, ValueError) as error:
        raise ResourceError(f"the system refuses {size >> 20} MiB of (mostly unused) address space: {error}") from None
