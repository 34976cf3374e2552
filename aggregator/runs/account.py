"""What a run has come to so far: counted, timed, and told as it grows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aggregator.plan import ShardPlan
from aggregator.runs.shard_result import ShardResult
from core_vm.host.cores import available_cores
from core_vm.host.room import peak_memory_bytes
from core_vm.progress import OnProgress, Progress

if TYPE_CHECKING:
    from aggregator.folds.fold_work import FoldJob, FoldResult
    from core_vm.machine.shard import ShardRecord
    from core_vm.statement.proof import ShardProof


class Account:
    """Figures as in `ProvenRun`. The proofs of shards are held only if they are wanted in the end."""

    def __init__(self, keeps_proofs: bool, plan: ShardPlan, on_progress: OnProgress | None) -> None:
        self._tell = on_progress or (lambda progress: None)
        self._plan, self._keeps_proofs = plan, keeps_proofs
        self._proofs: dict[int, ShardProof] = {}
        self._peaks: list[int] = []
        self._start, self._total, self._cut, self._lifted, self._made = 0.0, None, 0, 0, 0
        self.num_shards = self.reused = self.reused_folds = self.cells = self.interactions = 0
        self.lifts = self.joins = 0
        self.fold_seconds = self.fold_busy_seconds = 0.0
        self.phases: dict[str, float] = {"execute": 0.0}

    def executed(self, records: Iterator[ShardRecord]) -> Iterator[ShardRecord]:
        """The records as they come."""
        while True:
            start = time.perf_counter()
            record = next(records, None)
            self._spend("execute", time.perf_counter() - start)
            if record is None:
                return
            self._start = self._start or time.perf_counter()
            self._cut += 1
            if record.halted:
                self._total = self._cut
            self._tell(Progress("execute", self._cut, None))
            yield record

    def proved(self, result: ShardResult, kept: bool) -> None:
        """Of one shard more there is a proof."""
        if self._keeps_proofs:
            self._proofs[result.index] = result.proof
        self.num_shards += 1
        self.reused += kept
        self.cells += result.cells
        self.interactions += result.interactions
        for phase, seconds in result.phases.items():
            self._spend(phase, seconds)
        self._peaks += [result.peak_memory_bytes] if result.peak_memory_bytes else []
        self._tell(Progress("prove", self.num_shards, self._total, self._seconds_left(self.num_shards, self.reused)))

    def folded(self, job: FoldJob, result: FoldResult, kept: bool) -> None:
        """One fold more is there."""
        from aggregator.folds.fold_plan import Join, Lift

        self.reused_folds += kept
        if not kept:
            self._peaks.append(result.peak_memory_bytes)
            self.fold_busy_seconds += result.busy_seconds
            self.fold_seconds += result.seconds * self._part_of_all(result.threads)
        if isinstance(job.step, Lift):
            self.lifts += 1
            self._lifted += len(job.step.shards)
            self._made += 0 if kept else len(job.step.shards)
            left = self._seconds_left(self._lifted, self._lifted - self._made)
            self._tell(Progress("lift", self._lifted, self._total, left))
        elif isinstance(job.step, Join):
            self.joins += 1
            self._tell(Progress("join", self.joins, None))

    def proofs(self) -> tuple[ShardProof, ...]:
        """In the order of the shards; none where they are not held."""
        return tuple(self._proofs[index] for index in sorted(self._proofs))

    def peak_memory_bytes(self, processes: int) -> int:
        """In this process, and in so many that worked beside it."""
        return peak_memory_bytes() + max(self._peaks, default=0) * min(processes, len(self._peaks))

    def _spend(self, phase: str, seconds: float) -> None:
        self.phases[phase] = self.phases.get(phase, 0.0) + seconds

    def _part_of_all(self, threads: int) -> float:
        return threads / available_cores() if self._plan.here else 1 / self._plan.workers

    def _seconds_left(self, done: int, found: int) -> float | None:
        """At the pace so far, once the number of shards is known; what was found took no time."""
        if self._total is None or done == found:
            return None
        return (time.perf_counter() - self._start) / (done - found) * (self._total - done)
