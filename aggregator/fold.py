"""Folding proofs that are there: the shards of a run to one proof, runs and batches to one batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.executors import InProcess, JobExecutor
from aggregator.fold_plan import Join, Lift
from aggregator.fold_work import FoldJob, FoldResult, FoldWork, work_of
from aggregator.folded import Folded
from aggregator.jobs import Job
from aggregator.run_folds import RunFolds
from core_vm.errors import UsageError
from core_vm.progress import OnProgress, Progress
from core_vm.stark.config import STANDARD
from core_vm.statement.encoding import Kind, kind_of
from core_vm.statement.proof import RunProof
from core_vm.statement.verifier import decoded_run, shard_statements
from recursion.folded.proof import LEAF, NODE, Batch, FoldedRun
from recursion.folded.pruned import PrunedProof
from recursion.folded.statement import RunStatement, statement_of
from recursion.folding import Folding, Proved, ProvedShard
from recursion.programs.records import record_digest

if TYPE_CHECKING:
    from core_vm.air.table_set import TableSet
    from core_vm.machine.machine import Machine
    from recursion.programs.batch import Member


def fold_proof(data: bytes, *, discharging: Sequence[bytes] = (), on_progress: OnProgress | None = None) -> Folded:
    """`fold` for the standard machine, from the bytes of a proof of shards."""
    from precompiles.standard.machine import standard_machine

    run = decoded_run(standard_machine().profile_tables, data)
    return fold(run, standard_machine, discharging=discharging, on_progress=on_progress)


def aggregate_proofs(proofs: Sequence[bytes], *, on_progress: OnProgress | None = None) -> Folded:
    """`aggregate` for the standard machine."""
    from precompiles.standard.machine import standard_machine

    return aggregate(proofs, standard_machine, on_progress=on_progress)


def fold(
    run: RunProof,
    make_machine: Callable[[], Machine],
    executor: JobExecutor | None = None,
    discharging: Sequence[bytes] = (),
    on_progress: OnProgress | None = None,
) -> Folded:
    """One proof of a run that is proved in shards. Everything is verified on the way.

    `discharging` are folded proofs of the runs that this one makes claims about, in the order of the claims. Raises
    `Rejection`, and UsageError for proofs of other kinds.
    """
    start = time.perf_counter()
    count = _Count(len(run.shards), on_progress)
    claimed = [_folded_run(proof) for proof in discharging]
    folds = RunFolds(work_of(make_machine), None, lambda: run, count.folded, claimed)
    shards = proved_shards(make_machine().profile_tables, run)
    _do(executor or InProcess(), _Given(folds, shards), folds.take)
    closed = folds.closed
    assert closed is not None
    pruned = PrunedProof.of(closed.proof, record_digest(closed.record))
    proof = FoldedRun(statement_of(run), (), pruned).to_bytes()
    return Folded(proof, 1, count.lifts, count.joins, time.perf_counter() - start)


def proved_shards(profiles: Sequence[TableSet], run: RunProof) -> list[ProvedShard]:
    """The shards of a run's proof with their statements; nothing is verified. Raises Rejection."""
    from core_vm.stark.shape import canonical_height

    found = []
    for statement, shard in zip(shard_statements(run), run.shards, strict=True):
        tables = profiles[shard.profile]
        height = canonical_height(tables, shard.words[: len(tables.tables)].tolist(), STANDARD)
        found.append(ProvedShard(statement, shard.profile, height, shard.words))
    return found


class _Given:
    """The jobs of folding shards that are all there."""

    def __init__(self, folds: RunFolds, shards: Sequence[ProvedShard]) -> None:
        for number, shard in enumerate(shards):
            folds.add_shard(number, shard)
        folds.end(len(shards))
        self._folds = folds

    def __iter__(self) -> Iterator[Job | None]:
        while self._folds.closed is None:
            yield self._folds.next()


