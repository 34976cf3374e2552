"""Proofs that are there, folded anywhere: one command's processes, a pool, within a limit, and out of a store."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import quire
from aggregator.executors.jobs import Job
from aggregator.executors.local import InProcess, JobExecutor, ProcessPool
from aggregator.folds.batch_folds import BatchFolds, Part, Statements
from aggregator.folds.fold import aggregate_proofs, fold_proof
from aggregator.folds.fold_place import FoldPlace
from aggregator.folds.fold_work import FoldJob, FoldResult
from aggregator.folds.folded import Folded
from aggregator.folds.restore_work import Pruned, RestoreJob
from aggregator.folds.salts import settled_salts
from aggregator.plan import fold_bytes, plan_folding
from aggregator.store.store import Store
from core_vm.errors import Rejection, ResourceError, UsageError
from core_vm.statement.encoding import pack
from recursion.folded.proof import Batch, FoldedRun
from recursion.folding import FoldTask
from recursion.keys.catalogue import CircuitName, Program
from recursion.keys.standard import standard_keys
from recursion.programs.records import record_digest
from tests.aggregator.counting import Counting, Interrupted
from tests.aggregator.folds.fake_folds import WORDS, fake_folds
from tests.aggregator.folds.folded_runs import folded, other_folded, other_program, program, shards
from tests.aggregator.killing import KilledCommand


@cache
def three() -> list[bytes]:
    return [other_folded(), shards(), other_folded()]


@cache
def made_in_a_pool() -> Folded:
    with ProcessPool(2) as pool:
        return quire.aggregate(three(), kind="folded", workers=pool)


def test_a_pool_makes_the_same_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As this process, and as folding first and batching then, given the same salts."""
    batch = made_in_a_pool()
    assert [run.exit_code for run in quire.verify_batch(batch.proof).statements] == [0, 7, 0]
    assert (batch.lifts, batch.joins, batch.reused) == (folded().lifts, folded().joins, 0)
    salts = iter(Batch.from_bytes(batch.proof).salts)
    monkeypatch.setattr("aggregator.folds.salts.fresh_salt", lambda: next(salts))
    assert batch.proof == aggregate_proofs([other_folded(), folded().proof, other_folded()]).proof


def test_a_batch_goes_on_from_the_store(tmp_path: Path) -> None:
    """Ended before the run is closed, and before the last join of the batch; at the end nothing is left to be made but
    what travels pruned, and is restored each time."""
    store, made = tmp_path / "proofs", list[str]()
    for last in ("close", "batch of proofs 0 to 2"):
        executor = Counting(last)
        with pytest.raises(Interrupted):
            aggregate_proofs(three(), place=FoldPlace(executor, store=store))
        made += executor.names
    last, nothing = Counting(), Counting()
    batch = aggregate_proofs(three(), place=FoldPlace(last, store=store))
    again = aggregate_proofs(three(), place=FoldPlace(nothing, store=store))
    steps = [name.removeprefix("proof 1: ") for name in made + last.names]
    assert Counter(step.split()[0] for step in steps if not step.startswith("proof")) == {
        "lift": folded().lifts,
        "join": folded().joins,
        "close": 1,
        "batch": 2,
    }
    assert nothing.names == ["proof 0", "proof 2"]
    assert again.reused == batch.reused + 1 == folded().lifts + folded().joins + 3
    assert again.proof == batch.proof
    ours, theirs = (Batch.from_bytes(proof) for proof in (batch.proof, made_in_a_pool().proof))
    assert (ours.tree, ours.statements) == (theirs.tree, theirs.statements)
    assert not set(ours.salts) & set(theirs.salts)


def test_salts_are_kept_for_the_same_proofs_in_the_same_order(tmp_path: Path) -> None:
    store, proofs = Store(tmp_path / "proofs"), [b"one", b"two"]
    first = settled_salts(store, proofs)
    assert settled_salts(store, proofs) == first
    others = [settled_salts(*other) for other in ((store, proofs[::-1]), (store, [b"one"] * 2), (None, proofs))]
    assert len({salt for salts in (first, *others) for salt in salts}) == 8
    (entry,) = [name for name in store.directory.glob("salts-*") if pack(first[0]) in name.read_bytes()]
    for data in (b"", pack(first[0]), pack(first[0]) * 3, b"\xff" * 64):
        store.save(entry.name.removesuffix(".entry"), data)
        assert not set(settled_salts(store, proofs)) & set(first)


