"""Working memory inside kernels, on cache lines: a packed vector that lies across two of them costs twice the time."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.memory import ALIGNMENT

WORD_BYTES = 4


@njit
def aligned_room(words):
    """`words` uint32 of undefined content that start on a cache line."""
    room = np.empty(words + ALIGNMENT // WORD_BYTES, np.uint32)
    skip = -room.ctypes.data % ALIGNMENT // WORD_BYTES
    return room[skip : skip + words]
