"""Rows of one table from values made up by a test: what a cheating prover's witness function could write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core_vm.air.expression import evaluate
from core_vm.field.koalabear import P
from core_vm.isa.decode import Instructions
from core_vm.isa.operations import Operation
from core_vm.machine.event_words import EVENT_WIDTH, EventWord
from core_vm.tables.gadgets.rows import InstructionRows
from core_vm.witness.module import ColumnWriter, TableModule
from core_vm.witness.trace import Trace
from tests.soundness.row_search import constraints_hold, lookups_hold

TIME, PREVIOUS = 1_000_001, 77
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


class _OneOfEach:
    """A program whose instruction i is that of case i."""

    def __init__(self, cases: Sequence[Case]) -> None:
        def of(values: list[int], dtype: type) -> np.ndarray:
            return np.array(values, dtype)

        count = len(cases)
        self.instructions = Instructions(
            of([int(c.operation) for c in cases], np.uint8),
            of([3] * count, np.uint8),
            of([4] * count, np.uint8),
            of([5] * count, np.uint8),
            of([c.immediate % 2**64 for c in cases], np.uint64),
            of([9] * count, np.uint32),
        )

    def slot_of(self, pc_index: np.ndarray) -> np.ndarray:
        return pc_index.astype(np.int64)


class _Source:
    def __init__(self, cases: Sequence[Case]) -> None:
        self._program, self._count = _OneOfEach(cases), len(cases)
        events = np.zeros((self._count, EVENT_WIDTH), np.uint64)
        events[:, EventWord.WHEN] = np.arange(self._count, dtype=np.uint64) | np.uint64(TIME << 32)
        for word in (EventWord.RS1, EventWord.RS2, EventWord.MEMORY, EventWord.RESULT):
            events[:, word] = [getattr(c, word.name.lower()) % 2**64 for c in cases]
        events[:, EventWord.SOURCE_TIMES] = events[:, EventWord.OTHER_TIMES] = PREVIOUS | PREVIOUS << 32
        self._events = events

    def instructions(self, *arguments: object) -> InstructionRows:
        return InstructionRows(self._program, self._events)  # type: ignore[arg-type]


def rows_of(module: TableModule, cases: Sequence[Case]) -> np.ndarray:
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


def check_one_result(module: TableModule, cases: Sequence[Case]) -> None:
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
