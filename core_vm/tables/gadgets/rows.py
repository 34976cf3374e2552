"""A chunk of one family's executed instructions, as the columns of its table need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

from core_vm.machine.event_words import EcallWord, EventWord, lower_half, upper_half

if TYPE_CHECKING:
    from core_vm.machine.program.program import Program

_WORDS = {word.name.lower(): int(word) for word in EventWord}
_ECALL_WORDS = {word.name.lower(): int(word) for word in EcallWord}
# Of the halves of an event, those that hold when something was accessed before.
_TIMES = {
    "rs1": lower_half(EventWord.SOURCE_TIMES),
    "rs2": upper_half(EventWord.SOURCE_TIMES),
    "rd": lower_half(EventWord.OTHER_TIMES),
    "memory": upper_half(EventWord.OTHER_TIMES),
    "second": lower_half(EventWord.SECOND_TIME),
}
_ECALL_TIMES = {
    "x17": lower_half(EcallWord.TIMES_OF_X17_X10),
    "x10": upper_half(EcallWord.TIMES_OF_X17_X10),
    "x11": lower_half(EcallWord.TIMES_OF_X11_X12),
    "x12": upper_half(EcallWord.TIMES_OF_X11_X12),
}
_INDEX, _TIME = lower_half(EventWord.WHEN), upper_half(EventWord.WHEN)

T = TypeVar("T")


class SharedRows:
    """Rows, several columns of which share intermediate results."""

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
        return self._halves[:, _INDEX]

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
    return rows._halves[:, _TIME].astype(np.int64)


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
