"""A chunk of one family's executed instructions, as the columns of its table need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

if TYPE_CHECKING:
    from core_vm.machine.program.program import Program

_WORDS = {"rs1": 1, "rs2": 2, "rd": 3, "memory": 6, "result": 7, "second": 8}
_TIMES = {"rs1": 8, "rs2": 9, "rd": 10, "memory": 11, "second": 18}
_ECALL_WORDS = {"x17": 1, "x10": 2, "x11": 3, "x12": 4, "result": 7, "kind": 8}
_ECALL_TIMES = {"x17": 10, "x10": 11, "x11": 12, "x12": 13}

T = TypeVar("T")


class SharedRows:
    """A chunk of rows, several columns of which share intermediate results."""

    def __init__(self) -> None:
        self._memo: dict[Any, Any] = {}

    def once(self, compute: Callable[[Self], T]) -> T:
        """compute(self), remembered."""
        if compute not in self._memo:
            self._memo[compute] = compute(self)
        return self._memo[compute]


class InstructionRows(SharedRows):
    """`events` is (n, 8 or more) uint64, C-contiguous, one row an instruction (`core_vm.machine.shard.ShardEvents`)."""

    words, times = _WORDS, _TIMES

    def __init__(self, program: Program, events: np.ndarray) -> None:
        super().__init__()
        events = np.ascontiguousarray(events)
        self._program, self._events = program, events
        self._halves, self._quarters = events.view(np.uint32), events.view(np.uint16)

    def __len__(self) -> int:
        return len(self._events)

    def value(self, name: str) -> np.ndarray:
        """uint64 (n,): rs1, rs2, rd (before), memory (before), result, second (dword before)."""
        return self._events[:, self.words[name]]

    def limbs(self, name: str) -> np.ndarray:
        """The four 16-bit limbs of a value: uint16 (n, 4), lowest first."""
        first = 4 * self.words[name]
        return self._quarters[:, first : first + 4]

    def previous(self, name: str) -> np.ndarray:
        """When the cell was accessed before: int64 (n,)."""
        return self._halves[:, self.times[name]].astype(np.int64)

    @property
    def index(self) -> np.ndarray:
        return self._halves[:, 0]

    @property
    def time(self) -> np.ndarray:
        return self.once(_time)

    def field(self, name: str) -> np.ndarray:
        """A decoded field of each instruction: operation, rd, rs1, rs2, immediate (uint64), target."""
        return getattr(self._program.instructions, name)[self.once(_slots)]

    def is_operation(self, operation: int) -> np.ndarray:
        return self.once(_operation) == operation


class EcallRows(InstructionRows):
    """The rows of the family ecall, whose events have a layout of their own."""

    words, times = _ECALL_WORDS, _ECALL_TIMES


def _time(rows: InstructionRows) -> np.ndarray:
    return rows._halves[:, 1].astype(np.int64)


def _slots(rows: InstructionRows) -> np.ndarray:
    return rows._program.slot_of(rows.index)


def _operation(rows: InstructionRows) -> np.ndarray:
    return rows.field("operation")


def split_limbs(values: np.ndarray) -> np.ndarray:
    """The four 16-bit limbs of uint64 (n,): uint16 (n, 4), lowest first."""
    return np.ascontiguousarray(values).view(np.uint16).reshape(-1, 4)


def split_bytes(values: np.ndarray) -> np.ndarray:
    """The eight bytes of uint64 (n,): uint8 (n, 8), lowest first."""
    return np.ascontiguousarray(values).view(np.uint8).reshape(-1, 8)
