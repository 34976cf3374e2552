"""The most memory that proving one shard of the largest size takes, by the system's own account."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from rich.console import Console
from rich.table import Table

from aggregator.runs.shard_work import ShardProver
from benches.guests import program, workloads
from core_vm.host.cores import available_cores
from core_vm.host.memory import keep_freed_memory
from core_vm.host.room import peak_memory_bytes
from core_vm.machine.execute.executor import Executor
from core_vm.machine.limits import MAX_SHARD_CELLS
from core_vm.machine.shard import ShardRecord
from precompiles.standard.machine import standard_machine

TARGET = 2.0  # GiB
_GUESTS = ("fibonacci", "sort", "sha256_file")


def report(console: Console, scale: float) -> None:
    """One row a guest: the first shard of a run that is cut at 2^26 cells, proved by a process that does nothing else.

    The peak is VmHWM, nothing taken off; beside it, that of a process which has imported what proving needs, and waits.
    `scale` changes nothing: the size of the shard is what is asked about.
    """
    table = Table(title=f"One shard of 2^26 cells: memory at the peak (target {TARGET} GiB)")
    for heading in ("guest", "cells", "interactions", "peak GiB", "bytes a cell", "GiB of a process that waits"):
        table.add_column(heading, justify="left" if heading == "guest" else "right")
    for workload in workloads(3):
        if workload.name not in _GUESTS:
            continue
        guest = program(workload.guest)
        prover, shard = (
            ShardProver(guest, standard_machine, available_cores()),
            _first_shard(workload.guest, workload.input),
        )
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), keep_freed_memory) as process:
            waiting = process.submit(_peak_of, prover).result()
            result = process.submit(prover, shard).result()
        peak = result.peak_memory_bytes
        table.add_row(
            workload.name, f"{result.cells:,}", f"{result.interactions:,}", f"{peak / 2**30:.2f}",
            f"{peak / result.cells:.1f}", f"{waiting / 2**30:.2f}",
        )  # fmt: skip
    console.print(table)


def _first_shard(guest: str, data: bytes) -> ShardRecord:
    machine = standard_machine()
    executor = Executor(
        program(guest), data, costs=machine.row_cells, precompiles=machine.precompiles,
        profiles=machine.called_together, shard_cells=MAX_SHARD_CELLS,
    )  # fmt: skip
    return next(executor.shards())


def _peak_of(_: ShardProver) -> int:
    """Of this process, which has read the prover, so has imported its modules."""
    return peak_memory_bytes()
