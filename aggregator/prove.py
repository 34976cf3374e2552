"""Proving a whole run: execute, prove the shards as they come, put the proof together."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from aggregator.executors import InProcess, ProcessPool, ShardExecutor, memory_to_use, plan_shards
from aggregator.work import ShardProver, ShardResult
from core_vm.errors import ResourceError
from core_vm.host.room import MemoryRoom, peak_memory_bytes
from core_vm.progress import OnProgress, Progress
from core_vm.statement.proof import RunProof
from core_vm.statement.public_input import PublicInput

if TYPE_CHECKING:
    from core_vm.machine.machine import Machine
    from core_vm.machine.program.program import Program
    from core_vm.machine.shard import Run, ShardRecord


@dataclass(frozen=True, slots=True)
class ProvenRun:
    """A proof and what it took. `phases` are seconds summed over all shards and workers; `seconds` is by the clock.

    `peak_memory_bytes`: the executing process and the largest worker, times the number of workers.
    """

    proof: bytes
    program_id: str
    exit_code: int
    output: bytes
    cycles: int
    shards: int
    cells: int
    interactions: int
    seconds: float
    phases: dict[str, float]
    peak_memory_bytes: int


def prove_run(
    program: Program,
    make_machine: Callable[[], Machine],
    input_bytes: bytes = b"",
    *,
    public_input: bool = False,
    shard_cells: int | None = None,
    workers: int | ProcessPool | None = None,
    memory_limit: int | None = None,
    max_cycles: int | None = None,
    on_output: Callable[[int, bytes], None] | None = None,
    on_progress: OnProgress | None = None,
) -> ProvenRun:
    """Run `program` on `make_machine()` and prove the run. See `quire.prove`.

    `make_machine` is a function that a worker process can import and call. Raises GuestError, InputTooLargeError,
    ResourceError, UsageError.
    """
    from core_vm.host.compilation import expect_everything
    from core_vm.machine.execute.executor import Executor

    expect_everything()
    start = time.perf_counter()
    own_pool = not isinstance(workers, ProcessPool)
    limit = memory_to_use(memory_limit)
    plan = plan_shards(shard_cells, workers if own_pool else workers.workers, limit)
    room = MemoryRoom(limit, plan.proving_bytes)
    pool = ProcessPool(plan.workers) if own_pool else workers
    if plan.workers < pool.workers:
        raise ResourceError(f"{plan.workers} of the pool's {pool.workers} workers fit the memory limit")
    machine = make_machine()
    executor = Executor(
        program,
        input_bytes,
        salt=bytes(24) if public_input else os.urandom(24),
        shard_cells=plan.shard_cells,
        first_shard_cells=plan.first_shard_cells,
        max_cycles=max_cycles,
        precompiles=machine.precompiles,
        costs=machine.row_cells,
        on_output=on_output,
        room=room,
    )
    report = _Reporter(on_progress)
    records = report.executed(executor.shards())
    first = list(islice(records, 2))
    # One shard alone gets all cores; a pool would leave some idle.
    chosen: ShardExecutor = InProcess(room=room)
    if len(first) > 1 and pool.workers > 1:
        chosen = pool
    with pool if own_pool else nullcontext():
        results = list(report.proved(chosen.prove(ShardProver(program, make_machine), chain(first, records))))
    results.sort(key=lambda result: result.index)
    phases: Counter[str] = Counter({"execute": report.execute_seconds})
    for result in results:
        phases.update(result.phases)
    run = executor.summary()
    return ProvenRun(
        proof=_assemble(program, run, results, len(input_bytes) if public_input else None).to_bytes(),
        program_id=program.program_id,
        exit_code=run.exit_code,
        output=run.output,
        cycles=run.cycles,
        shards=len(results),
        cells=sum(result.cells for result in results),
        interactions=sum(result.interactions for result in results),
        seconds=time.perf_counter() - start,
        phases=dict(phases),
        peak_memory_bytes=_peak(chosen, results),
    )


def _assemble(program: Program, run: Run, results: list[ShardResult], public_length: int | None) -> RunProof:
    return RunProof(
        program_root=program.program_root,
        image_roots=program.image_roots,
        entry=program.entry,
        input_root=run.input_root,
        exit_code=run.exit_code,
        output=run.output,
        output_siblings=run.output_siblings,
        shards=tuple(result.proof for result in results),
        public_input=None if public_length is None else PublicInput(public_length, run.input_siblings),
    )


def _peak(executor: ShardExecutor, results: list[ShardResult]) -> int:
    largest = max(result.peak_memory_bytes for result in results)
    if isinstance(executor, ProcessPool):
        return peak_memory_bytes() + largest * min(executor.workers, len(results))
    return largest


class _Reporter:
    """Passes records and results through, counts them, and times the execution."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self.on_progress = on_progress or (lambda progress: None)
        self.cut, self.total, self.execute_seconds = 0, None, 0.0

    def executed(self, records: Iterator[ShardRecord]) -> Iterator[ShardRecord]:
        while True:
            start = time.perf_counter()
            record = next(records, None)
            self.execute_seconds += time.perf_counter() - start
            if record is None:
                return
            self.cut += 1
            if record.halted:
                self.total = self.cut
            self.on_progress(Progress("execute", self.cut, None))
            yield record

    def proved(self, results: Iterator[ShardResult]) -> Iterator[ShardResult]:
        for done, result in enumerate(results, 1):
            self.on_progress(Progress("prove", done, self.total))
            yield result
