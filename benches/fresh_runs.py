"""How much longer a run of five million instructions takes in fresh processes than in the same ones again.

Nearly all of it is pages that were never touched before (docs/decisions/0034-fresh-memory.md), so it says as much about
the system as about us: with huge pages it is a quarter.
"""

from __future__ import annotations

import time

from rich.console import Console
from rich.table import Table

import quire
from benches.guests import SMALL, Workload, program, workloads

INSTRUCTIONS = 5_000_000
_GUESTS = ("fibonacci", "sort", "sha256_software", "keccak_software")
_POOLS = 3


def report(console: Console, scale: float) -> None:
    """One row a guest: seconds by the clock of the first run in a pool and of the next, of several pools the least."""
    quire.prove(program(SMALL.guest), SMALL.input, kind="shards")  # kernels loaded
    table = Table(title=f"{scale * INSTRUCTIONS:,.0f} instructions by new processes, and again")
    for heading in ("guest", "shards", "fresh s", "again s", "more"):
        table.add_column(heading, justify="left" if heading == "guest" else "right")
    for name in _GUESTS:
        workload = _of_length(name, scale * INSTRUCTIONS)
        pools = [_shards_and_seconds(workload) for _ in range(_POOLS)]
        fresh, again = min(pool[1] for pool in pools), min(pool[2] for pool in pools)
        table.add_row(name, str(pools[0][0]), f"{fresh:.2f}", f"{again:.2f}", f"{fresh / again - 1:.1%}")
    console.print(table)


def _of_length(name: str, instructions: float) -> Workload:
    """The workload of that name with input for about so many instructions."""

    def scaled(factor: float) -> Workload:
        return next(workload for workload in workloads(factor) if workload.name == name)

    standard = scaled(1.0)
    return scaled(instructions / quire.execute(program(standard.guest), standard.input).cycles)


def _shards_and_seconds(workload: Workload) -> tuple[int, float, float]:
    """How many shards, and seconds, fresh and again, of a pool's first two runs."""
    seconds, shards = [], 0
    with quire.ProcessPool() as pool:
        for _ in range(2):
            start = time.perf_counter()
            shards = quire.prove(program(workload.guest), workload.input, workers=pool, kind="shards").shards
            seconds.append(time.perf_counter() - start)
    fresh, again = seconds
    return shards, fresh, again