def test_a_close_that_proves_nothing_is_found_and_made_again(tmp_path: Path) -> None:
    """It is the last fold, so no circuit looks at it; and it is intact and of the right key."""
    place = FoldPlace(InProcess(), store=tmp_path / "proofs")
    first, kept = fold_proof(shards(), place=place).proof, Store(tmp_path / "proofs")
    assert first == folded().proof
    names = [path.name.removesuffix(".entry") for path in kept.directory.glob("fold-*")]
    results = {name: FoldResult.from_bytes(kept.load(name)) for name in names}
    circuit = FoldedRun.from_bytes(first).proof.circuit
    (name,) = [name for name, result in results.items() if result.proof.circuit == circuit]
    proof = results[name].proof
    words = proof.words.copy()
    words[len(words) // 2] ^= 1
    kept.save(name, replace(results[name], proof=replace(proof, words=words)).to_bytes())
    with pytest.raises(Rejection):
        fold_proof(shards(), place=place)
    assert {path.name for path in kept.directory.glob("fold-*")} == {f"{other}.entry" for other in names} - {
        f"{name}.entry"
    }
    again = fold_proof(shards(), place=place)
    assert (again.proof, again.reused) == (first, len(names) - 1)


# -------------------------------------------------------------------------------------- many, whose proofs are played
class PlayedPart:
    """The proof of a run, closed by a job of its own."""

    def __init__(self, number: int) -> None:
        statement = replace(FoldedRun.from_bytes(other_folded()).statement, exit_code=number)
        record = statement.record(fake_folds().keys.root)
        task = FoldTask(CircuitName(Program.CLOSE), np.zeros(0, np.uint32), record)
        self.part: Part | None = None
        self._statement = statement
        self._job: FoldJob | None = FoldJob(f"close {number}", fake_folds(), task, None)

    def next(self) -> Job | None:
        job, self._job = self._job, None
        return job

    def take(self, job: FoldJob, result: FoldResult) -> None:
        self.part = Part(job.proved(result), Statements.one(self._statement, (self._statement.exit_code,) * 8))

    def mend(self) -> None:
        """Nothing of it is kept."""


@pytest.mark.parametrize("make", [lambda: InProcess(1), lambda: ProcessPool(3)], ids=["in_process", "pool"])
def test_forty_proofs_are_each_joined_once_however_often_it_is_ended(
    make: Callable[[], JobExecutor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    monkeypatch.setattr("recursion.folded.recursion_proof.proof_words", lambda: WORDS)
    store, ends, made, tries = Store(tmp_path / "proofs"), random.Random(4), Counter[str](), 0
    while True:
        tries, order = tries + 1, list[str]()
        folds = BatchFolds(
            fake_folds(),
            store,
            [PlayedPart(number) for number in range(40)],
            lambda job, result, kept: made.update([] if kept else [job.name]),
        )
        do(make(), folds, order, at_most=ends.randrange(1, 60))
        if folds.whole is not None:
            break
    assert tries > 2
    assert len(made) == 39
    assert set(made.values()) == {1}
    assert [statement.exit_code for statement in folds.whole.statements.all] == list(range(40))
    assert len(list(store.directory.glob("fold-*"))) == 39


def test_a_batch_waits_for_nobody() -> None:
    """Neighbours are joined before the last proofs are looked at."""
    order = list[str]()
    folds = BatchFolds(fake_folds(), None, [PlayedPart(number) for number in range(32)], lambda *_: None)
    do(InProcess(1), folds, order)
    names = [name.split()[0] for name in order]
    assert names.index("batch") == 2
    assert names[:32].count("batch") > 14


def do(executor: JobExecutor, folds: BatchFolds, order: list[str], at_most: int = 10**6) -> None:
    def jobs() -> Iterator[Job | None]:
        while (job := folds.next()) is not None or folds.whole is None:
            yield job

    with closing(executor.run(jobs())) as done:
        for job, result in islice(done, at_most):
            folds.take(job, result)
            order.append(job.name)


# ------------------------------------------------------------------------------------------ proofs that are restored
def restoring(data: bytes) -> RestoreJob:
    run = FoldedRun.from_bytes(data)
    return RestoreJob("proof 3", Pruned(run.proof, record_digest(run.statement.record(standard_keys().root))))


def test_what_is_restored_is_the_proof_that_was_given() -> None:
    job = restoring(other_folded())
    result = job.work(job.argument)
    honest = result.to_bytes()
    assert job.verified(honest).to_bytes() == honest
    changed = result.proof.words.copy()
    changed[len(changed) // 2] ^= 1
    lies: list[object] = [
        None,
        b"",
        honest[:-4],
        replace(result, proof=replace(result.proof, words=changed)).to_bytes(),
    ]
    other = restoring(folded().proof)
    lies.append(other.work(other.argument).to_bytes())  # a proof, of another run
    for lie in lies:
        with pytest.raises(Rejection):
            job.verified(lie)


def test_a_proof_that_does_not_verify_is_not_restored() -> None:
    data = bytearray(other_folded())
    data[-1000] ^= 1
    with ProcessPool(2) as pool, pytest.raises(Rejection):
        quire.aggregate([bytes(data), other_folded()], workers=pool)


# ------------------------------------------------------------------------------------------------------ what is refused
def test_folds_keep_a_limit_of_memory() -> None:
    assert plan_folding(None, fold_bytes()).workers == 1
    assert plan_folding(5, 3 * fold_bytes()).workers == 3
    assert plan_folding(2, 3 * fold_bytes()).folding_bytes == 2 * fold_bytes()
    with pytest.raises(ResourceError, match="--memory-limit"):
        quire.fold(shards(), memory_limit=fold_bytes())  # the proofs themselves take some
    with ProcessPool(2) as pool, pytest.raises(ResourceError, match="1 of the pool's 2"):
        quire.fold(shards(), workers=pool, memory_limit=fold_bytes() * 3 // 2)
    with pytest.raises(UsageError, match="memory_limit"):
        quire.aggregate([other_folded(), other_folded()], memory_limit=0)
    with pytest.raises(UsageError, match="workers"):
        quire.fold(shards(), workers=0)


# ---------------------------------------------------------------------------------------------------- the command
@pytest.mark.slow
def test_killed_at_random_moments_of_an_aggregation_it_ends_in_the_same_proof(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one", "two", "three")]
    for file, data in zip(files, [shards(), other_folded(), shards()], strict=True):
        file.write_bytes(data)
    arguments = ["aggregate", "--kind", "folded", *files, "--workers", 2]
    command = KilledCommand(arguments, tmp_path / "proofs", "fold-*")
    kept = command.kill((0, 0, 1, 2, 3, 5), 1.5, tmp_path / "killed")
    (first, report), (second, again) = (command.finish(tmp_path / name) for name in ("first", "second"))
    assert first == second
    assert kept <= report["reused"] <= again["reused"] == 2 * (folded().lifts + folded().joins + 1) + 2
    runs = quire.verify_batch(first).statements
    assert [run.program_id for run in runs] == [
        program().program_id,
        other_program().program_id,
        program().program_id,
    ]
