"""Folding many proofs to one batch: shards of runs are folded, folded proofs are restored, two neighbours are made one.

Nothing waits for all, and which two are joined follows from the number of proofs alone, as for the shards of a run
(`fold_plan`): the same command makes the same proof, and finds in the store what it made before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from aggregator.executors.jobs import Job
from aggregator.folds.fold_plan import FoldPlan, Join
from aggregator.folds.fold_work import FoldJob, FoldResult, FoldWork
from aggregator.folds.kept_folds import KeptFolds
from aggregator.folds.restore_work import Pruned, RestoreJob
from aggregator.folds.run_folds import OnFolded, RunFolds
from aggregator.store.store import Store
from core_vm.hash.poseidon2 import Digest
from recursion.folded.proof import LEAF, NODE
from recursion.folded.pruned import PrunedProof
from recursion.folded.statement import RunStatement
from recursion.folding import Folding, Proved
from recursion.programs.batch import NO_SALT
from recursion.programs.member import Member
from recursion.programs.records import record_digest


@dataclass(frozen=True)
class Statements:
    """A subtree of a batch, as `Batch` has them: in preorder, the statements, the salts of their leaves."""

    tree: bytes
    all: tuple[RunStatement, ...]
    salts: tuple[Digest, ...]

    @classmethod
    def one(cls, statement: RunStatement, salt: Digest) -> Statements:
        """A leaf."""
        return cls(bytes([LEAF]), (statement,), (salt,))

    @property
    def salt(self) -> Digest:
        """Of a leaf, where it is one."""
        return self.salts[0] if len(self.salts) == 1 else NO_SALT

    def beside(self, right: Statements) -> Statements:
        """Both below one node."""
        return Statements(bytes([NODE]) + self.tree + right.tree, self.all + right.all, self.salts + right.salts)


@dataclass(frozen=True)
class Part:
    """A subtree of a batch, and the proof of it."""

    proved: Proved[Member]
    statements: Statements


class PartInWork(Protocol):
    """What becomes a part by jobs of its own, of which `next` gives those that can be done now."""

    @property
    def part(self) -> Part | None: ...

    def next(self) -> Job | None: ...

    def take(self, job: Any, result: FoldResult) -> None: ...

    def mend(self) -> None: ...


class ShardedPart:
    """A run whose shards are proved."""

    def __init__(self, folds: RunFolds, statement: RunStatement, salt: Digest) -> None:
        self._folds, self._statements = folds, Statements.one(statement, salt)
        self.next, self.take, self.mend = folds.next, folds.take, folds.mend

    @property
    def part(self) -> Part | None:
        closed = self._folds.closed
        return None if closed is None else Part(closed, self._statements)


class FoldedPart:
    """A folded run or a batch as it comes from elsewhere, of `record`; `name` is that of its file, or its number."""

    def __init__(self, name: str, proof: PrunedProof, record: Member, statements: Statements) -> None:
        self.part: Part | None = None
        self._job: RestoreJob | None = RestoreJob(name, Pruned(proof, record_digest(record)))
        self._record, self._statements = record, statements

    def next(self) -> Job | None:
        job, self._job = self._job, None
        return job

    def take(self, job: RestoreJob, result: FoldResult) -> None:
        self.part = Part(Proved(self._record, result.proof), self._statements)

    def mend(self) -> None:
        """Nothing of it is kept."""


class BatchFolds:
    """The folds of a batch. `next` gives jobs, `take` their results; `whole` is there when nothing is left to do."""

    def __init__(self, work: FoldWork, store: Store | None, parts: Sequence[PartInWork], on_folded: OnFolded) -> None:
        """`on_folded` hears of the joins of the batch; of what becomes a part, whoever made that."""
        self._work, self._kept, self._tell = work, KeptFolds(store), on_folded
        self._tasks = Folding(work.keys)
        self._plan: FoldPlan[None, Part] = FoldPlan()
        self._plan.end(len(parts))
        self._in_work = dict(enumerate(parts))
        self._parts = tuple(parts)
        self._owners: dict[Any, int] = {}
        self._joining: dict[FoldJob, Join[Part]] = {}

    @property
    def whole(self) -> Part | None:
        """All statements, and the proof of them."""
        return self._plan.whole()

    def next(self) -> Job | None:
        """What can be done now; None if nothing, before there are more results. Raises Rejection."""
        while True:
            while self._plan.ready:
                job = self._job_of(self._plan.ready.popleft())
                kept = self._kept.load(job)
                if kept is None:
                    return job
                self._add(job, kept, True)
            job = self._next_of_parts()
            if job is not None or not self._plan.ready:
                return job

    def take(self, job: Any, result: FoldResult) -> None:
        """What a job came to. It is kept before it is handed on."""
        if job in self._joining:
            self._kept.save(job, result)
            self._add(job, result, False)
            return
        number = self._owners.pop(job)
        self._in_work[number].take(job, result)
        self._look_at(number)

    def mend(self) -> None:
        """After a Rejection, which a proof of our own may have run into: see `KeptFolds.mend`."""
        for part in self._parts:
            part.mend()
        self._kept.mend()

    def _next_of_parts(self) -> Job | None:
        for number in tuple(self._in_work):
            job = self._in_work[number].next()
            if job is not None:
                self._owners[job] = number
                return job
            self._look_at(number)  # what was left of it may all have been kept
        return None

    def _look_at(self, number: int) -> None:
        part = self._in_work[number].part
        if part is not None:
            del self._in_work[number]
            self._plan.add_range(number, number + 1, part)

    def _job_of(self, step: Any) -> FoldJob:
        name = f"batch of proofs {step.start} to {step.stop - 1}"
        salts = step.left.statements.salt, step.right.statements.salt
        job = FoldJob(name, self._work, self._tasks.batch(step.left.proved, step.right.proved, salts), None)
        self._joining[job] = step
        return job

    def _add(self, job: FoldJob, result: FoldResult, kept: bool) -> None:
        step = self._joining.pop(job)
        part = Part(job.proved(result), step.left.statements.beside(step.right.statements))
        self._plan.add_range(step.start, step.stop, part)
        self._tell(job, result, kept)
