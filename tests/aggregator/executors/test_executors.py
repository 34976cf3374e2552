"""Where shards are proved: plans within memory, bounded records, workers that die, results in any order."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from aggregator.executors import local as executors
from aggregator.executors.local import InProcess, OwnProcesses, ProcessPool
from aggregator.plan import shard_bytes
from aggregator.runs.prove import prove_run
from aggregator.runs.shard_work import ShardProver
from core_vm.errors import GuestTrap, MerkleRejection, ResourceError, UsageError, WitnessError
from core_vm.host.cores import within_share
from core_vm.progress import Progress
from precompiles.standard.machine import standard_machine
from tests.aggregator.executors.plain_jobs import PlainJob, results
from tests.soundness.runs import counting


@dataclass(frozen=True)
class FakeProver:
    """Stands for a `ShardProver`: a record is a number, its proof the square."""

    threads: int = 0

    def __call__(self, record: int) -> int:
        return record * record


@dataclass(frozen=True)
class KilledProver:
    """A worker that the system kills, as it does when memory runs out."""

    threads: int = 0

    def __call__(self, record: int) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return record


@dataclass(frozen=True)
class FailingProver:
    threads: int = 0

    def __call__(self, record: int) -> int:
        raise WitnessError(f"record {record}")


class Records:
    """An iterator of numbers that counts how many were taken and not yet answered."""

    def __init__(self, count: int) -> None:
        self.count, self.taken, self.answered, self.most_waiting = count, 0, 0, 0

    def __iter__(self) -> Iterator[int]:
        for number in range(self.count):
            self.taken += 1
            self.most_waiting = max(self.most_waiting, self.taken - self.answered)
            yield number


@pytest.mark.parametrize(("executor", "bound"), [(InProcess(1), 1), (ProcessPool(2), 4)], ids=["in_process", "pool"])
def test_every_record_has_its_result_and_few_wait(executor: executors.JobExecutor, bound: int) -> None:
    records, found = Records(12), []
    for result in results(executor, FakeProver(), records):
        found.append(result)
        records.answered += 1
    assert sorted(found) == [n * n for n in range(12)]
    # One more than are proved at once: several may finish together before the first is handed on.
    assert records.most_waiting <= 2 * bound


def test_a_killed_worker_is_a_resource_error() -> None:
    with pytest.raises(ResourceError, match="killed"):
        list(results(ProcessPool(2), KilledProver(), iter(range(4))))


@dataclass(frozen=True)
class NamingProver:
    """Says which process it ran in."""

    threads: int = 0

    def __call__(self, record: int) -> int:
        return os.getpid()


def test_a_pool_keeps_its_processes_until_it_is_closed() -> None:
    with ProcessPool(1) as pool:
        first, again = (set(results(pool, NamingProver(), iter(range(3)))) for _ in range(2))
        pool.close()
        anew = set(results(pool, NamingProver(), iter(range(3))))
    assert len(first) == 1
    assert first == again
    assert not first & anew


def test_a_pool_does_one_run_at_a_time() -> None:
    """A second one would take the first one's results for its own, or drop them."""
    with ProcessPool(1) as pool:
        first = results(pool, FakeProver(), iter(range(3)))
        assert next(first) == 0
        with pytest.raises(UsageError, match="at work for another run"):
            list(results(pool, FakeProver(), iter(range(3))))
        assert sorted(first) == [1, 4]
        dropped = results(pool, FakeProver(), iter(range(3)))
        next(dropped)
        dropped.close()
        assert sorted(results(pool, FakeProver(), iter(range(3)))) == [0, 1, 4]


def test_a_pool_serves_the_next_run_after_a_failed_one() -> None:
    with ProcessPool(2) as pool:
        for prover, error in ((FailingProver(), WitnessError), (KilledProver(), ResourceError)):
            with pytest.raises(error):
                list(results(pool, prover, iter(range(6))))
            assert sorted(results(pool, FakeProver(), iter(range(3)))) == [0, 1, 4]


@dataclass(frozen=True)
class CoresProver:
    """Says how many cores it could use at first; the last of five ends when it can use as many as it was promised."""

    threads: int = 0

    def __call__(self, record: int) -> tuple[int, int, int]:
        first = last = within_share(self.threads)
        end = time.monotonic() + 10
        while record == 4 and last < self.threads and time.monotonic() < end:
            time.sleep(0.001)
            last = within_share(self.threads)
        return record, first, last


@pytest.mark.parametrize("start_method", multiprocessing.get_all_start_methods())
def test_the_last_shard_gets_all_cores(monkeypatch: pytest.MonkeyPatch, start_method: str) -> None:
    """While it is proved, as soon as the others have nothing to do."""
    monkeypatch.setattr(executors, "available_cores", lambda: 6)
    with ProcessPool(2, start_method=start_method) as pool:
        cores = {record: rest for record, *rest in results(pool, CoresProver(), iter(range(5)))}
    assert {record: first for record, (first, _) in cores.items() if record < 4} == dict.fromkeys(range(4), 3)
    assert cores[4][1] == 6


