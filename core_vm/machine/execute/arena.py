"""The arrays of an execution over the whole address space: memory, marks and times, which cost only what is touched."""

from __future__ import annotations

import numpy as np

from core_vm.host.mappings import lazy_zeros
from core_vm.state.memory_map import ADDRESS_LIMIT, LEAF_DWORDS, TREE_DEPTH


class GuestMemory:
    """The guest's address space: `dwords` (uint64) and views of it for the kernels' signed loads and stores."""

    def __init__(self, forked: bool = True) -> None:
        self.dwords = lazy_zeros((ADDRESS_LIMIT // 8,), np.uint64, forked)
        self.leaves = self.dwords.reshape(-1, LEAF_DWORDS)
        self.bytes = self.dwords.view(np.uint8)
        signed = self.dwords.view(np.int64)
        self.views = signed.view(np.int8), signed.view(np.int16), signed.view(np.int32), signed


def new_marks() -> np.ndarray:
    """A mark (uint8) for each node of the memory tree, numbered as a heap: node (level, i) is 2^(28 - level) + i."""
    return lazy_zeros((2 ** (TREE_DEPTH + 1),), np.uint8, forked=False)


def new_times() -> np.ndarray:
    """The time of the last access (uint32) of each dword of the address space."""
    return lazy_zeros((ADDRESS_LIMIT // 8,), np.uint32)
