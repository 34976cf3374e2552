"""Instructions a second without proving, and recording a shard for its tables."""

from __future__ import annotations

import time

from rich.console import Console
from rich.table import Table

from benches.guests import SMALL, Workload, program, workloads
from core_vm.machine.execute.execute import execute
from core_vm.machine.program.program import Program
from core_vm.machine.replay.recorder import record
from precompiles.standard.machine import standard_machine

TARGETS = (400, 30)  # million instructions a second: fast mode, record mode


def report(console: Console, scale: float) -> None:
    """Fast mode over ten times the proving workloads, each twice: the first time the guest's memory is fresh. Record
    mode over one shard of each, the second of two replays.

    The kernels and the compiler of hot code are loaded, and the recorder's buffers mapped, before anything is timed.
    """
    for workload in (SMALL, workloads(scale)[0]):
        _timed(program(workload.guest), workload.input, with_records=True)
    table = Table(title=f"Execution, million instructions a second (targets {TARGETS[0]} and {TARGETS[1]})")
    for heading in ("guest", "instructions", "fast, fresh", "fast, again", "with records", "record mode"):
        table.add_column(heading, justify="left" if heading == "guest" else "right")
    for workload, long in zip(workloads(scale)[:3], workloads(10 * scale)[:3], strict=True):
        guest = program(workload.guest)
        (fresh, cycles), (again, _) = (_timed(guest, long.input, with_records=False) for _ in range(2))
        sharded, _ = _timed(guest, long.input, with_records=True)
        rates = fresh, again, sharded, _record(guest, workload)
        table.add_row(workload.name, f"{cycles:,}", *(f"{rate:.0f}" for rate in rates))
    console.print(table)


def _timed(guest: Program, data: bytes, with_records: bool) -> tuple[float, int]:
    machine = standard_machine()
    start = time.perf_counter()
    run = execute(
        guest, data, precompiles=machine.precompiles, costs=machine.row_cells, with_records=with_records,
        profiles=machine.called_together, on_shard=lambda shard: None,
    )  # fmt: skip
    return run.cycles / (time.perf_counter() - start) / 1e6, run.cycles


def _record(guest: Program, workload: Workload) -> float:
    machine = standard_machine()
    shards = execute(
        guest, workload.input, precompiles=machine.precompiles, costs=machine.row_cells,
        profiles=machine.called_together,
    ).shards  # fmt: skip
    record(guest, shards[0], machine.precompiles)
    start = time.perf_counter()
    record(guest, shards[0], machine.precompiles)
    return shards[0].num_steps / (time.perf_counter() - start) / 1e6
