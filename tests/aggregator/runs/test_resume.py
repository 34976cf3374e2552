"""The same command again proves only what is missing, whatever ended it; and nothing is taken for what it is not."""

from __future__ import annotations

import json
import os
import random
import re
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import quire
from aggregator.executors.jobs import Jobs
from aggregator.executors.local import InProcess, OwnProcesses, ProcessPool
from aggregator.plan import ShardPlan, shard_bytes
from aggregator.runs.prove import prove_run
from aggregator.runs.proven import ProvenRun
from aggregator.runs.resume import RunSettings, plan_as_before, run_name, settle, shard_name
from aggregator.runs.run_jobs import RunJobs
from aggregator.runs.shard_result import ShardResult
from aggregator.store import names
from aggregator.store.store import Store
from core_vm.errors import UsageError
from core_vm.host.room import MemoryRoom
from core_vm.statement.proof import RunProof
from core_vm.statement.verifier import shard_statements
from precompiles.standard.machine import standard_machine
from tests.aggregator.fake_shards import fake_prover, fake_records
from tests.aggregator.guests import program_of
from tests.aggregator.killing import KilledCommand, started

NUM_ROUNDS = 11_000
CELLS = 2**20


class Interrupted(Exception):
    pass


class Counting(InProcess):
    """Proves in this process, remembers which shards, and ends after some of them."""

    def __init__(self, at_most: int = 1000) -> None:
        super().__init__()
        self.at_most, self.proved = at_most, list[int]()

    def run(self, jobs: Jobs, room: MemoryRoom | None = None) -> Generator[tuple[Any, Any]]:
        for job, result in super().run(jobs, room):
            if len(self.proved) == self.at_most:
                raise Interrupted
            self.proved.append(job.argument.index)
            yield job, result


def run_again(store: Path | None, executor: Counting, **changed: object) -> ProvenRun:
    arguments: dict[str, object] = {"shard_cells": CELLS, "program": program_of(0, NUM_ROUNDS), "input_bytes": b"key"}
    arguments |= changed
    return prove_run(make_machine=standard_machine, workers=executor, store=store, **arguments)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ProvenRun]:
    """A store, and the run that filled it in two goes."""
    store = tmp_path_factory.mktemp("resume") / "proofs"
    interrupted, second = Counting(at_most=1), Counting()
    with pytest.raises(Interrupted):
        run_again(store, interrupted)
    run = run_again(store, second)
    assert (interrupted.proved, second.proved) == ([0], list(range(1, run.shards)))
    assert run.reused == 1
    assert run.shards > 2
    return store, run


def test_a_run_in_two_goes_verifies(first: tuple[Path, ProvenRun]) -> None:
    _, run = first
    assert quire.verify(run.proof, run.program_id).shards == run.shards


def test_the_same_again_proves_nothing_and_gives_the_same_proof(first: tuple[Path, ProvenRun]) -> None:
    store, run = first
    executor = Counting()
    again = run_again(store, executor)
    assert executor.proved == []
    assert again.reused == run.shards
    assert again.proof == run.proof
    assert (again.cells, again.interactions) == (run.cells, run.interactions)


