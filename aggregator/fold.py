"""Folding proofs that are there: the shards of a run to one proof, runs and batches to one batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aggregator.executors import InProcess, JobExecutor
from aggregator.fold_plan import Join, Lift
from aggregator.fold_work import FoldJob, FoldResult, FoldWork, work_of
from aggregator.folded import Folded
from aggregator.jobs import Job
from aggregator.kinds import FINAL, FOLDED, ONE_PROOF, require_kind
from aggregator.last import last_proof
from aggregator.run_folds import RunFolds
from core_vm.errors import UsageError
from core_vm.progress import OnProgress, Progress
from core_vm.stark.config import STANDARD
from core_vm.statement.encoding import Kind, kind_of
from core_vm.statement.proof import RunProof
from core_vm.statement.verifier import decoded_run, shard_statements
from recursion.folded.proof import LEAF, NODE, Batch, FoldedRun
from recursion.folded.statement import RunStatement, statement_of
from recursion.folding import Folding, Proved, ProvedShard

if TYPE_CHECKING:
    from core_vm.air.table_set import TableSet
    from core_vm.machine.machine import Machine
    from recursion.programs.member import Member
    from recursion.programs.records import RunRecord


def fold_proof(
    data: bytes, *, kind: str = FOLDED, discharging: Sequence[bytes] = (), on_progress: OnProgress | None = None
) -> Folded:
    """`fold` for the standard machine, from the bytes of a proof of shards; `finish` for the kind FINAL of a proof that
    is folded already, or a batch.

    Raises `Rejection`, and UsageError for a kind that there is not.
    """
    from precompiles.standard.machine import standard_machine

    require_kind(kind, ONE_PROOF)
    if kind == FINAL and kind_of(data) is not Kind.SHARDS:
        if discharging:
            raise UsageError("claims are discharged where shards are folded: this proof is folded already")
        return finish(data, standard_machine, on_progress)
    run = decoded_run(standard_machine().profile_tables, data)
    return fold(run, standard_machine, discharging=discharging, kind=kind, on_progress=on_progress)


def aggregate_proofs(proofs: Sequence[bytes], *, kind: str = FOLDED, on_progress: OnProgress | None = None) -> Folded:
    """`aggregate` for the standard machine. Raises UsageError too for a kind that there is not."""
    from precompiles.standard.machine import standard_machine

    require_kind(kind, ONE_PROOF)
    return aggregate(proofs, standard_machine, kind=kind, on_progress=on_progress)


def fold(
    run: RunProof,
    make_machine: Callable[[], Machine],
    executor: JobExecutor | None = None,
    discharging: Sequence[bytes] = (),
    kind: str = FOLDED,
    on_progress: OnProgress | None = None,
) -> Folded:
    """One proof of a run that is proved in shards. Everything is verified on the way.

    `discharging` are folded proofs of the runs that this one makes claims about, in the order of the claims. Raises
    `Rejection`, and UsageError for proofs of other kinds.
    """
    start = time.perf_counter()
    count = _Count(len(run.shards), on_progress)
    closed = _closed(run, make_machine, executor or InProcess(), [_folded_run(proof) for proof in discharging], count)
    proof = FoldedRun(statement_of(run), (), last_proof(closed, kind, make_machine, on_progress)).to_bytes()
    return Folded(proof, 1, count.lifts, count.joins, time.perf_counter() - start)


def _closed(
    run: RunProof,
    make_machine: Callable[[], Machine],
    executor: JobExecutor,
    claimed: Sequence[FoldedRun],
    count: _Count,
) -> Proved[RunRecord]:
    """The recursion proof of a run without open claims."""
    folds = RunFolds(work_of(make_machine), None, lambda: run, count.folded, claimed)
    _do(executor, _Given(folds, proved_shards(make_machine().profile_tables, run)), folds.take)
    assert folds.closed is not None
    return folds.closed


def finish(data: bytes, make_machine: Callable[[], Machine], on_progress: OnProgress | None = None) -> Folded:
    """A final proof of what a proof of kind FOLDED or BATCH says, which is verified first. Raises `Rejection`,
    UsageError."""
    start, tasks = time.perf_counter(), Folding(work_of(make_machine).keys)
    whole = Batch.from_bytes(data) if kind_of(data) is Kind.BATCH else FoldedRun.from_bytes(data)
    proved = tasks.batch_of(whole) if isinstance(whole, Batch) else tasks.member_of(whole)
    proof = replace(whole, proof=last_proof(proved, FINAL, make_machine, on_progress)).to_bytes()
    statements = len(whole.statements) if isinstance(whole, Batch) else 1
    return Folded(proof, statements, 0, 0, time.perf_counter() - start)


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
    kind: str = FOLDED,
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
        if kind_of(data) is not Kind.SHARDS:
            members.append(_part(Folding(work.keys), data))
            continue
        run = decoded_run(make_machine().profile_tables, data)
        count = _Count(len(run.shards), None)
        members.append(_Part(_closed(run, make_machine, executor, (), count), bytes([LEAF]), (statement_of(run),)))
        lifts, joins = lifts + count.lifts, joins + count.joins
    report, total = on_progress or (lambda progress: None), len(members) - 1
    while len(members) > 1:  # halves of one size, as far as there are two
        members = _halved(work, executor, members)
        report(Progress("batch", total - len(members) + 1, total))
    (whole,) = members
    batch = Batch(whole.tree, whole.statements, last_proof(whole.proved, kind, make_machine, on_progress))
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
