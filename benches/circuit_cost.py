"""What circuits cost, by part of the verifier and by table: those that verify a shard, and a join of two recursion
proofs. No proof is needed for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import process_time

from rich.console import Console
from rich.table import Table

from benches import witness_cost
from precompiles.standard.machine import standard_machine
from recursion.circuit.cost import CircuitCost, cost_of
from recursion.circuit.graph import Graph
from recursion.circuit.lowering.lower import Lowered
from recursion.programs.join import join
from recursion.programs.lift import lift

LOG_SEGMENT = 17
# Main cells of a lift of one shard of the core, with segments of 2^17 cells, and of a join in the shape of all proofs.
LIFT_GOALS = "core: aim 3,100,000 main cells, meet 3,500,000"
JOIN_GOALS = "aim 5,810,000 main cells, meet 6,200,000"


def report(console: Console, scale: float) -> None:
    """A lift of every profile, a join, and witnesses. The scale changes nothing: circuits are the same for all that
    they take."""
    lowered: dict[str, Lowered] = {}
    for profile in standard_machine().profiles:
        title = f"Lift, {profile.name}, segments of 2^{LOG_SEGMENT}"
        made = _report_circuit(console, title, LIFT_GOALS, partial(lift, profile.tables, LOG_SEGMENT))
        lowered.setdefault("lift", made)
    lowered["join"] = _report_circuit(console, "Join of two recursion proofs", JOIN_GOALS, join)
    witness_cost.report(console, lowered)


def _report_circuit(console: Console, title: str, goals: str, traced: Callable[[], Graph]) -> Lowered:
    start = process_time()
    graph = traced()
    middle = process_time()
    lowered = Lowered(graph)
    cost = cost_of(lowered)
    seconds = f"traced in {middle - start:.1f} s, lowered in {process_time() - middle:.1f} s of CPU"
    console.print(_by_part(cost, f"{title}, {seconds}"))
    console.print(_by_table(cost, "The same by table", goals))
    return lowered


def _by_part(cost: CircuitCost, title: str) -> Table:
    table = Table(title=title)
    for heading in ("part", "cells", "share", "rows", "operations"):
        table.add_column(heading, justify="right" if heading in ("cells", "share", "rows") else "left")
    total = sum(cost.cells.values())
    for part, cells in cost.cells.most_common():
        operations = cost.operations.get(part, {})
        listed = ", ".join(f"{count:,} {name}" for name, count in sorted(operations.items(), key=lambda item: -item[1]))
        table.add_row(part, f"{cells:,}", f"{cells / total:.0%}", f"{cost.rows[part]:,}", listed)
    return table


def _by_table(cost: CircuitCost, title: str, goals: str) -> Table:
    table = Table(title=title, caption=goals)
    for heading in ("table", "rows", "main cells", "fixed cells", "messages"):
        table.add_column(heading, justify="left" if heading == "table" else "right")
    for one in sorted(cost.tables, key=lambda one: -one.cells):
        table.add_row(one.name, f"{one.rows:,}", f"{one.cells:,}", f"{one.fixed_cells:,}", f"{one.messages:,}")
    sums = [sum(getattr(one, name) for one in cost.tables) for name in ("rows", "cells", "fixed_cells", "messages")]
    table.add_row("all", *(f"{number:,}" for number in sums))
    return table
