"""Where the rows of a table find what they take in: for each row the first cell of each group of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import WIDTH
from core_vm.stark.words import Int64
from recursion.circuit.gadgets import Kind
from recursion.circuit.lowering.lower import Lowered
from recursion.tables.rows import CircuitModule
from recursion.witness.cells import FIRST_HINT, NUM_ZEROS, Cells
from recursion.witness.checks import Trees
from recursion.witness.operations import AT_BIT, AT_INDEX
from recursion.witness.step_writer import StepWriter


@dataclass(frozen=True)
class Places:
    """`groups` (groups, 2) are the first word and the number of words of each, in the order of
    `CircuitModule.operands`; `first` (rows, groups) the cell of a row's first word."""

    groups: Int64
    first: npt.NDArray[np.int32]


class PlacesOfTables:
    """Of a lowered circuit, whose steps have been written."""

    def __init__(self, lowered: Lowered, cells: Cells, writer: StepWriter, trees: Trees) -> None:
        self._lowered, self._writer, self._trees = lowered, writer, trees
        self._cells, self._elements = cells.arrays()

    def of(self, module: CircuitModule) -> Places:
        """Words that follow one another in all rows are one group."""
        name, num_rows = module.table.name, len(self._lowered.tables[module.table.name].fixed)
        if not num_rows or not module.operands:
            return Places(np.zeros((0, 2), np.int64), np.zeros((num_rows, 0), np.int32))
        cells = np.hstack([self._words(name, operand, count) for operand, count in module.operands.items()])
        follows = (cells[:, 1:] == cells[:, :-1] + 1).all(axis=0)
        starts = np.flatnonzero(np.append(True, ~follows))
        ends = np.append(starts[1:], cells.shape[1])
        return Places(np.stack([starts, ends - starts], axis=1), np.ascontiguousarray(cells[:, starts], np.int32))

    def _words(self, table: str, operand: str, count: int) -> Int64:
        """The cells of all words, (rows, count). What is zero throughout may lie in any of the zeros."""
        special = self._special(table, operand)
        if special is not None:
            return special[:, None] + np.arange(count)
        rows = self._lowered.tables[table].operands[operand]
        nodes = np.array(rows)
        if count == DEGREE * nodes.shape[1]:
            found = (self._elements[nodes][:, :, None] + np.arange(DEGREE)).reshape(len(nodes), -1)
        else:
            found = self._cells[nodes]
        if (found < 0).any():
            raise AssertionError(f"table {table}: a row takes in {operand}, which nothing computes")
        found[(found < NUM_ZEROS).all(axis=1)] = np.arange(found.shape[1])
        return found

    def _special(self, table: str, operand: str) -> Int64 | None:
        """First cells of operands that are no nodes, or that are gathered in a step."""
        rows = self._lowered.tables[table].operands
        if (table, operand) == ("leaf", "block"):
            return FIRST_HINT + _column(rows[operand])
        if (table, operand) == ("cap", "paths"):
            return np.array([self._trees.count(*place) for place in rows["place"]], np.int64)
        if table == "compress":
            at = {"left": 0, "right": WIDTH // 2, "bit": AT_BIT, "index": AT_INDEX}[operand]
            return self._cells_of((Kind.COMPRESS, Kind.PATH)) + at
        return self._cells_of((Kind.SPONGE,)) if table == "sponge" else None

    def _cells_of(self, kinds: Sequence[Kind]) -> Int64:
        """Of live gadgets, whose rows have their order."""
        graph, live = self._lowered.graph, self._lowered.live
        used = (g for g, is_live in zip(graph.gadgets, live.gadgets, strict=True) if is_live and g.kind in kinds)
        return np.array([self._writer.blocks[gadget.first_output] for gadget in used], np.int64)


def _column(rows: Sequence[Sequence[int]]) -> Int64:
    return np.array(rows, np.int64).reshape(-1)
