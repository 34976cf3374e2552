"""Rows of the circuit machine as a circuit gives them: fixed columns, and where the operands come from.

An operand is a list of nodes, or the number of its first hint. What a table's rows compute from operands is the
table's own (`recursion.tables`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core_vm.air.table import Table
from recursion.circuit.lowering.memory import Memory, Times
from recursion.tables.standard import TABLES

NOTHING = -1
"""The node of an operand that is not there: zero."""


@dataclass
class TableRows:
    """`fixed` by name, one mapping a row; `operands[name]` has a row of nodes each, or (one number) a first hint."""

    fixed: list[dict[str, int | Times]] = field(default_factory=list)
    operands: dict[str, list[Sequence[int]]] = field(default_factory=lambda: defaultdict(list))
    parts: Counter[str] = field(default_factory=Counter)

    def columns(self, table: Table, memory: Memory) -> npt.NDArray[np.uint32]:
        """The fixed columns, (num_fixed, rows), canonical."""
        names = table.columns[table.num_main :]
        columns = np.zeros((len(names), len(self.fixed)), np.uint32)
        place = {name: number for number, name in enumerate(names)}
        for row, values in enumerate(self.fixed):
            for name, value in values.items():
                columns[place[name], row] = memory.count(value) if isinstance(value, Times) else value
        return columns


class CircuitRows:
    """Rows by table, and the memory that they share."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.tables = {table.name: TableRows() for table in TABLES.tables}

    def add(
        self, table: str, part: str, operands: Mapping[str, Sequence[int]], fixed: Mapping[str, int | Times]
    ) -> dict[str, int | Times]:
        """A row; returns its fixed columns, which may still be changed."""
        rows, values = self.tables[table], dict(fixed)
        rows.fixed.append(values)
        rows.parts[part] += 1
        for name, nodes in operands.items():
            rows.operands[name].append(nodes)
        return values

    def fixed_columns(self) -> dict[str, npt.NDArray[np.uint32]]:
        """The key of the circuit: fixed columns by table. Raises AssertionError for memory that is not consistent."""
        self.memory.check()
        return {table.name: self.tables[table.name].columns(table, self.memory) for table in TABLES.tables}


def numbered(name: str, values: Sequence[int | Times]) -> dict[str, int | Times]:
    """name_0, name_1, ... of these values."""
    return {f"{name}_{number}": value for number, value in enumerate(values)}
