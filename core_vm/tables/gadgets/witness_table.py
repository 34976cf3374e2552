"""A table's declaration and its witness in one: a column is declared together with the function that computes it.

So the order of the two cannot differ, and a name is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core_vm.air.expression import Expression
from core_vm.air.table import Table
from core_vm.air.table_builder import TableBuilder
from core_vm.hash.poseidon2 import WIDTH
from core_vm.tables import buses
from core_vm.witness.module import ColumnWriter, TableModule

Value = Expression | int
Witness = Callable[[Any], Any]
"""From a chunk's rows to one array (n,), or for several columns to a sequence of arrays or an array (n, count). Values
are canonical; those of an int32 array (n, count) may be negative, above -p."""


class WitnessTable:
    """A `TableBuilder` that also collects how each column is computed."""

    def __init__(self, name: str, documentation: str = "") -> None:
        self.builder = TableBuilder(name, documentation=documentation)
        self._recipe: list[tuple[tuple[str, ...], bool, Witness]] = []
        self._compressions: list[Witness] = []
        self.constrain, self.identify = self.builder.constrain, self.builder.identify
        self.send = self.builder.send
        self.receive = self.builder.receive
        self.receive_counted = self.builder.receive_counted

    def column(self, name: str, witness: Witness) -> Expression:
        """One committed column."""
        self._recipe.append(((name,), False, witness))
        return self.builder.column(name)

    def columns(self, name: str, count: int, witness: Witness) -> list[Expression]:
        """Columns name_0, name_1, ..."""
        self._recipe.append((tuple(f"{name}_{i}" for i in range(count)), True, witness))
        return self.builder.columns(name, count)

    def bit(self, name: str, witness: Witness) -> Expression:
        """A column that is 0 or 1."""
        self._recipe.append(((name,), False, witness))
        return self.builder.bit(name)

    def bits(self, name: str, count: int, witness: Witness) -> list[Expression]:
        """Columns name_0, name_1, ... that are each 0 or 1."""
        values = self.columns(name, count, witness)
        for i, value in enumerate(values):
            self.constrain(f"{name}_{i}_is_a_bit", value * (value - 1))
        return values

    def range16(self, value: Value, multiplicity: Expression) -> None:
        """`value` is below 2^16 on rows where `multiplicity` is 1."""
        self.send(buses.RANGE16, (value,), multiplicity)

    def bit_range(self, bits: int, value: Value, multiplicity: Expression) -> None:
        """`value` is below 2^bits on rows where `multiplicity` is 1."""
        self.send(buses.BIT_RANGE, (bits, 1 << bits, value), multiplicity)

    def byte_pairs(self, values: Sequence[Value], multiplicity: Expression) -> None:
        """All `values` are below 2^8 on rows where `multiplicity` is 1, two a lookup."""
        padded: list[Value] = [*values, 0]
        for first, second in zip(padded[0:-1:2], padded[1::2], strict=True):
            self.send(buses.BYTE_PAIR, (first, second), multiplicity)

    def compress(
        self, inputs: Sequence[Value], digest: Sequence[Value], multiplicity: Expression, witness: Witness
    ) -> None:
        """`digest` is the compression of the sixteen `inputs` on rows where `multiplicity` is 1: on all rows in use,
        or somebody else's request of the same is taken away. `witness` are the inputs (n, 16), canonical."""
        self._compressions.append(witness)
        self.send(buses.COMPRESS, (*inputs, *digest), multiplicity)

    def build(self) -> Table:
        return self.builder.build()

    def module_of(
        self,
        num_rows: Callable[[Any], int],
        chunk: Callable[[Any, int, int], Any],
        rows_per_call: int = 0,
    ) -> TableModule:
        """Declaration and witness together: `num_rows(source)` are in use, `chunk(source, start, stop)` is what the
        columns of some of them are computed from."""

        def compressions(source: Any) -> np.ndarray:
            count = num_rows(source)
            if not count:
                return np.zeros((0, WIDTH), np.uint32)
            rows = chunk(source, 0, count)
            return np.concatenate([np.asarray(witness(rows), np.uint32) for witness in self._compressions])

        return TableModule(
            self.build(),
            num_rows,
            lambda source, start, stop, writer: self.fill(chunk(source, start, stop), writer),
            rows_per_call,
            compressions if self._compressions else None,
            rows_per_call * len(self._compressions),
        )

    def fill(self, rows: Any, writer: ColumnWriter) -> None:
        """Compute and store every column for a chunk of rows."""
        for names, several, witness in self._recipe:
            values = witness(rows)
            if not several:
                writer.put(names[0], values)
                continue
            if isinstance(values, np.ndarray) and values.dtype == np.int32 and values.shape[1:] == (len(names),):
                writer.put_rows(names, np.ascontiguousarray(values))
                continue
            columns = values.T if isinstance(values, np.ndarray) else values
            if len(columns) != len(names):
                raise ValueError(f"{len(columns)} columns of values for {len(names)} columns from {names[0]} on")
            for name, column in zip(names, columns, strict=True):
                writer.put(name, column)
