"""Proving a whole run: execute, prove the shards as they come, put the proof together."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.executors import OwnProcesses, ShardExecutor
from aggregator.plan import ShardPlan, memory_to_use
from aggregator.result import ShardResult
from aggregator.resume import plan_as_before, prove_missing, run_name, settle
from aggregator.store import Store
from aggregator.work import ShardProver
from core_vm.errors import ResourceError, UsageError
from core_vm.host.room import MemoryRoom, peak_memory_bytes
from core_vm.progress import OnProgress, Progress
from core_vm.statement.proof import RunProof
from core_vm.statement.public_input import PublicInput

if TYPE_CHECKING:
    from aggregator.folded import Folded
    from core_vm.machine.machine import Machine
    from core_vm.machine.program.program import Program
    from core_vm.machine.shard import Run, ShardRecord

FOLDED, SHARDS = "folded", "shards"
KINDS = (FOLDED, SHARDS)
# What the process that folds was measured to hold at its peak, the shards' proofs apart.
FOLDING_BYTES = 600 * 2**20


@dataclass(frozen=True, slots=True)
class ProvenRun:
    """A proof and what it took. `phases` are seconds summed over all shards and workers; `seconds` is by the clock, and
    so is what of it was spent on folding, `fold_seconds`, in so many lifts and joins.

    `reused`: shards whose proofs were found in the store. `peak_memory_bytes`: of this machine, the executing process
    and the largest worker, times the number of workers.
    """

    proof: bytes
    kind: str
    program_id: str
    exit_code: int
    output: bytes
    cycles: int
    shards: int
    reused: int
    cells: int
    interactions: int
    lifts: int
    joins: int
    seconds: float
    fold_seconds: float
    phases: dict[str, float]
    peak_memory_bytes: int


def prove_run(
    program: Program,
    make_machine: Callable[[], Machine],
    input_bytes: bytes = b"",
    *,
    kind: str = SHARDS,
    public_input: bool = False,
    shard_cells: int | None = None,
    workers: int | ShardExecutor | None = None,
    memory_limit: int | None = None,
    max_cycles: int | None = None,
    store: Path | None = None,
    on_plan: Callable[[ShardPlan], None] | None = None,
    on_output: Callable[[int, bytes], None] | None = None,
    on_progress: OnProgress | None = None,
) -> ProvenRun:
    """Run `program` on `make_machine()` and prove the run. See `quire.prove`.

    `make_machine` is a function that a worker process can import and call. `on_plan` is told how the memory is shared
    out, before the work begins. Raises GuestError, InputTooLargeError, ResourceError, UsageError.
    """
    from core_vm.host.compilation import expect_everything
    from core_vm.machine.execute.executor import Executor

    if kind not in KINDS:
        raise UsageError(f"a run's proof is of kind {' or '.join(KINDS)}, not {kind!r:.40}")
    expect_everything()
    start = time.perf_counter()
    limit = memory_to_use(memory_limit)
    proofs = Store(store) if store is not None else None
    proving = workers if isinstance(workers, ShardExecutor) else OwnProcesses(workers)
    plan, salt = settle(
        proofs,
        run_name(program.program_id, input_bytes, public_input, shard_cells),
        public_input,
        lambda settings: plan_as_before(proving, shard_cells, limit, settings),
    )
    _check_room_to_fold(kind, limit)
    if on_plan is not None:
        on_plan(plan)
    room = MemoryRoom(limit, plan.proving_bytes)
    machine = make_machine()
    executor = Executor(
        program,
        input_bytes,
        salt=salt,
        shard_cells=plan.shard_cells,
        first_shard_cells=plan.first_shard_cells,
        max_cycles=max_cycles,
        precompiles=machine.precompiles,
        costs=machine.row_cells,
        on_output=on_output,
        room=room,
    )
    report = _Reporter(on_progress)
    prover, records = ShardProver(program, make_machine), report.executed(executor.shards())
    with closing(prove_missing(proving, proofs, prover, records, room, report.proved)) as proved:
        results = sorted(proved, key=lambda result: result.index)
    run = executor.summary()
    shards = _assemble(program, run, results, len(input_bytes) if public_input else None)
    folded = _folded(machine, shards, report) if kind == FOLDED else None
    return ProvenRun(
        proof=folded.proof if folded else shards.to_bytes(),
        kind=kind,
        program_id=program.program_id,
        exit_code=run.exit_code,
        output=run.output,
        cycles=run.cycles,
        shards=len(results),
        reused=report.reused,
        cells=sum(result.cells for result in results),
        interactions=sum(result.interactions for result in results),
        lifts=folded.lifts if folded else 0,
        joins=folded.joins if folded else 0,
        seconds=time.perf_counter() - start,
        fold_seconds=folded.seconds if folded else 0.0,
        phases=_phases(report.execute_seconds, results),
        peak_memory_bytes=_peak(proving.processes, results),
    )


def _check_room_to_fold(kind: str, limit: int) -> None:
    if kind == FOLDED and limit < FOLDING_BYTES:
        raise ResourceError(
            f"folding needs about {FOLDING_BYTES / 2**30:.1f} GiB and the limit is {limit / 2**30:.1f} GiB: "
            "give --kind shards, or a higher --memory-limit"
        )


def _folded(machine: Machine, shards: RunProof, report: _Reporter) -> Folded:
    from aggregator.fold import fold, folder_of

    return fold(shards, machine.profile_tables, folder_of(machine), on_progress=report.tell)


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


def _phases(execute_seconds: float, results: list[ShardResult]) -> dict[str, float]:
    phases: Counter[str] = Counter({"execute": execute_seconds})
    for result in results:
        phases.update(result.phases)
    return dict(phases)


def _peak(processes: int, results: list[ShardResult]) -> int:
    """In this process, and in those that proved beside it."""
    peaks = [result.peak_memory_bytes for result in results if result.peak_memory_bytes]
    return peak_memory_bytes() + max(peaks, default=0) * min(processes, len(peaks))


class _Reporter:
    """Counts what is executed and proved, times it, and passes it on."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self.tell = on_progress or (lambda progress: None)
        self._cut, self._total, self._proved = 0, None, 0
        self._first_start = 0.0
        self.reused, self.execute_seconds = 0, 0.0

    def executed(self, records: Iterator[ShardRecord]) -> Iterator[ShardRecord]:
        """The records as they come."""
        while True:
            start = time.perf_counter()
            record = next(records, None)
            self.execute_seconds += time.perf_counter() - start
            if record is None:
                return
            self._first_start = self._first_start or time.perf_counter()
            self._cut += 1
            if record.halted:
                self._total = self._cut
            self.tell(Progress("execute", self._cut, None))
            yield record

    def proved(self, reused: bool) -> None:
        """Of one shard more there is a proof."""
        self.reused += reused
        self._proved += not reused
        done = self.reused + self._proved
        self.tell(Progress("prove", done, self._total, self._seconds_left(done)))

    def _seconds_left(self, done: int) -> float | None:
        """At the pace so far, once the number of shards is known."""
        if self._total is None or not self._proved:
            return None
        return (time.perf_counter() - self._first_start) / self._proved * (self._total - done)
