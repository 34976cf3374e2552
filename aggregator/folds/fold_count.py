"""What folding proofs that are there has come to so far: counted, and told as it grows."""

from __future__ import annotations

import time

from aggregator.folds.fold_plan import Lift
from aggregator.folds.fold_work import FoldJob, FoldResult
from core_vm.progress import OnProgress, Progress
from recursion.keys.catalogue import Program


class FoldCount:
    """Figures as in `Folded`. How many shards and joins of a batch there are is told before the first of them."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self.lifts = self.joins = self.reused = 0
        self._shards = self._batches = self._lifted = self._made = self._batched = 0
        self._tell, self._start = on_progress or (lambda progress: None), time.perf_counter()

    def expect(self, shards: int = 0, batches: int = 0) -> None:
        """So many more of each."""
        self._shards += shards
        self._batches += batches

    def folded(self, job: FoldJob, result: FoldResult, kept: bool) -> None:
        """One fold more is there."""
        self.reused += kept
        if isinstance(job.step, Lift):
            self._lift(len(job.step.shards), kept)
        elif job.task.circuit.program is Program.JOIN:
            self.joins += 1
            self._tell(Progress("join", self.joins, None))
        elif job.task.circuit.program is Program.BATCH:
            self._batched += 1
            self._tell(Progress("batch", self._batched, self._batches))

    def _lift(self, shards: int, kept: bool) -> None:
        self.lifts += 1
        self._lifted += shards
        self._made += 0 if kept else shards
        pace = (time.perf_counter() - self._start) / self._made if self._made else None
        left = None if pace is None else pace * (self._shards - self._lifted)
        self._tell(Progress("lift", self._lifted, self._shards, left))
