"""Folding proofs that are there: the shards of a run to one proof, runs and batches to one batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from aggregator.executors.jobs import Job
from aggregator.executors.local import JobExecutor
from aggregator.folds.batch_folds import BatchFolds, FoldedPart, PartInWork, ShardedPart, Statements
from aggregator.folds.fold_count import FoldCount
from aggregator.folds.fold_place import FoldPlace
from aggregator.folds.fold_work import FoldResult, FoldWork, work_of
from aggregator.folds.folded import Folded
from aggregator.folds.given import GivenFolded, GivenShards, folded_run, given_proofs, proved_shards
from aggregator.folds.last import last_proof
from aggregator.folds.run_folds import RunFolds, claims_of
from aggregator.folds.salts import settled_salts
from aggregator.kinds import FINAL, FOLDED, ONE_PROOF, regime_of, require_kind
from aggregator.store.mending import mending
from aggregator.store.store import Store
from core_vm.errors import UsageError
from core_vm.given import given_several
from core_vm.progress import OnProgress
from core_vm.statement.encoding import Kind, kind_of
from core_vm.statement.proof import RunProof
from core_vm.statement.verifier import check_whole, decoded_run
from recursion.folded.batch import leaves_of, root_of_tree
from recursion.folded.final_proof import NOT_FOLDED_ON, FinalProof
from recursion.folded.proof import Batch, FoldedRun, folded_or_batch
from recursion.folded.statement import statement_of
from recursion.folding import Folding, ProvedShard
from recursion.regime import Regime

if TYPE_CHECKING:
    from core_vm.hash.poseidon2 import Digest
    from core_vm.machine.machine import Machine

ANYWHERE = FoldPlace()


def fold_proof(
    data: bytes,
    *,
    kind: str = FOLDED,
    final_regime: str = Regime.LIST,
    discharging: Sequence[bytes] = (),
    place: FoldPlace = ANYWHERE,
) -> Folded:
    """`fold` for the standard machine, from the bytes of a proof of shards; `finish` for the kind FINAL of a proof that
    is folded already, or a batch.

    Raises `Rejection`, and UsageError for a kind or a regime that there is not.
    """
    from precompiles.standard.machine import standard_machine

    require_kind(kind, ONE_PROOF)
    regime = regime_of(kind, final_regime)
    discharging = given_several(discharging, "proofs that discharge claims")
    if kind_of(data) is not Kind.SHARDS:
        if discharging:
            raise UsageError("claims are discharged where shards are folded: this proof is folded already")
        if kind != FINAL:
            _refuse_to_fold_again(data)
        return finish(data, standard_machine, place.on_progress, regime)
    run = decoded_run(standard_machine().profile_tables, data)
    return fold(run, standard_machine, place, discharging=discharging, kind=kind, regime=regime)


def aggregate_proofs(
    proofs: Sequence[bytes],
    *,
    names: Sequence[str] | None = None,
    kind: str = FOLDED,
    final_regime: str = Regime.LIST,
    place: FoldPlace = ANYWHERE,
) -> Folded:
    """`aggregate` for the standard machine. Raises UsageError too for a kind or a regime that there is not."""
    from precompiles.standard.machine import standard_machine

    require_kind(kind, ONE_PROOF)
    regime = regime_of(kind, final_regime)
    return aggregate(given_several(proofs, "proofs"), standard_machine, place, names=names, kind=kind, regime=regime)


def fold(
    run: RunProof,
    make_machine: Callable[[], Machine],
    place: FoldPlace = ANYWHERE,
    *,
    discharging: Sequence[bytes] = (),
    kind: str = FOLDED,
    regime: Regime = Regime.LIST,
) -> Folded:
    """One proof of a run that is proved in shards. Everything is verified on the way.

    `discharging` are folded proofs of the runs that this one makes claims about, in the order of the claims. Raises
    `Rejection`, and UsageError for proofs of other kinds.
    """
    start, count, store = time.perf_counter(), FoldCount(place.on_progress), place.opened_store()
    claimed = [folded_run(proof) for proof in discharging]
    check_whole(run, claims_of(claimed))
    executor = place.executor(sum(shard.words.nbytes for shard in run.shards))
    shards = proved_shards(make_machine().profile_tables, run)
    folds = _folds_of(shards, run, work_of(make_machine), store, count, claimed)
    with mending(folds):
        _do(executor, folds, lambda: folds.closed is not None)
        assert folds.closed is not None
        last = last_proof(folds.closed, kind, make_machine, place.on_progress, regime)
    proof = FoldedRun(statement_of(run), None, last).to_bytes()
    return Folded(proof, 1, count.lifts, count.joins, count.reused, time.perf_counter() - start)


def _refuse_to_fold_again(data: bytes) -> NoReturn:
    """Raises UsageError, or MalformedProof."""
    whole = folded_or_batch(data)
    raise UsageError(
        NOT_FOLDED_ON
        if isinstance(whole.proof, FinalProof)
        else "this proof is folded already: --kind final makes the last one of it"
    )


def finish(
    data: bytes,
    make_machine: Callable[[], Machine],
    on_progress: OnProgress | None = None,
    regime: Regime = Regime.LIST,
) -> Folded:
    """A final proof of what a proof of kind FOLDED or BATCH says, which is verified first. Raises `Rejection`,
    UsageError."""
    start, tasks = time.perf_counter(), Folding(work_of(make_machine).keys)
    whole = folded_or_batch(data)
    proved = tasks.batch_of(whole) if isinstance(whole, Batch) else tasks.member_of(whole)
    proof = replace(whole, proof=last_proof(proved, FINAL, make_machine, on_progress, regime)).to_bytes()
    statements = len(whole.statements) if isinstance(whole, Batch) else 1
    return Folded(proof, statements, 0, 0, 0, time.perf_counter() - start)


def aggregate(
    proofs: Sequence[bytes],
    make_machine: Callable[[], Machine],
    place: FoldPlace = ANYWHERE,
    *,
    names: Sequence[str] | None = None,
    kind: str = FOLDED,
    regime: Regime = Regime.LIST,
) -> Folded:
    """One proof of all statements of these proofs, of any kind, in their order. Raises `Rejection`, UsageError.

    `names` are those by which the proofs are refused: their numbers, where none are given.
    """
    start = time.perf_counter()
    if len(proofs) < 2:
        raise UsageError("a batch is of two proofs or more")
    work, count = work_of(make_machine), FoldCount(place.on_progress)
    names = names or [f"proof {number}" for number in range(len(proofs))]
    given = given_proofs(proofs, names, make_machine().profile_tables, work.keys)
    store = place.opened_store()
    salts = settled_salts(store, proofs)
    parts = [_part(proof, salt, work, store, count) for proof, salt in zip(given, salts, strict=True)]
    executor = place.executor(sum(map(len, proofs)))
    folds = BatchFolds(work, store, parts, count.folded)
    count.expect(batches=len(parts) - 1)
    with mending(folds):
        _do(executor, folds, lambda: folds.whole is not None)
        whole = folds.whole
        assert whole is not None
        last = last_proof(whole.proved, kind, make_machine, place.on_progress, regime)
    made = whole.statements
    batch = Batch(made.tree, made.all, made.salts, last)
    return Folded(batch.to_bytes(), len(made.all), count.lifts, count.joins, count.reused, time.perf_counter() - start)


class _Folds(Protocol):
    """Jobs of which some can be done when others are."""

    def next(self) -> Job | None: ...

    def take(self, job: Any, result: FoldResult) -> None: ...


def _do(executor: JobExecutor, folds: _Folds, is_done: Callable[[], bool]) -> None:
    """All of them."""

    def jobs() -> Iterator[Job | None]:
        while (job := folds.next()) is not None or not is_done():
            yield job

    with closing(executor.run(jobs())) as done:
        for job, result in done:
            folds.take(job, result)


def _folds_of(
    shards: Sequence[ProvedShard],
    run: RunProof,
    work: FoldWork,
    store: Store | None,
    count: FoldCount,
    claimed: Sequence[FoldedRun] = (),
    name: str = "",
) -> RunFolds:
    """Of a run whose shards are all there. Raises Rejection."""
    folds = RunFolds(work, store, lambda: run, count.folded, claimed, name)
    for number, shard in enumerate(shards):
        folds.add_shard(number, shard)
    folds.end(run.shards)
    count.expect(shards=len(shards))
    return folds


def _part(
    given: GivenShards | GivenFolded, salt: Digest, work: FoldWork, store: Store | None, count: FoldCount
) -> PartInWork:
    """Of a batch; a run becomes a leaf with this salt."""
    if isinstance(given, GivenShards):
        folds = _folds_of(given.shards, given.run, work, store, count, name=given.name)
        return ShardedPart(folds, statement_of(given.run), salt)
    whole, root = given.whole, work.keys.root
    if isinstance(whole, Batch):
        record = root_of_tree(root, whole.tree, leaves_of(root, whole))
        statements = Statements(whole.tree, whole.statements, whole.salts)
    else:
        record, statements = whole.statement.record(root), Statements.one(whole.statement, salt)
    return FoldedPart(given.name, given.proof, record, statements)
