"""Rows of one table from values made up by a test: what a cheating prover's witness function could write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from core_vm.air.expression import evaluate
from core_vm.air.table import Bus
from core_vm.field.koalabear import P
from core_vm.isa.decode import Instructions
from core_vm.isa.operations import Operation
from core_vm.machine.event_words import MISALIGNED_WIDTH, EcallWord, EventWord
from core_vm.tables.gadgets.rows import InstructionRows
from core_vm.witness.check import evaluate_affine
from core_vm.witness.module import ColumnWriter, TableModule
from core_vm.witness.trace import Trace
from tests.soundness.row_search import constraints_hold, lookups_hold

TIME, PREVIOUS = 1_000_001, 950_077
BOTH_PREVIOUS = PREVIOUS | PREVIOUS << 32
EDGES = (0, 1, 2, 0xFFFF, 0x1_0000, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 2, 2**64 - 1)
ODD = (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, 0x8000_0000_8000_0001)
IMMEDIATES = (0, 1, -1, 7, 255, 256, -256, 2047, -2048)
ADDRESS = 0x1234_5678
Row = dict[str, int]

CHANGES: dict[str, Callable[[int], int]] = {
    "one more": lambda x: x + 1,
    "one less": lambda x: x - 1,
    "negated": lambda x: -x,
    "complement": lambda x: ~x,
    "zero": lambda _: 0,
    "sign flipped": lambda x: x ^ 2**63,
    "upper half flipped": lambda x: x ^ (2**64 - 2**32),
    "wrap of a limb": lambda x: x + 1 - (32512 << 16),
}
"""Of a result, to others that a prover might claim."""


@dataclass(frozen=True)
class Case:
    """One executed instruction: operand values, immediate, and the claimed result."""

    operation: Operation
    rs1: int
    rs2: int
    result: int
    immediate: int = 0
    memory: int = 0
    """The dword that it addresses, before."""
    second: int = 0
    """The dword after that one, before."""
    rd: int = 3
    """The number of the register; rs1 and rs2 are 4 and 5."""

    @property
    def event(self) -> dict[int, int]:
        """The words of its event."""
        values = {word: getattr(self, word.name.lower()) for word in _VALUES}
        return (
            values
            | dict.fromkeys((EventWord.SOURCE_TIMES, EventWord.OTHER_TIMES), BOTH_PREVIOUS)
            | {EventWord.SECOND_TIME: PREVIOUS}
        )


_VALUES = (EventWord.RS1, EventWord.RS2, EventWord.MEMORY, EventWord.RESULT, EventWord.SECOND)


@dataclass(frozen=True)
class EcallCase:
    """One environment call: what x17 and the arguments hold, what kind of call it is said to be, and x10 after."""

    x17: int
    x10: int
    x11: int
    x12: int
    kind: int
    result: int
    operation: Operation = Operation.ECALL
    immediate: int = 0
    rd: int = 0

    @property
    def event(self) -> dict[int, int]:
        """The words of its event."""
        values = {word: getattr(self, word.name.lower()) for word in _ECALL_VALUES}
        return values | dict.fromkeys((EcallWord.TIMES_OF_X17_X10, EcallWord.TIMES_OF_X11_X12), BOTH_PREVIOUS)


_ECALL_VALUES = (EcallWord.X17, EcallWord.X10, EcallWord.X11, EcallWord.X12, EcallWord.KIND, EcallWord.RESULT)
AnyCase = Case | EcallCase
C = TypeVar("C", Case, EcallCase)


class _OneOfEach:
    """A program whose instruction i is that of case i."""

    def __init__(self, cases: Sequence[AnyCase]) -> None:
        def of(values: list[int], dtype: type) -> np.ndarray:
            return np.array(values, dtype)

        count = len(cases)
        self.instructions = Instructions(
            of([int(c.operation) for c in cases], np.uint8),
            of([c.rd for c in cases], np.uint8),
            of([4] * count, np.uint8),
            of([5] * count, np.uint8),
            of([c.immediate % 2**64 for c in cases], np.uint64),
            of([9] * count, np.uint32),
        )

    def slot_of(self, pc_index: np.ndarray) -> np.ndarray:
        return pc_index.astype(np.int64)


class _Source:
    def __init__(self, cases: Sequence[AnyCase]) -> None:
        self._program, self._count = _OneOfEach(cases), len(cases)
        events = np.zeros((self._count, MISALIGNED_WIDTH), np.uint64)
        for row, case in zip(events, cases, strict=True):
            for word, value in case.event.items():
                row[word] = value % 2**64
        events[:, EventWord.WHEN] = np.arange(self._count, dtype=np.uint64) | np.uint64(TIME << 32)
        self._events = events

    def instructions(self, *arguments: Any) -> InstructionRows:
        *_, rows_class = arguments
        return rows_class(self._program, self._events)


def rows_of(module: TableModule, cases: Sequence[AnyCase]) -> np.ndarray:
    """The columns that the table's witness function fills for these cases, canonical int64 (width, cases)."""
    assert module.fill is not None
    trace = Trace([module.table], [len(cases)])
    writer = ColumnWriter(trace, 0, 0)
    module.fill(_Source(cases), 0, len(cases), writer)
    writer.finish()
    return trace.read_table(0)[:, : len(cases)].astype(np.int64)


def accepted(module: TableModule, columns: np.ndarray) -> np.ndarray:
    """Whether each row satisfies all constraints and lookups, bool (rows,)."""
    return constraints_hold(module.table, columns) & lookups_hold(module.table, columns)


def signed(value: int, bits: int = 64) -> int:
    """A number of `bits` bits as two's complement."""
    value %= 2**bits
    return value - 2**bits if value >> (bits - 1) else value


def as_rows(module: TableModule, columns: np.ndarray) -> list[Row]:
    """Each row as its columns' names and values."""
    return [dict(zip(module.table.columns, row.tolist(), strict=True)) for row in columns.T]


def accepted_rows(module: TableModule, rows: Sequence[Row]) -> np.ndarray:
    """`accepted` for rows given by names; values are taken modulo P."""
    return accepted(module, np.array([list(row.values()) for row in rows], np.int64).T % P)


def value_of(module: TableModule, constraint: str, row: Row) -> int:
    """What a constraint's expression is worth on a row, modulo P."""
    expression = next(c.expression for c in module.table.constraints if c.name == constraint)
    return evaluate(expression, [v % P for v in row.values()])


def messages(module: TableModule, bus: Bus, columns: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """What each row sends (multiplicity 1) and receives (P - 1) on a bus: the multiplicities (rows,) and the messages
    (rows, entries) of each of the table's interactions with it."""
    return [
        (
            evaluate_affine(interaction.affine_multiplicity(), columns),
            np.stack([evaluate_affine(form, columns) for form in interaction.affine_message()], axis=1),
        )
        for interaction in module.table.interactions
        if interaction.bus == bus
    ]


def check_one_result(module: TableModule, cases: Sequence[C]) -> None:
    """The cases are accepted, and none whose claimed result is another one, as far as that shows in a column."""
    honest = rows_of(module, cases)
    assert accepted(module, honest).all()
    shown = False
    for name, change in CHANGES.items():
        forged = [replace(case, result=change(case.result)) for case in cases]
        columns = rows_of(module, forged)
        others = (columns != honest).any(axis=0)
        shown |= bool(others.any())
        wrong = accepted(module, columns) & others
        assert not wrong.any(), (name, forged[int(wrong.argmax())])
    assert shown