def test_fewer_jobs_than_processes_have_the_cores_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "available_cores", lambda: 4)
    with ProcessPool(4) as pool:
        assert [last for _, _, last in results(pool, CoresProver(), iter([4]))] == [4]


class Chain:
    """Jobs of which each can be given only when the result of the one before is there, and one that can be at once."""

    def __init__(self, length: int) -> None:
        self.results: list[int] = []
        self._length = length

    def __iter__(self) -> Iterator[PlainJob | None]:
        yield PlainJob(FakeProver(), 100)
        for number in range(self._length):
            while len([result for result in self.results if result < 100]) < number:
                yield None
            yield PlainJob(FakeProver(), number)
        while len(self.results) <= self._length:
            yield None


@pytest.mark.parametrize(
    "executor", [InProcess(1), ProcessPool(1), ProcessPool(3), OwnProcesses(2)], ids=["here", "one", "three", "own"]
)
def test_jobs_that_wait_for_results_of_others(executor: executors.JobExecutor) -> None:
    chain = Chain(9)
    for _, result in executor.run(chain):
        chain.results.append(result)
    assert sorted(chain.results) == [*(n * n for n in range(9)), 10_000]


def test_a_pool_without_workers_is_refused() -> None:
    with pytest.raises(UsageError, match="0"):
        ProcessPool(0)


def test_two_runs_in_one_pool_and_a_limit_that_it_does_not_fit() -> None:
    program = counting()[0].program
    with ProcessPool(2) as pool:
        runs = [
            prove_run(program, standard_machine, public_input=True, shard_cells=2**20, workers=pool) for _ in range(2)
        ]
        assert runs[0].proof == runs[1].proof
        with pytest.raises(ResourceError, match="1 of the pool's 2 workers"):
            prove_run(program, standard_machine, workers=pool, shard_cells=2**20, memory_limit=shard_bytes(2**20))


@pytest.mark.parametrize("executor", [InProcess(1), ProcessPool(2)], ids=["in_process", "pool"])
def test_a_workers_own_error_arrives_as_it_is(executor: executors.JobExecutor) -> None:
    with pytest.raises(WitnessError, match="record 0"):
        list(results(executor, FailingProver(), iter([0])))


@dataclass(frozen=True)
class RefusingProver:
    threads: int = 0

    def __call__(self, record: int) -> int:
        raise MerkleRejection("opening", f"of record {record}")


@pytest.mark.parametrize("executor", [InProcess(1), ProcessPool(2)], ids=["in_process", "pool"])
def test_a_proof_that_a_worker_refuses_is_refused_here(executor: executors.JobExecutor) -> None:
    """By name: to fold a proof is to verify it, wherever that is done."""
    with pytest.raises(MerkleRejection, match="opening: of record 7"):
        list(results(executor, RefusingProver(), iter([7])))


@pytest.mark.parametrize("executor", [InProcess(1), ProcessPool(2)], ids=["in_process", "pool"])
def test_an_error_of_the_run_itself_ends_the_workers(executor: executors.JobExecutor) -> None:
    def records() -> Iterator[int]:
        yield 0
        raise GuestTrap("illegal instruction", 0x10_0000)

    with pytest.raises(GuestTrap):
        list(results(executor, FakeProver(), records()))


def test_a_foreign_record_is_refused() -> None:
    shard = counting()[0]
    prover = ShardProver(shard.program, standard_machine)
    with pytest.raises(WitnessError):
        prover(replace(shard.record, pc_end=shard.record.pc_end + 4))
    with pytest.raises(WitnessError):
        prover(replace(shard.record, root_after=shard.record.root_before))


def _collect(seen: list[Progress]) -> Callable[[Progress], None]:
    return seen.append


def test_progress_counts_cut_and_proved_shards() -> None:
    program, seen = counting()[0].program, []
    run = prove_run(
        program, standard_machine, public_input=True, shard_cells=2**20, workers=1, on_progress=_collect(seen)
    )
    executed = [progress.done for progress in seen if progress.stage == "execute"]
    proved = [progress for progress in seen if progress.stage == "prove"]
    assert executed == list(range(1, run.shards + 1))
    assert [progress.done for progress in proved] == executed
    assert proved[-1].total == run.shards


class Ending:
    """It writes down which processes end it."""

    def __init__(self, path: Path) -> None:
        self.path, self.cycle = path, self

    def __del__(self) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")


@dataclass(frozen=True)
class Collecting:
    """Looks for all the garbage that there is."""

    threads: int = 0

    def __call__(self, record: int) -> int:
        gc.collect()
        return record


def test_a_worker_does_not_look_through_what_it_inherits(tmp_path: Path) -> None:
    """Garbage of the process that forked it is not its own to end."""
    path = tmp_path / "ended by"
    ending = Ending(path)
    gc.collect()  # from now on, only a full look finds it
    gc.disable()
    try:
        del ending
        assert list(results(ProcessPool(2, start_method="fork"), Collecting(), [1])) == [1]
        assert not path.exists()
    finally:
        gc.enable()
    gc.collect()
    assert path.read_text(encoding="utf-8") == f"{os.getpid()}\n"
