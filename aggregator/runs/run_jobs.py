"""The jobs of a run: its shards are proved as they are cut, and folded as their proofs come. Nothing waits for all.

What the store has is not done again. A fold that can be done goes before the next shard: so the proofs of shards, half
a megabyte each, are held only until they are lifted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from aggregator.executors.jobs import Job
from aggregator.runs.resume import kept_result, shard_name
from aggregator.runs.shard_result import ShardResult
from aggregator.runs.shard_work import ShardJob, ShardProver
from aggregator.store.store import Store
from core_vm.errors import Rejection
from core_vm.stark.config import STANDARD

if TYPE_CHECKING:
    from aggregator.folds.run_folds import RunFolds
    from core_vm.machine.machine import Profile
    from core_vm.machine.shard import ShardRecord
    from core_vm.statement.shard import ShardStatement
    from recursion.folding import ProvedShard

OnProved = Callable[[ShardResult, bool], None]
"""Hears of every shard's proof, and whether it was there already."""


class RunJobs:
    """Jobs for an executor, and what becomes of their results: `take` is to be called with each before the next job is
    asked for. `folds`, if there are any, are of this run."""

    def __init__(
        self,
        prover: ShardProver,
        records: Iterator[ShardRecord],
        store: Store | None,
        folds: RunFolds | None,
        on_proved: OnProved,
    ) -> None:
        self._prover, self._records, self._store = prover, records, store
        self._folds, self._tell = folds, on_proved
        self._given = 0
        self._cut: list[ShardStatement] = []
        self._is_cut = False
        self._shards: dict[str, tuple[int, ShardStatement, Profile]] = {}

    def __iter__(self) -> Iterator[Job | None]:
        """Ends when everything is done."""
        while True:
            job = self._next_fold() or self._next_shard() or self._next_fold()
            if job is None and not self._given:
                return
            self._given += job is not None
            yield job

    def take(self, job: Any, result: Any) -> None:
        """A result is kept before it is of use."""
        self._given -= 1
        if isinstance(job, ShardJob):
            if self._store is not None:
                self._store.save(shard_name(job.statement, job.profile), result.to_bytes())
            self._add(job, result, False)
        elif self._folds is not None:
            self._folds.take(job, result)

    def mend(self) -> None:
        """After a Rejection, which a proof of our own ran into: see `RunFolds.mend`. Of shards as well."""
        from core_vm.stark.verifier import verify_shard

        if self._store is None:
            return
        for name, (index, statement, profile) in self._shards.items():
            kept = kept_result(self._store.load(name), index, statement, profile)
            try:
                if kept is not None:
                    verify_shard(profile.tables, kept.proof.words, statement.public_values())
            except Rejection:
                self._store.remove(name)
        if self._folds is not None:
            self._folds.mend()

    def _next_fold(self) -> Job | None:
        return self._folds.next() if self._folds is not None else None

    def _next_shard(self) -> Job | None:
        """Of a shard that the store lacks; None after the last, or where those that it has leave something to fold."""
        while not self._is_cut:
            record = next(self._records, None)
            if record is None:
                self._is_cut = True
                if self._folds is not None:
                    self._folds.end(self._cut)
                return None
            job = ShardJob.of(self._prover, record)
            self._cut.append(job.statement)
            kept = self._kept(job)
            if kept is None:
                return job
            self._add(job, kept, True)
            fold = self._next_fold()
            if fold is not None:
                return fold
        return None

    def _kept(self, job: ShardJob) -> ShardResult | None:
        if self._store is None:
            return None
        data = self._store.load(shard_name(job.statement, job.profile))
        return kept_result(data, job.argument.index, job.statement, job.profile)

    def _add(self, job: ShardJob, result: ShardResult, kept: bool) -> None:
        if self._store is not None:
            self._shards[shard_name(job.statement, job.profile)] = job.argument.index, job.statement, job.profile
        if self._folds is not None:
            self._folds.add_shard(job.argument.index, proved_shard(job, result))
        self._tell(result, kept)


def proved_shard(job: ShardJob, result: ShardResult) -> ProvedShard:
    """As it is folded. Raises Rejection for words that are of no shard's height."""
    from core_vm.stark.shape import canonical_height
    from recursion.folding import ProvedShard

    words, tables = result.proof.words, job.profile.tables
    height = canonical_height(tables, words[: len(tables.tables)].tolist(), STANDARD)
    return ProvedShard(job.statement, job.profile.number, height, words)
