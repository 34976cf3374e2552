"""A table together with the function that fills it: what a machine is a list of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from core_vm.air.table import TILE, Table

if TYPE_CHECKING:
    from core_vm.witness.trace import FilledTables

COLUMNS_AT_ONCE = 64
"""Columns that one call of a kernel stores."""


class ColumnWriter:
    """Takes a chunk's columns one by one, in the order in which the table declares them, and stores them as tiles.

    Writing a column out of order or leaving one out is an error: the declaration is the only numbering.
    """

    def __init__(self, trace: FilledTables, table_number: int, first_row: int) -> None:
        if first_row % TILE:
            raise ValueError(f"rows are written from a tile's first row on, not from {first_row}")
        self._trace = trace
        self._table = trace.tables[table_number]
        self._next = 0
        base, self._stride = trace.layout.column_base(table_number)
        self._first_cell = base + first_row // TILE * self._stride
        self._waiting = list[str]()
        """Names of columns that are in `_room`, one a row, and not stored yet."""

    def put(self, name: str, values: np.ndarray) -> None:
        """Store column `name`: canonical values, any integer dtype, shape (chunk rows,).

        It waits for others: what a kernel does with one takes less time than calling it.
        """
        if not self._waiting:
            self._room = np.empty((COLUMNS_AT_ONCE, len(values)), np.uint32)
        self._room[len(self._waiting)] = values
        self._waiting.append(name)
        if len(self._waiting) == COLUMNS_AT_ONCE:
            self._store_waiting()

    def put_rows(self, names: Sequence[str], values: np.ndarray) -> None:
        """The same of int32 (chunk rows, columns), C-contiguous, negative ones modulo p."""
        from core_vm.witness.kernels import store_rows

        store_rows(values, *self.claim(names))

    def claim(self, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Leave the next columns, which have these names, to the caller, that is to a kernel of its own.

        Returns the flat dense vector (uint32; the caller stores Montgomery form) and, int64 (len(names),) each, the
        index in it of the chunk's first cell of each column, and the distance from one tile of 64 rows to the next.
        """
        self._store_waiting()
        return self._claim(names)

    def finish(self) -> None:
        self._store_waiting()
        if self._next != self._table.width:
            raise ValueError(f"table {self._table.name}: {self._table.columns[self._next]} was not written")

    def _store_waiting(self) -> None:
        from core_vm.witness.kernels import store_columns

        names, self._waiting = self._waiting, []
        if names:
            store_columns(self._room[: len(names)], *self._claim(names))

    def _claim(self, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        columns = slice(self._next, self._next + len(names))
        due = self._table.columns[columns]
        for name, expected in zip_longest(names, due, fillvalue="nothing more"):
            if name != expected:
                raise ValueError(f"table {self._table.name}: column {name} written where {expected} is due")
        self._next += len(names)
        return self._trace.q, self._first_cell[columns], self._stride[columns]


@dataclass(frozen=True)
class TableModule:
    """`rows(source)` is the number of rows a shard needs; `fill(source, start, stop, writer)` writes such a range.

    `source` is the shard's `WitnessSource` (events of the executor, program arrays, tree nodes, ...). Tables whose only
    columns are lookup multiplicities have no `fill`: the prover counts the lookups that the other tables declare. A
    table of fixed height without `rows` is in every shard.
    `rows_per_call` are the rows that a call of a precompile needs in the table, if it is a precompile's and its height
    is not fixed.

    `compressions(source)` are the inputs, (n, 16) uint32 canonical, of all compressions that the table's rows ask for,
    once for each time that they do; `compressions_per_call` are the most that a call of a precompile asks for in it.
    """

    table: Table
    rows: Callable[[Any], int] | None = None
    fill: Callable[[Any, int, int, ColumnWriter], None] | None = None
    rows_per_call: int = 0
    compressions: Callable[[Any], np.ndarray] | None = None
    compressions_per_call: int = 0

    def num_rows(self, source: Any) -> int:
        """The rows that a shard needs."""
        if self.rows:
            return self.rows(source)
        return 0 if self.table.log_height is None else 1 << self.table.log_height
