"""Proving on a real Dask cluster on this machine: whoever dies or lies, the proof is the same statement's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import pytest

import quire
from aggregator.cluster.executor import Cluster
from aggregator.folds.fold_work import FoldResult, FoldWork, Hinted
from aggregator.runs.prove import prove_run
from aggregator.runs.proven import ProvenRun
from aggregator.runs.shard_result import ShardResult
from aggregator.runs.shard_work import ShardProver
from core_vm.machine.shard import ShardRecord
from precompiles.standard.machine import standard_machine
from recursion.keys.standard import standard_keys
from tests.aggregator.cluster.dask_cluster import DaskCluster
from tests.aggregator.folds.folded_runs import folded, other_folded, other_program, shards
from tests.aggregator.folds.folded_runs import program as run_program
from tests.aggregator.guests import program_of
from tests.places import ROOT

NUM_ROUNDS = 12_500
CELLS = 2**20


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    dask = DaskCluster(tmp_path_factory.mktemp("dask"))
    try:
        dask.start_scheduler()
        dask.start_quire_worker()
        dask.start_plain_worker()
        yield dask
    finally:
        dask.close()


def command(program: Path, proof: Path, store: Path, cluster: DaskCluster) -> subprocess.Popen[bytes]:
    place = ["--scheduler", cluster.address, "--store", str(store), "--shard-cells", "20"]
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "core_vm.cli.main",
            "prove",
            "--kind",
            "shards",
            str(program),
            "-o",
            str(proof),
            *place,
            "--json",
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_coordinator_that_is_killed_goes_on_from_its_store(cluster: DaskCluster, tmp_path: Path) -> None:
    program, proof, store = tmp_path / "guest.elf", tmp_path / "guest.proof", tmp_path / "proofs"
    loaded = program_of(0, NUM_ROUNDS)
    program.write_bytes(loaded.elf)
    with command(program, proof, store, cluster) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline()]
        while not lines[-1].startswith(b"shards proved"):
            assert lines[-1], lines
            lines.append(process.stderr.readline())
        process.kill()
    kept = len(list(store.glob("shard-*")))
    assert kept
    with command(program, proof, store, cluster) as process:
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    report = json.loads(out)
    assert kept <= report["reused"] <= report["shards"]
    assert all(line.startswith(b"shards ") for line in err.splitlines()), err
    assert quire.verify(proof.read_bytes(), loaded.program_id).shards == report["shards"]


@dataclass(frozen=True)
class TroubledProver(ShardProver):
    """The first to prove shard 0 lies, the first to prove shard 1 dies; `folder` remembers that they did."""

    folder: str = ""

    def __call__(self, record: ShardRecord) -> ShardResult:
        result = super().__call__(record)
        if record.index > 1 or not self._is_first(record.index):
            return result
        if record.index == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        words = result.proof.words.copy()
        words[len(words) // 2] ^= 1
        return replace(result, proof=replace(result.proof, words=words))

    def _is_first(self, index: int) -> bool:
        try:
            os.close(os.open(Path(self.folder, str(index)), os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


def test_a_worker_that_lies_and_one_that_dies(
    cluster: DaskCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def troubled(program: quire.Program, make_machine: object) -> TroubledProver:
        return TroubledProver(program, standard_machine, folder=str(tmp_path))

    monkeypatch.setattr("aggregator.runs.prove.ShardProver", troubled)
    program = program_of(0, NUM_ROUNDS)
    with Cluster(cluster.address, patience=240) as workers:  # until the dead one is back: nobody asks the liar again
        run = prove_run(program, standard_machine, shard_cells=CELLS, workers=workers)
    assert sorted(os.listdir(tmp_path)) == ["0", "1"]
    assert quire.verify(run.proof, program.program_id).shards == run.shards > 2


@dataclass(frozen=True)
class TroubledFolds(FoldWork):
    """The first to lift lies, the first to join dies; `folder` remembers that they did."""

    folder: str = ""

    def __call__(self, argument: Hinted) -> FoldResult:
        result = super().__call__(argument)
        program = argument.circuit.program
        try:
            os.close(os.open(Path(self.folder, program), os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return result
        if program == "join":
            os.kill(os.getpid(), signal.SIGKILL)
        words = result.proof.words.copy()
        words[len(words) // 2] ^= 1
        return replace(result, proof=replace(result.proof, words=words)) if program == "lift" else result


@pytest.mark.slow
def test_a_run_is_folded_on_the_cluster_whoever_lies_or_dies(
    cluster: DaskCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def troubled(make_machine: object) -> TroubledFolds:
        return TroubledFolds(standard_machine, standard_keys(), folder=str(tmp_path))

    monkeypatch.setattr("aggregator.folds.fold_work.work_of", troubled)
    program = program_of(0, NUM_ROUNDS)
    cluster.await_workers(2)
    with Cluster(cluster.address, patience=240) as workers:
        run = quire.prove(program, kind="folded", shard_cells=CELLS, workers=workers)
    assert sorted(os.listdir(tmp_path)) == ["close", "join", "lift"]
    assert run.joins == run.lifts - 1 >= 1
    assert quire.verify(run.proof, program.program_id).kind == "folded"


def test_proofs_are_folded_and_aggregated_on_the_cluster(cluster: DaskCluster) -> None:
    """The same as here. A folded proof is restored by a worker, and pruned again by us."""
    with Cluster(cluster.address) as workers:
        batch = quire.aggregate([shards(), other_folded()], kind="folded", workers=workers)
    runs = quire.verify_batch(batch.proof).statements
    assert [run.program_id for run in runs] == [run_program().program_id, other_program().program_id]
    assert batch.lifts == folded().lifts


def test_a_client_of_the_callers_is_used_and_stays_open(cluster: DaskCluster) -> None:
    from distributed import Client

    program = program_of(0, 1000)
    with Client(cluster.address, set_as_default=False) as client:
        for _ in range(2):
            run: ProvenRun = quire.prove(program, workers=Cluster(client), public_input=True, kind="shards")
            assert run.phases["execute"] > 0
        assert client.status == "running"
    quire.verify(run.proof, program.program_id)


def test_a_scheduler_that_is_started_again(cluster: DaskCluster) -> None:
    """The `quire worker` comes back to it by itself; what was under way is handed out anew."""
    program, restarts = program_of(0, NUM_ROUNDS), []
    cluster.await_workers(2)  # one that is just starting would miss no scheduler

    def start_when_missed() -> None:
        while "waiting for a scheduler" not in cluster.log("quire"):
            time.sleep(0.1)
        cluster.start_scheduler()

    def restart_once(progress: quire.Progress) -> None:
        if progress.stage == "prove" and not restarts:
            restarts.append(progress.done)
            cluster.end("scheduler")
            Thread(target=start_when_missed).start()

    with Cluster(cluster.address, patience=240) as workers:
        run = quire.prove(program, shard_cells=CELLS, workers=workers, on_progress=restart_once, kind="shards")
    assert restarts == [1]
    assert quire.verify(run.proof, program.program_id).shards == run.shards


def test_a_worker_tells_where_it_stands_and_ends_with_all_its_processes(cluster: DaskCluster) -> None:
    """The last test: the others need the worker."""
    lines = cluster.log("quire").splitlines()
    ready = f"quire: 1 workers of 2.00 GiB each prove for {cluster.address}"
    assert lines.count(ready) == 2
    assert set(lines) == {ready, f"quire: waiting for a scheduler at {cluster.address}"}
    group = cluster.processes["quire"].pid
    assert cluster.end("quire", signal.SIGTERM) == 143
    deadline = time.monotonic() + 20
    while True:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert cluster.log("quire").splitlines()[-1] == "quire: terminated"
