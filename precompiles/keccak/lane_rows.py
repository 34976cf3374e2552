"""What `keccak_lanes` is filled from: three lanes of a call in memory, row by row."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from core_vm.machine.precompile import PrecompileEvents
from core_vm.tables.gadgets.rows import SharedRows, split_limbs
from precompiles.keccak.buses import LANES_IN_A_PART, PARTS
from precompiles.keccak.digits import CHUNKS, WEIGHTS
from precompiles.keccak.operands import OPERANDS


class LaneRows(SharedRows):
    """Rows start .. stop: part by part of one call after the other. Lane i of a row, 0 to 2, may not exist: it has no
    operand's dword, and is zero."""

    def __init__(self, events: PrecompileEvents, start: int, stop: int) -> None:
        super().__init__()
        rows = np.arange(start, stop)
        self._events, self._call, self.part = events, rows // PARTS, rows % PARTS
        self.time = events.times[self._call].astype(np.int64)

    def __len__(self) -> int:
        return len(self.part)

    def has(self, operand: int, i: int) -> np.ndarray:
        """Whether the operand has a dword for the lane: bool (n,)."""
        return LANES_IN_A_PART * self.part + i < OPERANDS[operand].dwords

    def times(self, operand: int, i: int) -> np.ndarray:
        """The call's time where the lane is there, or 0: int64 (n,)."""
        return self.time * self.has(operand, i)

    def first_dword(self, operand: int, i: int) -> np.ndarray:
        """Where the part's first lane lies in the operand, if lane i is there, or 0: int64 (n,)."""
        first = self._events.pointers[operand][self._call].astype(np.int64) >> 3
        return (first + LANES_IN_A_PART * self.part) * self.has(operand, i)

    def before(self, operand: int, i: int) -> np.ndarray:
        """The lane before the call: uint64 (n,)."""
        return np.where(self.has(operand, i), self._at(self._events.before[operand], i), np.uint64(0))

    def after(self, operand: int, i: int) -> np.ndarray:
        return np.where(self.has(operand, i), self._at(self._events.after[operand], i), np.uint64(0))

    def previous_time(self, operand: int, i: int) -> np.ndarray:
        """When the lane was accessed before, or 0: int64 (n,)."""
        return self._at(self._events.previous_times[operand], i).astype(np.int64) * self.has(operand, i)

    def _at(self, dwords: np.ndarray, i: int) -> np.ndarray:
        return dwords[self._call, np.minimum(LANES_IN_A_PART * self.part + i, dwords.shape[1] - 1)]


Values = Callable[[LaneRows], np.ndarray]
"""From rows to one dword each, uint64 (n,)."""


@cache
def _pieces_of_limbs() -> np.ndarray:
    """Two bits of each limb for each chunk: uint8 (2^16, 8)."""
    limbs, chunks = np.arange(2**16)[:, None], np.arange(CHUNKS)
    return ((limbs >> chunks & 1) + (limbs >> chunks + CHUNKS & 1) * WEIGHTS[1]).astype(np.uint8)


def pieces_of(dwords: np.ndarray) -> np.ndarray:
    """The pieces of uint64 (n,), limb by limb: (n, 32)."""
    return _pieces_of_limbs()[split_limbs(dwords)].reshape(-1, 4 * CHUNKS)