CHANGES = {
    "input": {"input_bytes": b"kez"},
    "public": {"public_input": True},
    "program": {"program": program_of(1, NUM_ROUNDS)},
    "shard_size": {"shard_cells": CELLS + 1},
    "by_default": {"shard_cells": None, "memory_limit": shard_bytes(CELLS)},
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_what_is_asked_for_otherwise_finds_nothing(first: tuple[Path, ProvenRun], changed: dict[str, object]) -> None:
    """It ends at the first shard that it wants to prove, and that is the first one."""
    store, _ = first
    with pytest.raises(Interrupted):
        run_again(store, Counting(at_most=0), **changed)


def test_another_version_finds_nothing(first: tuple[Path, ProvenRun], monkeypatch: pytest.MonkeyPatch) -> None:
    store, _ = first
    monkeypatch.setattr(names, "quire_version", lambda: "0.0.0")
    with pytest.raises(Interrupted):
        run_again(store, Counting(at_most=0))


def test_every_part_of_a_statement_names_another_entry(first: tuple[Path, ProvenRun]) -> None:
    """As do the tables."""
    statement = shard_statements(RunProof.from_bytes(first[1].proof))[1]
    core, hashes, *_ = standard_machine().profiles
    other_digest = (1, *statement.root_start[1:])
    others = [
        *(replace(statement, **{name: other_digest}) for name in ("program_root", "root_start", "root_end")),
        *(replace(statement, **{name: getattr(statement, name) + 4}) for name in ("pc_start", "pc_end", "end_time")),
        replace(statement, pc_end=0, end_time=0, halted=True),
        replace(statement, pc_end=0, end_time=0, halted=True, exit_code=1),
    ]
    names = {shard_name(other, core) for other in (statement, *others)} | {shard_name(statement, hashes)}
    assert len(names) == len(others) + 2


def test_broken_entries_are_proved_again(first: tuple[Path, ProvenRun]) -> None:
    store, run = first
    flipped, cut, *_ = sorted(store.glob("shard-*"))
    data = bytearray(flipped.read_bytes())
    data[-1000] ^= 1
    flipped.write_bytes(data)
    cut.write_bytes(cut.read_bytes()[:5000])
    executor = Counting()
    again = run_again(store, executor)
    assert len(executor.proved) == 2
    assert again.reused == run.shards - 2
    assert quire.verify(again.proof, again.program_id).shards == run.shards


@pytest.mark.parametrize("make", [InProcess, lambda: ProcessPool(3)], ids=["in_process", "pool"])
def test_two_hundred_shards_are_each_proved_once_however_often_it_is_ended(
    make: Callable[[], InProcess | ProcessPool], tmp_path: Path
) -> None:
    """The proofs are played; store and executors are not."""
    store, ends, proved = Store(tmp_path / "proofs"), random.Random(11), 0
    results = dict[int, ShardResult]()

    def collect(result: ShardResult, kept: bool) -> None:
        results[result.index] = result

    while len(results) < 200:
        results.clear()
        jobs = RunJobs(fake_prover(), fake_records(200), store, None, collect)
        with closing(make().run(jobs)) as run:
            for job, result in islice(run, ends.randrange(1, 60)):
                jobs.take(job, result)
                proved += 1
    assert proved == len(list(store.directory.glob("shard-*"))) == 200
    for record in fake_records(200):
        assert list(results[record.index].proof.words) == list(fake_prover()(record).proof.words)


def test_without_a_store_a_private_input_has_another_root_each_time() -> None:
    roots = []
    for _ in range(2):
        roots.append(settle(None, "run-x", False, lambda settings: ShardPlan(CELLS, CELLS, 1))[1])
    assert roots[0] != roots[1]


def test_runs_that_start_at_once_settle_on_one_salt(tmp_path: Path) -> None:
    salts: list[bytes] = []

    def start() -> None:
        _, salt = settle(Store(tmp_path / "proofs"), "run-x", False, lambda settings: ShardPlan(CELLS, CELLS, 1))
        salts.append(salt)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(salts) == 8
    assert len(set(salts)) == 1


def test_sizes_are_kept_while_they_fit_and_then_the_salt_is_new(tmp_path: Path) -> None:
    """The memory that is free is another one each time; a run that grows with it could never be resumed."""
    store, name = Store(tmp_path / "proofs"), run_name("00" * 32, b"", False, None)
    seen = []
    for gib in (4, 16, 2, 2):
        plan, salt = settle(
            store, name, False, lambda kept, gib=gib: plan_as_before(InProcess(), None, gib << 30, kept)
        )
        seen.append((plan.first_shard_cells, plan.shard_cells, salt))
    assert seen[0] == seen[1] != seen[2] == seen[3]
    assert seen[0][1] > seen[2][1]
    assert seen[0][2] != seen[2][2]


def test_a_public_input_has_a_salt_of_zeros(tmp_path: Path) -> None:
    _, salt = settle(Store(tmp_path / "proofs"), "run-x", True, lambda settings: ShardPlan(CELLS, CELLS, 1))
    assert salt == bytes(24)


def test_settings_are_written_and_read() -> None:
    settings = RunSettings(bytes(range(24)), 2**24, 2**26, 12)
    assert RunSettings.from_bytes(settings.to_bytes()) == settings


def test_settings_that_another_version_kept_are_replaced(tmp_path: Path) -> None:
    store = Store(tmp_path / "proofs")
    store.save("run-x", bytes(range(40)))
    salts = [settle(store, "run-x", False, lambda kept: ShardPlan(CELLS, CELLS, 1))[1] for _ in range(2)]
    assert salts[0] == salts[1] != bytes(range(24))


def test_a_run_is_cut_as_before_whatever_the_number_of_workers(tmp_path: Path) -> None:
    store, plans = Store(tmp_path / "proofs"), []
    for workers in (3, 5):
        executor = OwnProcesses(workers)
        settled, _ = settle(store, "run-x", False, lambda kept, e=executor: plan_as_before(e, None, 2**40, kept))
        plans.append(settled)
    assert [(plan.workers, plan.shards_of_a_size) for plan in plans] == [(3, 12), (5, 12)]


# ------------------------------------------------------------------------------------------------ the command
def arguments(program: Path, kind: str = "shards") -> list[object]:
    return ["prove", "--kind", kind, program, "--shard-cells", 20, "--workers", 2]


def test_killed_at_random_moments_and_started_again_it_ends_in_a_proof(tmp_path: Path) -> None:
    program, loaded = tmp_path / "guest.elf", program_of(0, num_rounds=30_000)
    program.write_bytes(loaded.elf)
    command = KilledCommand(arguments(program), tmp_path / "proofs", "shard-*")
    kept = command.kill((1, 2, 3), 0.4, tmp_path / "killed")
    proof, report = command.finish(tmp_path / "guest.proof")
    assert report["reused"] >= kept
    assert quire.verify(proof, loaded.program_id).shards == report["shards"]


@pytest.mark.slow
def test_killed_at_random_moments_of_folding_it_ends_in_the_same_proof(tmp_path: Path) -> None:
    program, loaded = tmp_path / "guest.elf", program_of(0, num_rounds=20_000)
    program.write_bytes(loaded.elf)
    command = KilledCommand(arguments(program, "folded"), tmp_path / "proofs", "fold-*")
    kept = command.kill((1, 1, 2, 3), 1, tmp_path / "killed")
    proofs = []
    for name in ("one.proof", "two.proof"):
        proof, report = command.finish(tmp_path / name)
        assert kept <= report["reused_folds"] <= report["lifts"] + report["joins"] + 1
        proofs.append(proof)
    assert proofs[0] == proofs[1]
    assert quire.verify(proofs[0], loaded.program_id).output == b""


def test_two_commands_at_once_do_no_harm(tmp_path: Path) -> None:
    program, store = tmp_path / "guest.elf", tmp_path / "proofs"
    loaded = program_of(0, NUM_ROUNDS // 2)
    program.write_bytes(loaded.elf)
    proofs = [tmp_path / "one.proof", tmp_path / "two.proof"]
    processes = [started(*arguments(program), "-o", proof, "--store", store, "--json") for proof in proofs]
    for process in processes:
        assert process.communicate()[1] is not None
        assert process.returncode == 0
    assert len({RunProof.from_bytes(proof.read_bytes()).input_root for proof in proofs}) == 1
    for proof in proofs:
        quire.verify(proof.read_bytes(), loaded.program_id)


def test_a_store_that_cannot_be_one_is_refused_in_one_line(tmp_path: Path) -> None:
    program = tmp_path / "guest.elf"
    program.write_bytes(program_of(0).elf)
    with started(*arguments(program), "-o", tmp_path / "guest.proof", "--store", tmp_path, "--json") as process:
        out, err = process.communicate()
    assert process.returncode == 1
    assert json.loads(out)["kind"] == UsageError.__name__
    assert re.fullmatch(rb"quire: .* is no store of proofs, and not empty.*\n", err)
    assert os.listdir(tmp_path) == ["guest.elf"]
