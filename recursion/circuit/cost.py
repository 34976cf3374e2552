"""What a circuit costs: operations, rows and cells by part of the verifier, and by table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from core_vm.air.table import TILE
from recursion.circuit.graph import ARITHMETIC, Operation
from recursion.circuit.lowering.lower import Lowered
from recursion.tables.standard import TABLES


@dataclass(frozen=True)
class TableCost:
    """One table: rows in use, and cells and messages of the whole tiles that are proved."""

    name: str
    rows: int
    cells: int
    fixed_cells: int
    messages: int


@dataclass(frozen=True)
class CircuitCost:
    """`operations[part]` counts gadgets by kind, sums and products; `cells[part]` main cells of the part's rows."""

    operations: dict[str, Counter[str]]
    rows: Counter[str]
    cells: Counter[str]
    tables: tuple[TableCost, ...]

    @property
    def total_cells(self) -> int:
        """Main cells, in whole tiles."""
        return sum(table.cells for table in self.tables)


def cost_of(lowered: Lowered) -> CircuitCost:
    """Of a circuit after sharing, folding of constants and leaving out what does not matter."""
    rows: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    tables = []
    for table in TABLES.tables:
        of_table = lowered.tables[table.name]
        for part, count in of_table.parts.items():
            rows[part] += count
            cells[part] += count * table.num_main
        num_rows = len(of_table.fixed)
        tiled = -(-num_rows // TILE) * TILE
        costs = (tiled * table.num_main, tiled * table.num_fixed, tiled * len(table.interactions))
        tables.append(TableCost(table.name, num_rows, *costs))
    return CircuitCost(_operations(lowered), rows, cells, tuple(tables))


_NAMES = {Operation.ADD: "sums", Operation.MULTIPLY: "products", Operation.AFFINE: "affine"}


def _operations(lowered: Lowered) -> dict[str, Counter[str]]:
    graph, found = lowered.graph, {}
    for node, is_live in enumerate(lowered.live.nodes):
        if is_live and graph.operations[node] in ARITHMETIC:
            found.setdefault(graph.parts[node], Counter())[_NAMES[graph.operations[node]]] += 1
    for gadget, is_live in zip(graph.gadgets, lowered.live.gadgets, strict=True):
        if is_live:
            found.setdefault(gadget.part, Counter())[gadget.kind.value] += 1
    return found
