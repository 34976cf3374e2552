"""What the circuit that verifies a shard costs, by part of the verifier and by table: no proof is needed for it."""

from __future__ import annotations

from time import process_time

from rich.console import Console
from rich.table import Table

from benches import witness_cost
from precompiles.standard.machine import standard_machine
from recursion.circuit.cost import CircuitCost, cost_of
from recursion.circuit.lowering.lower import Lowered
from recursion.programs.join import join
from recursion.programs.lift import lift

LOG_SEGMENT = 17
# Main cells of a lift of one shard of the core, with segments of 2^17 cells.
AIM, MEET = 3_100_000, 3_500_000


def report(console: Console, scale: float) -> None:
    """A lift of every profile, and witnesses of the core's and of a join. The scale changes nothing: the circuit is the
    same for all shards of a height."""
    lifts: list[Lowered] = []
    for profile in standard_machine().profiles:
        start = process_time()
        graph = lift(profile.tables, LOG_SEGMENT)
        traced = process_time()
        lowered = Lowered(graph)
        lifts.append(lowered)
        cost = cost_of(lowered)
        seconds = f"traced in {traced - start:.1f} s, lowered in {process_time() - traced:.1f} s of CPU"
        console.print(_by_part(cost, f"Lift, {profile.name}, segments of 2^{LOG_SEGMENT}, {seconds}"))
        console.print(_by_table(cost, "The same by table"))
    witness_cost.report(console, {"lift": lifts[0], "join": Lowered(join())})


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


def _by_table(cost: CircuitCost, title: str) -> Table:
    table = Table(title=title, caption=f"core: aim {AIM:,} main cells, meet {MEET:,}")
    for heading in ("table", "rows", "main cells", "fixed cells", "messages"):
        table.add_column(heading, justify="left" if heading == "table" else "right")
    for one in sorted(cost.tables, key=lambda one: -one.cells):
        table.add_row(one.name, f"{one.rows:,}", f"{one.cells:,}", f"{one.fixed_cells:,}", f"{one.messages:,}")
    sums = [sum(getattr(one, name) for one in cost.tables) for name in ("rows", "cells", "fixed_cells", "messages")]
    table.add_row("all", *(f"{number:,}" for number in sums))
    return table
