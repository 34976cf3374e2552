"""The coordinator of a cluster, on workers that are played: whatever they do, a result is a proof of its own shard."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aggregator.cluster import cluster_run
from aggregator.cluster import executor as clusters
from aggregator.cluster.cluster_run import MOST_FAILURES, ClusterRun
from aggregator.cluster.executor import USABLE_MEMORY, Cluster
from aggregator.folds.fold_work import FoldJob, FoldResult, Hinted
from aggregator.plan import shard_bytes
from aggregator.runs.run_jobs import RunJobs
from aggregator.runs.shard_result import ShardResult
from core_vm.cli.main import main
from core_vm.errors import GuestTrap, ResourceError, StatementMismatch, UsageError, WitnessError
from core_vm.machine.limits import MIN_SHARD_CELLS
from core_vm.machine.shard import ShardRecord
from tests.aggregator.fake_shards import fake_jobs, fake_prover, fake_records, fake_verify
from tests.aggregator.folds.fake_folds import WORDS, Whole, fake_folds, fake_verify_recursion, run_folds
from tests.aggregator.guests import program_of
from tests.places import ROOT

Behaviour = Callable[[str, ShardRecord], Any]


class PlayedFuture:
    def __init__(self, key: int, worker: str, outcome: Any, looks: int) -> None:
        self.key, self.worker, self._outcome, self._looks = key, worker, outcome, looks

    @property
    def status(self) -> str:
        self._looks -= 1
        return "pending" if self._looks >= 0 else "finished"

    def result(self) -> Any:
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return self._outcome


class PlayedClient:
    """Stands for a `distributed.Client`. `behave(worker, record)` says what comes back, an exception if it is one."""

    asynchronous, status = False, "running"

    def __init__(self, workers: dict[str, int], behave: Behaviour) -> None:
        self.workers, self._behave = workers, behave
        self.asked: list[tuple[str, int]] = []
        self.under_way = self.most_under_way = 0
        self.cancelled: list[PlayedFuture] = []
        self._random = random.Random(3)

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        assert n_workers == -1
        return {"workers": {name: {"memory_limit": limit, "status": "running"} for name, limit in self.workers.items()}}

    def submit(
        self,
        function: object,
        prover: bytes,
        record: bytes,
        *,
        workers: list[str],
        allow_other_workers: bool,
        pure: bool,
    ) -> PlayedFuture:
        assert allow_other_workers
        assert not pure
        assert pickle.loads(prover) in (fake_prover(), fake_folds())
        (worker,), loaded = workers, pickle.loads(record)
        self.asked.append((worker, getattr(loaded, "index", -1)))
        return PlayedFuture(len(self.asked), worker, self._behave(worker, loaded), self._random.randrange(4))

    def who_has(self, futures: list[PlayedFuture]) -> dict[int, tuple[str, ...]]:
        return {future.key: (future.worker,) for future in futures}

    def cancel(self, futures: list[PlayedFuture]) -> None:
        self.cancelled += futures


def honest(worker: str, record: ShardRecord | Hinted) -> bytes:
    if isinstance(record, Hinted):
        return fake_folds()(record).to_bytes()
    return fake_prover()(record).to_bytes()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core_vm.stark.verifier.verify_shard", fake_verify)
    monkeypatch.setattr("recursion.proof.verify", fake_verify_recursion)
    monkeypatch.setattr("recursion.folded.recursion_proof.proof_words", lambda: WORDS)
    monkeypatch.setattr(cluster_run, "MOMENT_SECONDS", 0.0)
    monkeypatch.setattr(clusters, "SECONDS_BETWEEN_LOOKS", 0.0)


def prove(client: PlayedClient, records: Iterable[ShardRecord], patience: float = 10.0) -> Iterator[ShardResult]:
    for _, result in Cluster(client, patience=patience).run(fake_jobs(records)):
        yield result


def check(results: list[ShardResult], count: int) -> None:
    expected = {record.index: fake_prover()(record) for record in fake_records(count)}
    assert Counter(result.index for result in results) == Counter(range(count))
    for result in results:
        assert result.to_bytes() == expected[result.index].to_bytes()
        assert result.proof.root_end == expected[result.index].proof.root_end


def test_two_hundred_shards_while_workers_come_go_lie_and_fail() -> None:
    """And the scheduler is lost now and then."""
    from distributed import CancelledError

    chance = random.Random(7)
    client: PlayedClient

    def behave(worker: str, record: ShardRecord) -> Any:
        if chance.random() < 0.05:
            client.workers.pop(next((name for name in client.workers if name not in ("liar", "broken")), ""), None)
        if chance.random() < 0.1 or len(client.workers) < 5:
            client.workers[f"w{chance.random()}"] = 2**34
        if chance.random() < 0.05:
            return CancelledError()
        return {"liar": b"\0" * 40, "broken": ImportError("no module named aggregator")}.get(
            worker, honest(worker, record)
        )

    client = PlayedClient(dict.fromkeys(["liar", "broken", "a", "b", "c"], 2**34), behave)
    taken, most_held, results = 0, 0, []

    def records() -> Iterator[ShardRecord]:
        nonlocal taken, most_held
        for record in fake_records(200):
            taken += 1
            most_held = max(most_held, taken - len(results) - len(client.workers))
            yield record

    for result in prove(client, records()):
        results.append(result)
    check(results, 200)
    assert Counter(worker for worker, _ in client.asked)["liar"] == 1
    assert Counter(worker for worker, _ in client.asked)["broken"] == 1
    assert most_held <= 5


def test_a_run_is_folded_on_the_cluster_while_workers_lie_and_the_scheduler_is_lost() -> None:
    """`late` lies about folds alone, and so is found when the first one comes to it."""
    from distributed import CancelledError

    chance, made = random.Random(5), Counter[str]()

    def behave(worker: str, argument: ShardRecord | Hinted) -> Any:
        if chance.random() < 0.05:
            return CancelledError()
        data = honest(worker, argument)
        lies = worker == "late" and isinstance(argument, Hinted)
        return data[: -4 * WORDS] + b"\1\0\0\0" + data[4 - 4 * WORDS :] if lies else data

    def count(job: FoldJob, result: FoldResult, kept: bool) -> None:
        made[job.name] += 1

    client = PlayedClient(dict.fromkeys(["late", "a", "b", "c"], 2**34), behave)
    jobs = RunJobs(fake_prover(), fake_records(40), None, run_folds(None, count), lambda result, kept: None)

    def run_all() -> None:
        for job, result in Cluster(client, patience=10.0).run(jobs):
            jobs.take(job, result)

    with pytest.raises(Whole):
        run_all()
    assert len(made) == 20 + 19
    assert set(made.values()) == {1}
    assert len([worker for worker, _ in client.asked if worker == "late"]) < 6


def _flipped(data: bytes) -> bytes:
    return data[:-4] + bytes([data[-4] ^ 1]) + data[-3:]


LIES: dict[str, Behaviour] = {
    "nothing": lambda worker, record: None,
    "no_bytes": lambda worker, record: [1, 2, 3],
    "empty": lambda worker, record: b"",
    "cut": lambda worker, record: honest(worker, record)[:-1],
    "longer": lambda worker, record: honest(worker, record) + b"\0\0\0\0",
    "flipped": lambda worker, record: _flipped(honest(worker, record)),
    "of_another_shard": lambda worker, record: honest(worker, list(fake_records(9))[record.index + 1]),
    "the_object": lambda worker, record: fake_prover()(record),
    "an_error": lambda worker, record: RuntimeError("out of order"),
    "an_error_of_ours": lambda worker, record: WitnessError("this trace is wrong"),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_is_found_and_its_teller_not_asked_again(lie: Behaviour) -> None:
    client = PlayedClient(
        {"liar": 2**34, "a": 2**34}, lambda worker, record: (lie if worker == "liar" else honest)(worker, record)
    )
    check(list(prove(client, fake_records(6))), 6)
    assert Counter(worker for worker, _ in client.asked) == {"liar": 1, "a": 6}


@pytest.mark.parametrize(
    ("outcome", "kind", "words"),
    [
        (b"", ResourceError, "shard 0 failed at 3 workers.*too few"),
        (KeyError("x"), ResourceError, "shard 0 failed at 3 workers.*KeyError"),
        (WitnessError("row 7"), WitnessError, "shard 0 failed at 3 workers.*row 7"),
    ],
    ids=["lies", "errors", "witness"],
)
def test_a_shard_that_fails_everywhere_ends_the_run(outcome: Any, kind: type[Exception], words: str) -> None:
    client = PlayedClient(dict.fromkeys("abcde", 2**34), lambda worker, record: outcome)
    with pytest.raises(kind, match=words):
        list(prove(client, fake_records(1)))
    assert len(client.asked) == MOST_FAILURES


REFUSAL = StatementMismatch("shards", "the second one does not start where the first one ends")


@pytest.mark.parametrize("workers", ["abcde", "a"])
def test_what_all_workers_refuse_is_refused(workers: str) -> None:
    """A proof that is to be folded and is none; also where there are fewer workers than may fail."""
    client = PlayedClient(dict.fromkeys(workers, 2**34), lambda worker, record: REFUSAL)
    with pytest.raises(StatementMismatch, match=r"^shard 0: shards: the second one does not start") as caught:
        list(prove(client, fake_records(1), patience=0.05))
    assert caught.value.where == "shard 0: shards"


def test_a_refusal_alone_is_not_believed() -> None:
    client = PlayedClient(
        {"liar": 2**34, "a": 2**34}, lambda worker, record: REFUSAL if worker == "liar" else honest(worker, record)
    )
    check(list(prove(client, fake_records(6))), 6)
    outcomes = {"a": REFUSAL, "b": KeyError("x"), "c": REFUSAL}
    client = PlayedClient(dict.fromkeys(outcomes, 2**34), lambda worker, record: outcomes[worker])
    with pytest.raises(ResourceError, match="shard 0 failed at 3 workers"):
        list(prove(client, fake_records(1)))


def test_a_shard_that_kills_its_workers_ends_the_run() -> None:
    from distributed import KilledWorker

    client = PlayedClient({"a": 2**34}, lambda worker, record: KilledWorker("prove-1", None, 3))
    with pytest.raises(ResourceError, match=r"shard 0 was lost.*memory"):
        list(prove(client, fake_records(1)))


def test_patience_ends_where_no_worker_comes() -> None:
    client = PlayedClient({}, honest)
    with pytest.raises(ResourceError, match="has no worker for this run"):
        list(prove(client, fake_records(1), patience=0.05))
    with pytest.raises(ResourceError, match="has no worker for this run"):
        Cluster(client, patience=0.05).plan(None, None)


def test_patience_ends_where_every_worker_failed() -> None:
    client = PlayedClient({"liar": 2**34}, lambda worker, record: b"")
    with pytest.raises(ResourceError, match=r"no worker is left that did not fail.*too few"):
        list(prove(client, fake_records(1), patience=0.05))


def test_a_connection_that_is_lost_for_good_is_said() -> None:
    client = PlayedClient({"a": 2**34}, honest)
    client.status = "closed"
    with pytest.raises(ResourceError, match="no scheduler answers"):
        list(prove(client, fake_records(1), patience=0.05))


def test_what_is_under_way_is_called_off_when_the_run_fails() -> None:
    def records() -> Iterator[ShardRecord]:
        yield from fake_records(2)
        raise GuestTrap("illegal instruction", 0x10_0000)

    client = PlayedClient({"a": 2**34, "b": 2**34}, honest)
    with pytest.raises(GuestTrap):
        list(prove(client, records()))
    assert len(client.cancelled) <= 2


def limit_of(cells: int) -> int:
    """What a worker has to state for shards of so many cells."""
    return int(shard_bytes(cells) / USABLE_MEMORY) + 1


def test_a_plan_fits_the_smallest_worker_and_takes_no_memory_here() -> None:
    client = PlayedClient({"a": limit_of(2**26), "b": limit_of(2**23), "unlimited": 0}, honest)
    plan = Cluster(client).plan(None, None)
    assert (plan.shard_cells, plan.first_shard_cells, plan.workers) == (2**23, 2**23, 3)
    assert plan.proving_bytes == 0


def test_a_size_that_was_asked_for_leaves_small_workers_out() -> None:
    client = PlayedClient({"a": limit_of(2**26), "small": limit_of(2**23)}, honest)
    cluster = Cluster(client)
    assert cluster.plan(2**26, None).workers == 1
    with pytest.raises(UsageError, match="shard_cells"):
        cluster.plan(7, None)
    del client.workers["a"]
    with pytest.raises(ResourceError, match="largest worker"):
        cluster.plan(2**26, None)


def test_a_worker_without_the_memory_for_a_shard_is_not_asked() -> None:
    client = PlayedClient({"a": limit_of(MIN_SHARD_CELLS), "small": limit_of(MIN_SHARD_CELLS) - 2**20}, honest)
    check(list(prove(client, fake_records(5))), 5)
    assert {worker for worker, _ in client.asked} == {"a"}


def test_an_asynchronous_client_is_refused() -> None:
    client = PlayedClient({}, honest)
    client.asynchronous = True
    with pytest.raises(UsageError, match="asynchronous"):
        Cluster(client)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'quire\[cluster\]'"):
        Cluster("tcp://127.0.0.1:8786")


def test_a_run_holds_no_more_than_it_says() -> None:
    client = PlayedClient({"a": 2**34, "b": 2**34}, honest)
    run = ClusterRun(Cluster(client))
    for _ in run.results(fake_jobs(fake_records(30))):
        assert len(run.running) + len(run.waiting) <= 3


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--scheduler", "127.0.0.1:8786"], 2, "a scheduler is tcp://HOST:PORT"),
        (["--scheduler", "tcp://127.0.0.1"], 2, "a scheduler is tcp://HOST:PORT"),
        (["--scheduler", "tls://127.0.0.1:8786"], 1, "quire: tls://127.0.0.1:8786 takes certificates"),
        (["--scheduler", "tcp://127.0.0.1:8786", "--workers", "2"], 1, "quire: --workers is of this machine"),
    ],
    ids=["no_protocol", "no_port", "no_certificates", "workers"],
)
def test_the_command_says_what_it_takes(arguments: list[str], status: int, words: str, tmp_path: Path) -> None:
    program = tmp_path / "guest.elf"
    program.write_bytes(program_of(0).elf)
    result = CliRunner().invoke(
        main, ["prove", "--kind", "shards", str(program), "-o", str(tmp_path / "guest.proof"), *arguments]
    )
    assert result.exit_code == status
    assert words in result.stderr


def test_a_scheduler_that_nobody_is_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 0.2)
    with pytest.raises(ResourceError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9", patience=0.2).__enter__()


def test_a_run_without_a_cluster_imports_nothing_of_dask() -> None:
    code = (
        "import sys, quire, aggregator.commands.prove, aggregator.runs.prove, aggregator.commands.worker;"
        "sys.exit(any(name.partition('.')[0] in ('dask', 'distributed', 'tornado') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
