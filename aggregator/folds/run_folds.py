"""Folding one run: lifts as its shards' proofs come, joins as halves of ranges are there, the close, its claims.

All of them are kept in the store, if there is one: the same command again makes none of them twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from aggregator.folds.fold_plan import FoldPlan, Join, Lift
from aggregator.folds.fold_work import FoldJob, FoldResult, FoldWork
from aggregator.folds.kept_folds import KeptFolds
from aggregator.store.store import Store
from core_vm.errors import StatementMismatch
from core_vm.state.claims import Claim, chain_of
from core_vm.statement.proof import RunProof
from core_vm.statement.verifier import Claiming, check_claims
from recursion.folded.proof import FoldedRun
from recursion.folding import Folding, FoldTask, Proved, ProvedShard

if TYPE_CHECKING:
    from recursion.programs.records import RangeRecord, RunRecord

OnFolded = Callable[[FoldJob, FoldResult, bool], None]
"""Hears of every fold, and whether it was there already."""


class RunFolds:
    """The folds of a run. `next` gives jobs, `take` their results; `closed` is there when nothing is left to do."""

    def __init__(
        self,
        work: FoldWork,
        store: Store | None,
        run: Callable[[], RunProof],
        on_folded: OnFolded,
        discharging: Sequence[FoldedRun] = (),
        name: str = "",
    ) -> None:
        """`name` is of the run's proof, where it is one of several, and its jobs begin with it.

        `run` is asked when all shards are there, and gives what the run's proof says, with or without its shards.

        `discharging` are proofs of the runs that this one makes claims about, in the order of the claims.
        """
        self._work, self._kept, self._run, self._tell = work, KeptFolds(store), run, on_folded
        self._tasks = Folding(work.keys)
        self._plan: FoldPlan[ProvedShard, Proved[RangeRecord]] = FoldPlan()
        self._name = f"{name}: " if name else ""
        self._claimed = list(discharging)
        self._claims = claims_of(discharging)
        self._is_closing = False
        self._result: Proved[RunRecord] | None = None

    @property
    def closed(self) -> Proved[RunRecord] | None:
        """The proof of the run without open claims."""
        return self._result if not self._claimed else None

    def add_shard(self, number: int, shard: ProvedShard) -> None:
        """Its proof is there."""
        self._plan.add_shard(number, shard, shard.pairs_with)

    def end(self, shards: Sequence[Claiming]) -> None:
        """These are all of the run. Raises StatementMismatch for none, and for claims that are not discharged."""
        if not shards:
            raise StatementMismatch("shards", "a run has at least one shard")
        check_claims(shards, self._claims)
        self._plan.end(len(shards))

    def next(self) -> FoldJob | None:
        """What can be done now; None if nothing, before there are more results. Raises StatementMismatch."""
        while (job := self._next()) is not None:
            kept = self._kept.load(job)
            if kept is None:
                return job
            self._add(job, kept, True)
        return None

    def take(self, job: FoldJob, result: FoldResult) -> None:
        """What a job came to. It is kept before it is handed on."""
        self._kept.save(job, result)
        self._add(job, result, False)

    def mend(self) -> None:
        """After a Rejection, which a proof of our own may have run into: see `KeptFolds.mend`."""
        self._kept.mend()

    def _next(self) -> FoldJob | None:
        if self._plan.ready:
            return self._job_of(self._plan.ready.popleft())
        if self._result is not None and self._claimed:
            return self._resolving(self._result)
        whole = self._plan.whole()
        return self._closing(whole) if whole is not None and not self._is_closing else None

    def _add(self, job: FoldJob, result: FoldResult, kept: bool) -> None:
        if isinstance(job.step, Lift | Join):
            self._plan.add_range(job.step.start, job.step.stop, job.proved(result))
        else:
            self._result = job.proved(result)
        self._tell(job, result, kept)

    def _job_of(self, step: Lift[ProvedShard] | Join[Proved[RangeRecord]]) -> FoldJob:
        if isinstance(step, Lift):
            return self._job("lift", step, self._tasks.lift(step.shards))
        return self._job("join", step, self._tasks.join(step.left, step.right))

    def _job(self, what: str, step: Lift[Any] | Join[Any], task: FoldTask[Any]) -> FoldJob:
        # The plan's step without the proofs, which are in the task.
        nothing = (None,) * len(step.shards) if isinstance(step, Lift) else ()
        place = Join(step.start, step.stop, None, None) if isinstance(step, Join) else Lift(step.start, nothing)
        return FoldJob(f"{self._name}{what} of shards {step.start} to {step.stop - 1}", self._work, task, place)

    def _closing(self, whole: Proved[RangeRecord]) -> FoldJob:
        self._is_closing = True
        opening = self._tasks.opening_of(self._run(), tuple(whole.record.claims_end))
        return FoldJob(f"{self._name}close of the run", self._work, self._tasks.close(whole, opening), None)

    def _resolving(self, run: Proved[RunRecord]) -> FoldJob:
        """The last claim first."""
        self._result, other = None, self._claimed.pop()
        before = chain_of(self._claims[: len(self._claimed)])[-1]
        task = self._tasks.resolve(run, self._tasks.run_of(other), before)
        return FoldJob(f"{self._name}claim {len(self._claimed)} of the run", self._work, task, None)


def claims_of(discharging: Sequence[FoldedRun]) -> list[Claim]:
    """The claims that these proofs discharge."""
    return [Claim(other.statement.program_id, other.statement.output_root) for other in discharging]
