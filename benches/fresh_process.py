"""What a worker's first shard costs more than the next one: the measurement of docs/decisions/0034-fresh-memory.md.

Of the processor's time and of faults, not of the clock's: they hardly change where other work shares the machine.
"""

from __future__ import annotations

import multiprocessing
import resource
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

import quire
from aggregator.executors.local import START_METHOD
from aggregator.runs.shard_work import ShardProver
from benches.guests import SMALL, Workload, program, workloads
from core_vm.host.garbage import look_seldom
from core_vm.host.memory import keep_freed_memory
from core_vm.machine.execute.executor import Executor
from core_vm.machine.shard import DEFAULT_SHARD_CELLS, FIRST_SHARD_CELLS, ShardRecord
from precompiles.standard.machine import standard_machine

_PROCESSES = 3


class Spent(NamedTuple):
    """By one proof of a shard: seconds of the processor in our code and in the system, and pages that were missing."""

    user: float
    system: float
    faults: int


def report(console: Console, scale: float) -> None:
    """One row a guest, its first shard: proved by a new worker, and twice again. The least of each, of several workers.

    Workers begin as those of a pool do whose caller has proved a small run before: with its loaded kernels.
    """
    quire.prove(program(SMALL.guest), SMALL.input, kind="shards")
    table = Table(title="A worker's first shard, and the same once more (seconds of one processor)")
    for heading in ("guest", "cells", "first: user", "system", "faults", "again: user", "system", "faults", "more"):
        table.add_column(heading, justify="left" if heading == "guest" else "right")
    for workload in workloads(scale):
        shard = _first_shard(workload)
        proofs = [_proofs(workload, shard) for _ in range(_PROCESSES)]
        first = _least([proof for proof, *_ in proofs])
        again = _least([proof for _, *others in proofs for proof in others])
        more = (first.user + first.system) - (again.user + again.system)
        table.add_row(
            workload.name, f"{shard.cells:,}",
            f"{first.user:.2f}", f"{first.system:.2f}", f"{first.faults:,}",
            f"{again.user:.2f}", f"{again.system:.2f}", f"{again.faults:,}", f"{more:.2f} s",
        )  # fmt: skip
    console.print(table)


def _first_shard(workload: Workload) -> ShardRecord:
    machine = standard_machine()
    executor = Executor(
        program(workload.guest), workload.input, costs=machine.row_cells, precompiles=machine.precompiles,
        profiles=machine.called_together, shard_cells=DEFAULT_SHARD_CELLS, first_shard_cells=FIRST_SHARD_CELLS,
    )  # fmt: skip
    return next(executor.shards())


def _proofs(workload: Workload, shard: ShardRecord) -> list[Spent]:
    """What three proofs by one new worker took."""
    context = multiprocessing.get_context(START_METHOD)
    with ProcessPoolExecutor(1, context, _begin) as process:
        work = ShardProver(program(workload.guest), standard_machine)
        return [process.submit(_spent, work, shard).result() for _ in range(3)]


def _begin() -> None:
    keep_freed_memory()
    look_seldom()


def _spent(work: ShardProver, shard: ShardRecord) -> Spent:
    before = resource.getrusage(resource.RUSAGE_SELF)
    work(shard)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return Spent(
        after.ru_utime - before.ru_utime,
        after.ru_stime - before.ru_stime,
        after.ru_minflt - before.ru_minflt,
    )


def _least(proofs: list[Spent]) -> Spent:
    """The one that took the least."""
    return min(proofs, key=lambda proof: proof.user + proof.system)
