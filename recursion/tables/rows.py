"""Rows of the circuit machine before they are filled: a table's fixed columns, and what its rows take in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.air.table import Table
from core_vm.errors import UsageError
from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2_parameters import Poseidon2
from recursion.tables.element import Element, Scalar

Columns = npt.NDArray[Any]  # canonical, of any integers, (columns, rows)


class ColumnValues:
    """A uint64 column of canonical values with field arithmetic."""

    __slots__ = ("values",)

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def _lift(self, other: ColumnValues | int) -> np.ndarray | np.uint64:
        return other.values if isinstance(other, ColumnValues) else np.uint64(other)

    def __add__(self, other: ColumnValues | int) -> ColumnValues:
        return ColumnValues((self.values + self._lift(other)) % P)

    def __sub__(self, other: ColumnValues | int) -> ColumnValues:
        return ColumnValues((self.values + np.uint64(P) - self._lift(other)) % P)

    def __rsub__(self, other: int) -> ColumnValues:
        return ColumnValues((np.uint64(other) + np.uint64(P) - self.values) % P)

    def __mul__(self, other: ColumnValues | int) -> ColumnValues:
        return ColumnValues(self.values * self._lift(other) % P)

    __radd__, __rmul__ = __add__, __mul__


class Rows(ABC):
    """What the function that fills a table works on: it adds, multiplies, and asks for bits and permutations.

    Columns are numbers (`NumericRows`), or expressions from which a kernel's tape is made (`fill.SymbolicRows`).
    """

    @abstractmethod
    def fixed(self, name: str) -> Scalar:
        """One fixed column."""

    @abstractmethod
    def columns(self, name: str, count: int) -> list[Scalar]:
        """The operand of this name."""

    @abstractmethod
    def cut(self, value: Scalar, shift: int, bits: int) -> Scalar:
        """`bits` bits of an operand's canonical integers, without the lowest `shift`."""

    @abstractmethod
    def permutation(
        self, parameters: Poseidon2, inputs: Sequence[Scalar], num_outputs: int, feed_forward: bool
    ) -> list[Any]:
        """All columns of `hashing.permuted`, inputs first."""

    def column(self, name: str) -> Scalar:
        """An operand of one column."""
        return self.columns(name, 1)[0]

    def element(self, name: str) -> Element:
        """An operand of K."""
        return self.elements(name, 1)[0]

    def elements(self, name: str, count: int) -> list[Element]:
        """An operand of several elements of K, one after the other."""
        columns = self.columns(name, DEGREE * count)
        return [Element(tuple(columns[at : at + DEGREE])) for at in range(0, len(columns), DEGREE)]

    def bits(self, value: Scalar, count: int) -> list[Scalar]:
        """The low bits of an operand."""
        return [self.cut(value, i, 1) for i in range(count)]

    def halved(self, number: Scalar) -> tuple[Scalar, Scalar]:
        """An operand without its lowest bit, and the bit."""
        return self.cut(number, 1, 31), self.cut(number, 0, 1)


class NumericRows(Rows):
    """`fixed` (num_fixed, rows) are a table's fixed columns; `operands` are named groups of columns, (count, rows)
    each: what a row reads, and hints."""

    def __init__(self, table: Table, fixed: Columns, operands: Mapping[str, Columns]) -> None:
        if len(fixed) != table.num_fixed:
            raise UsageError(f"table {table.name} has {table.num_fixed} fixed columns, not {len(fixed)}")
        self.table, self._operands, self.count = table, operands, fixed.shape[1]
        self._fixed = dict(zip(table.columns[table.num_main :], fixed, strict=True))

    def fixed(self, name: str) -> ColumnValues:
        return ColumnValues(self._fixed[name].astype(np.uint64))

    def columns(self, name: str, count: int) -> list[Scalar]:
        """Raises UsageError if the operand has not `count` columns of all rows."""
        values = self._operands[name]
        if values.shape != (count, self.count):
            raise UsageError(f"table {self.table.name}: {name} has shape {values.shape}, not {(count, self.count)}")
        return [ColumnValues(column.astype(np.uint64)) for column in values]

    def cut(self, value: Scalar, shift: int, bits: int) -> ColumnValues:
        return ColumnValues(value.values >> np.uint64(shift) & np.uint64((1 << bits) - 1))

    def permutation(
        self, parameters: Poseidon2, inputs: Sequence[Scalar], num_outputs: int, feed_forward: bool
    ) -> list[Any]:
        from core_vm.tables.gadgets.poseidon2_kernels import permutation_columns

        states = np.stack([column.values for column in inputs], axis=1)
        return list(permutation_columns(parameters, states, num_outputs, feed_forward))

    def filled(self, parts: list[Any]) -> Columns:
        """Columns and elements in the order of the table, as uint32 (num_main, rows)."""
        found = [self._column(value) for value in flat(parts)]
        if len(found) != self.table.num_main:
            raise ValueError(f"table {self.table.name}: {len(found)} columns filled of {self.table.num_main}")
        return np.stack(found) if found else np.zeros((0, self.count), np.uint32)

    def _column(self, value: Any) -> npt.NDArray[np.uint32]:
        array = value.values if isinstance(value, ColumnValues) else value
        return np.broadcast_to(np.asarray(array), (self.count,)).astype(np.uint32)


def flat(part: Any) -> list[Any]:
    """The columns of elements and of lists of them, in order."""
    if isinstance(part, Element):
        return list(part.coefficients)
    if isinstance(part, list):
        return [value for item in part for value in flat(item)]
    return [part]


@dataclass(frozen=True)
class CircuitModule:
    """A table with the function that fills it: `fill(rows)` gives the main columns in their order.

    `operands` are the names of what `fill` asks `rows` for, and how many columns each has.
    """

    table: Table
    fill: Callable[[Rows], list[Any]]
    operands: Mapping[str, int]

    def main_columns(self, fixed: Columns, operands: Mapping[str, Columns]) -> Columns:
        """Main columns uint32 (num_main, rows), canonical, from fixed columns and operands."""
        rows = NumericRows(self.table, fixed, operands)
        return rows.filled(self.fill(rows))
