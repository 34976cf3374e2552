"""Folding without a barrier, and what a store keeps of it: nothing is made twice, and nothing is taken for a proof."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import quire
from aggregator.executors.jobs import Job, Jobs
from aggregator.executors.local import InProcess, JobExecutor, ProcessPool
from aggregator.folds.fold_work import FoldJob, FoldResult
from aggregator.runs.prove import prove_run
from aggregator.runs.proven import ProvenRun
from aggregator.runs.run_jobs import RunJobs
from aggregator.store.store import Store
from core_vm.errors import MalformedProof, Rejection, StatementMismatch
from core_vm.host.room import MemoryRoom
from precompiles.standard.machine import standard_machine
from tests.aggregator.counting import Counting, Interrupted
from tests.aggregator.fake_shards import fake_prover, fake_records
from tests.aggregator.folds.fake_folds import WORDS, Whole, fake_folds, fake_verify_recursion, run_folds
from tests.aggregator.folds.folded_runs import CELLS, folded, program

SHARDS = 200


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recursion proofs of a few words, and a disk that is not waited for."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    monkeypatch.setattr("recursion.folded.recursion_proof.proof_words", lambda: WORDS)
    monkeypatch.setattr("recursion.proof.verify", fake_verify_recursion)


class Account:
    """What was done and what was found."""

    def __init__(self) -> None:
        self.made, self.found, self.order = Counter[str](), Counter[str](), list[str]()

    def folded(self, job: FoldJob, result: FoldResult, kept: bool) -> None:
        (self.found if kept else self.made)[job.name] += 1


def jobs_of(store: Store | None, account: Account) -> RunJobs:
    folds = run_folds(store, account.folded)
    return RunJobs(fake_prover(), fake_records(SHARDS), store, folds, lambda result, kept: None)


def done(executor: JobExecutor, jobs: RunJobs, account: Account, at_most: int = 10**6) -> bool:
    """Do so many jobs; whether all shards are in one proof then."""
    with closing(executor.run(jobs)) as under_way:
        try:
            for job, result in under_way:
                jobs.take(job, result)
                account.order.append(job.name)
                if len(account.order) % (at_most + 1) == at_most:
                    return False
        except Whole:
            return True
    return False


@pytest.mark.parametrize("make", [lambda: InProcess(1), lambda: ProcessPool(3)], ids=["in_process", "pool"])
def test_lifts_and_joins_do_not_wait_for_the_last_shard(short: None, make: Callable[[], JobExecutor]) -> None:
    account = Account()
    assert done(make(), jobs_of(None, account), account)
    names = [name.split()[0] for name in account.order]
    assert Counter(names) == {"shard": SHARDS, "lift": SHARDS // 2, "join": SHARDS // 2 - 1}
    assert max(account.made.values()) == 1
    assert names.index("lift") < 10
    assert names.index("join") < 20
    assert names[: -SHARDS // 10].count("join") > SHARDS // 3


@pytest.mark.parametrize("make", [lambda: InProcess(1), lambda: ProcessPool(3)], ids=["in_process", "pool"])
def test_ended_as_often_as_one_likes_nothing_is_folded_twice(
    short: None, make: Callable[[], JobExecutor], tmp_path: Path
) -> None:
    store, ends, whole, runs = Store(tmp_path / "proofs"), random.Random(3), False, list[Account]()
    while not whole:
        runs.append(Account())
        whole = done(make(), jobs_of(store, runs[-1]), runs[-1], ends.randrange(1, 120))
    made = sum((account.made for account in runs), Counter[str]())
    assert len(runs) > 3
    assert len(made) == SHARDS - 1
    assert set(made.values()) == {1}
    assert len(list(store.directory.glob("fold-*"))) == SHARDS - 1


def test_the_next_run_finds_all_of_it(short: None, tmp_path: Path) -> None:
    store, first, second = Store(tmp_path / "proofs"), Account(), Account()
    assert done(ProcessPool(3), jobs_of(store, first), first)
    assert done(InProcess(1), jobs_of(store, second), second)
    assert second.made == Counter()
    assert second.found == first.made
    assert second.order == []


class ShortOnMemory:
    """An executor that holds what it is given until there is no more, and answers the last job first."""

    processes = 0

    def __init__(self) -> None:
        self.most_held = 0

    def run(self, jobs: Jobs, room: MemoryRoom | None = None) -> Generator[tuple[Any, Any]]:
        held = list[Job]()
        for job in jobs:
            if job is not None:
                held.append(job)
                self.most_held = max(self.most_held, len(held))
            if job is None or len(held) == 8:
                last = held.pop()
                yield last, last.work(last.argument)
        for job in held:
            yield job, job.work(job.argument)


def test_folds_go_before_the_next_shard(short: None) -> None:
    """So what waits to be folded stays little, however long the run is."""
    account, executor = Account(), ShortOnMemory()
    assert done(executor, jobs_of(None, account), account)
    waiting = most = 0
    for name in account.order:
        waiting += {"shard": 1, "lift": -1, "join": -1}[name.split()[0]]
        most = max(most, waiting)
    assert most <= 16


def a_lift() -> FoldJob:
    """The first fold of the fake run."""
    jobs = jobs_of(None, Account())
    for job, result in InProcess(1).run(jobs):
        if isinstance(job, FoldJob):
            return job
        jobs.take(job, result)
    raise AssertionError


LIES: dict[str, Callable[[FoldJob, bytes], object]] = {
    "nothing": lambda job, data: None,
    "empty": lambda job, data: b"",
    "cut": lambda job, data: data[:-1],
    "longer": lambda job, data: data + b"\0\0\0\0",
    "no_time": lambda job, data: b"\xff" * 8 + data[8:],
    "not_canonical": lambda job, data: data[:-4] + b"\xff\xff\xff\xff",
    "other_digest": lambda job, data: data[: -4 * WORDS] + b"\1\0\0\0" + data[4 - 4 * WORDS :],
    "other_circuit": lambda job, data: _of_another_circuit(job).to_bytes(),
    "the_object": lambda job, data: job.work(job.argument),
}


def _of_another_circuit(job: FoldJob) -> FoldResult:
    """A join that says what the lift should: a true statement, of the wrong key."""
    join = next(name for name in _names() if name.program == "join")
    return fake_folds()(replace(job.argument, circuit=join))


def _names() -> tuple[Any, ...]:
    from recursion.keys.catalogue import catalogue

    return catalogue(len(standard_machine().profile_tables))


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_is_no_proof_of_a_fold_is_refused(short: None, lie: Callable[[FoldJob, bytes], object]) -> None:
    job = a_lift()
    honest = job.work(job.argument).to_bytes()
    assert job.verified(honest).to_bytes() == honest
    with pytest.raises(Rejection) as refused:
        job.verified(lie(job, honest))
    assert isinstance(refused.value, MalformedProof | StatementMismatch) or "something else" in str(refused.value)


# --------------------------------------------------------------------------------------------- with real proofs
def run_again(store: Path, executor: Counting) -> ProvenRun:
    arguments: dict[str, Any] = {"public_input": True, "shard_cells": CELLS, "kind": "folded"}
    return prove_run(program(), standard_machine, b"input", workers=executor, store=store, **arguments)


def test_folding_goes_on_from_the_store(tmp_path: Path) -> None:
    """Ended before the join and before the close; then a lift is damaged, and later the join."""
    store = tmp_path / "proofs"
    for last, names in (
        ("join", ["shard 0", "shard 1", "lift of shards 0 to 1", "shard 2", "lift of shards 2 to 2"]),
        ("close", ["join of shards 0 to 2"]),
    ):
        executor = Counting(last)
        with pytest.raises(Interrupted):
            run_again(store, executor)
        assert executor.names == names
    for entry in store.glob("fold-*"):
        assert entry.stat().st_mode & 0o777 == 0o600
        data = bytearray(entry.read_bytes())
        data[len(data) // 2] ^= 1
        entry.write_bytes(data)
        break
    executor = Counting()
    run = run_again(store, executor)
    assert len(executor.names) == 2
    assert executor.names[1] == "close of the run"
    assert (run.reused, run.reused_folds, run.lifts, run.joins) == (3, 2, 2, 1)
    assert run.proof == folded().proof
    assert quire.verify(run.proof, run.program_id, exit_code=7, input=b"input").exit_code == 7


def test_an_intact_entry_that_proves_nothing_is_found_when_it_is_folded(tmp_path: Path) -> None:
    """It stops the run, and no proof comes of it; the next run finds it no more."""
    store = tmp_path / "proofs"
    with pytest.raises(Interrupted):
        run_again(store, Counting("join"))
    entry, kept = next(store.glob("fold-*")), Store(store)
    name = entry.name.removesuffix(".entry")
    result = FoldResult.from_bytes(kept.load(name))
    words = result.proof.words.copy()
    words[len(words) // 2] ^= 1
    kept.save(name, replace(result, proof=replace(result.proof, words=words)).to_bytes())
    with pytest.raises(Rejection):
        run_again(store, Counting())
    assert not entry.exists()
    assert len(list(store.glob("fold-*"))) == 1
    executor = Counting()
    assert quire.verify(run_again(store, executor).proof, program().program_id, exit_code=7).kind == "folded"
    assert [name.split()[0] for name in executor.names] == ["lift", "join", "close"]