def _do(executor: JobExecutor, jobs: Iterable[Job | None], take: Callable[[FoldJob, FoldResult], None]) -> None:
    with closing(executor.run(jobs)) as done:
        for job, result in done:
            take(job, result)


def aggregate(
    proofs: Sequence[bytes],
    make_machine: Callable[[], Machine],
    executor: JobExecutor | None = None,
    on_progress: OnProgress | None = None,
) -> Folded:
    """One proof of all statements of these proofs, of any kind, in their order. Raises `Rejection`, UsageError."""
    start = time.perf_counter()
    if len(proofs) < 2:
        raise UsageError("a batch is of two proofs or more")
    work, executor = work_of(make_machine), executor or InProcess()
    lifts = joins = 0
    members: list[_Part] = []
    for data in proofs:
        if kind_of(data) is Kind.SHARDS:
            folded = fold(decoded_run(make_machine().profile_tables, data), make_machine, executor)
            lifts, joins, data = lifts + folded.lifts, joins + folded.joins, folded.proof
        members.append(_part(Folding(work.keys), data))
    report, total = on_progress or (lambda progress: None), len(members) - 1
    while len(members) > 1:  # halves of one size, as far as there are two
        members = _halved(work, executor, members)
        report(Progress("batch", total - len(members) + 1, total))
    (whole,) = members
    pruned = PrunedProof.of(whole.proved.proof, record_digest(whole.proved.record))
    batch = Batch(whole.tree, whole.statements, pruned)
    return Folded(batch.to_bytes(), len(whole.statements), lifts, joins, time.perf_counter() - start)


@dataclass(frozen=True)
class _Part:
    """A subtree of a batch."""

    proved: Proved[Member]
    tree: bytes
    statements: tuple[RunStatement, ...]


def _part(tasks: Folding, data: bytes) -> _Part:
    if kind_of(data) is Kind.BATCH:
        batch = Batch.from_bytes(data)
        return _Part(tasks.batch_of(batch), batch.tree, batch.statements)
    run = _folded_run(data)
    return _Part(tasks.run_of(run), bytes([LEAF]), (run.statement,))


def _halved(work: FoldWork, executor: JobExecutor, members: Sequence[_Part]) -> list[_Part]:
    """Each two of them made one."""
    tasks, pairs = Folding(work.keys), [members[at : at + 2] for at in range(0, len(members), 2)]
    jobs = {
        FoldJob(f"batch {number}", work, tasks.batch(pair[0].proved, pair[1].proved), None): number
        for number, pair in enumerate(pairs)
        if len(pair) == 2
    }
    made = {number: pair[0] for number, pair in enumerate(pairs)}

    def take(job: FoldJob, result: FoldResult) -> None:
        left, right = pairs[jobs[job]]
        tree = bytes([NODE]) + left.tree + right.tree
        made[jobs[job]] = _Part(job.proved(result), tree, left.statements + right.statements)

    _do(executor, jobs, take)
    return [made[number] for number in range(len(pairs))]


def _folded_run(data: bytes) -> FoldedRun:
    run = FoldedRun.from_bytes(data)
    if run.steps:
        raise UsageError("a statement that was extracted from a batch has no proof of its own: give the batch")
    return run


class _Count:
    """Counts what is done, and passes it on."""

    def __init__(self, shards: int, on_progress: OnProgress | None) -> None:
        self.lifts, self.joins = 0, 0
        self._shards, self._lifted, self._start = shards, 0, time.perf_counter()
        self._tell = on_progress or (lambda progress: None)

    def folded(self, job: FoldJob, result: FoldResult, kept: bool) -> None:
        if isinstance(job.step, Lift):
            self.lifts += 1
            self._lifted += len(job.step.shards)
            left = (time.perf_counter() - self._start) / self._lifted * (self._shards - self._lifted)
            self._tell(Progress("lift", self._lifted, self._shards, left))
        elif isinstance(job.step, Join):
            self.joins += 1
            self._tell(Progress("join", self.joins, None))
