"""Proving the workloads: throughput, phases beside their ceilings, cells and interactions, memory, verification."""

from __future__ import annotations

import time
from collections import Counter

from rich.console import Console
from rich.table import Table

import quire
from benches.guests import SMALL, Workload, program, workloads
from benches.verifier_cost import totals, verifier_cost
from core_vm.air.table import Table as AirTable
from core_vm.statement.proof import RunProof
from core_vm.statement.verifier import shard_statements
from precompiles.standard.machine import standard_machine

TARGET_RATE = 150_000  # instructions a second on two cores
# What was measured to be within reach on one core, ns a cell (commit) or an interaction (GKR).
CEILINGS = {"commit": 16.0, "gkr": 37.0}


def report(console: Console, scale: float) -> None:
    """One row a workload, then its phases, and its cells and interactions by table.

    Each is proved twice, first by fresh processes and then by the same ones again, with their memory and kernels.
    """
    quire.prove(program(SMALL.guest), SMALL.input, kind="shards")  # kernels compiled and loaded
    summary = Table(title=f"Proving (target {TARGET_RATE:,} instructions a second)")
    for heading in ("guest", "instructions", "shards", "fresh s", "again s", "instructions/s", "calls/s", "cells",
                    "interactions", "peak GiB", "proof KiB", "verify a shard"):  # fmt: skip
        summary.add_column(heading, justify="left" if heading == "guest" else "right")
    details = []
    for workload in [SMALL, *workloads(scale)]:
        with quire.ProcessPool() as pool:
            fresh, run = (
                quire.prove(program(workload.guest), workload.input, workers=pool, kind="shards") for _ in range(2)
            )
        start = time.perf_counter()
        quire.verify(run.proof, run.program_id)
        verify = (time.perf_counter() - start) / run.shards
        summary.add_row(
            workload.name, f"{run.cycles:,}", str(run.shards), f"{fresh.seconds:.2f}", f"{run.seconds:.2f}",
            f"{run.cycles / run.seconds:,.0f}", f"{workload.calls / run.seconds:,.0f}" if workload.calls else "",
            f"{run.cells / run.cycles:.1f}", f"{run.interactions / run.cycles:.1f}",
            f"{run.peak_memory_bytes / 2**30:.2f}", f"{len(run.proof) / 1024:.0f}", f"{verify:.2f} s",
        )  # fmt: skip
        details.append((workload, run))
    console.print(summary)
    for workload, run in details[1:]:
        console.print(_phases(workload, run))
        console.print(_tables(workload, run))


def _phases(workload: Workload, run: quire.ProvenRun) -> Table:
    table = Table(title=f"{workload.name}: phases (seconds summed over workers)")
    for heading in ("phase", "seconds", "ns a cell", "ns an interaction", "ceiling", "ratio"):
        table.add_column(heading, justify="left" if heading == "phase" else "right")
    for phase, seconds in run.phases.items():
        per_cell, per_interaction = seconds / run.cells * 1e9, seconds / run.interactions * 1e9
        ceiling = CEILINGS.get(phase)
        measured = per_interaction if phase == "gkr" else per_cell
        ratio = (f"{ceiling:.0f} ns", f"{measured / ceiling:.1f}") if ceiling else ("", "")
        table.add_row(phase, f"{seconds:.2f}", f"{per_cell:.1f}", f"{per_interaction:.1f}", *ratio)
    return table


def _tables(workload: Workload, run: quire.ProvenRun) -> Table:
    profiles = standard_machine().profile_tables
    tiles: Counter[AirTable] = Counter()
    for shard in RunProof.from_bytes(run.proof).shards:
        tables = profiles[shard.profile].tables
        tiles.update(dict(zip(tables, shard.words[: len(tables)].tolist(), strict=True)))
    shown = Table(title=f"{workload.name}: cells and interactions an instruction, by table")
    for heading in ("table", "rows", "columns", "cells", "interactions"):
        shown.add_column(heading, justify="left" if heading == "table" else "right")
    sums: Counter[str] = Counter()
    for table, count in sorted(tiles.items(), key=lambda pair: -pair[0].width * pair[1]):
        rows = 64 * count
        sums["cells"] += rows * table.width
        sums["interactions"] += rows * len(table.interactions)
        if rows:
            cells, messages = rows * table.width / run.cycles, rows * len(table.interactions) / run.cycles
            shown.add_row(table.name, f"{rows:,}", str(table.width), f"{cells:.2f}", f"{messages:.2f}")
    shown.add_row("all", "", "", f"{sums['cells'] / run.cycles:.2f}", f"{sums['interactions'] / run.cycles:.2f}")
    return shown


def report_verifier_cost(console: Console, scale: float) -> None:
    """The verifier's source, run once on counting operations, for one large shard."""
    workload = workloads(scale)[0]
    run = RunProof.from_bytes(quire.prove(program(workload.guest), workload.input, kind="shards").proof)
    statement, shard = shard_statements(run)[0], run.shards[0]
    tables = standard_machine().profile_tables[shard.profile]
    cost = verifier_cost(tables, shard.words, statement.public_values())
    table = Table(title="Verifying one shard in a circuit (aim: 20,000 permutations, 200,000 extension operations)")
    kinds = ("permutations", "leaf permutations", "extension multiplications", "extension additions",
             "base multiplications", "base additions", "bits")  # fmt: skip
    for heading in ("part", *kinds):
        table.add_column(heading, justify="left" if heading == "part" else "right")
    for part, counts in [*cost.items(), ("all", totals(cost))]:
        table.add_row(part, *(f"{counts[kind]:,}" for kind in kinds))
    console.print(table)
