"""Workers end with the process that started them, however it ends; and so does what it was writing."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children
from pathlib import Path

import pytest

from aggregator.executors.local import ProcessPool
from aggregator.runs.prove import prove_run
from aggregator.runs.shard_work import ShardProver
from core_vm.errors import ResourceError, UsageError
from precompiles.standard.machine import standard_machine
from tests.aggregator.executors.plain_jobs import results
from tests.aggregator.guests import program_of
from tests.places import ROOT

LARGE = 2**23


@dataclass(frozen=True)
class LargeProver:
    """A record is a number, its proof as many bytes."""

    threads: int = 0

    def __call__(self, record: int) -> bytes:
        return bytes(record)


def records_then_a_kill() -> Iterator[int]:
    """The second one is asked for when the first one's worker is not yet working; the third, when it is."""
    yield LARGE
    yield LARGE
    time.sleep(1)
    for worker in active_children():
        os.kill(worker.pid or 0, signal.SIGKILL)
    yield 1


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # nobody is left, as it should be
        process.communicate()


def is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=["kill", "term", "int"])
def test_workers_end_with_their_parent(method: str, number: signal.Signals) -> None:
    with running("-m", "tests.aggregator.executors.busy_pool", method) as process:
        assert process.stdout is not None
        workers = [int(word) for word in process.stdout.readline().split()]
        assert len(workers) == 2
        assert all(is_alive(worker) for worker in workers)
        process.send_signal(number)
        process.communicate(timeout=60)  # ends when nobody holds our pipes any more
        assert process.returncode == -number
        deadline = time.monotonic() + 60
        while any(is_alive(worker) for worker in workers):
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"), (signal.SIGKILL, -9, None)],
    ids=["int", "term", "kill"],
)
@pytest.mark.parametrize("whole_group", [True, False], ids=["group", "process"])
def test_a_prover_that_is_ended_leaves_nothing(
    tmp_path: Path, number: signal.Signals, status: int, words: str | None, whole_group: bool
) -> None:
    program, proof = tmp_path / "long.elf", tmp_path / "long.proof"
    program.write_bytes(program_of(0, num_rounds=10**6).elf)
    command = ["prove", "--kind", "shards", str(program), "-o", str(proof), "--shard-cells", "20", "--workers", "2"]
    with running("-m", "core_vm.cli.main", *command) as process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith(b"shards proved"):
            pass
        (os.killpg if whole_group else os.kill)(process.pid, number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == status
    messages = [line for line in errors.decode().splitlines() if not line.startswith("shards ")]
    assert messages == ([f"quire: {words}"] if words else [])
    assert os.listdir(tmp_path) == ["long.elf"]


def test_an_error_does_not_wait_for_the_shards_that_are_being_proved() -> None:
    """The pool's own `with` block ends its workers; a pool of the caller's has idle ones for the next run."""
    from tests.aggregator.executors.busy_pool import SECONDS, SleepingProver

    def failing() -> Iterator[bytes]:
        yield b""
        raise UsageError("enough")

    start = time.monotonic()
    with pytest.raises(UsageError, match="enough"), ProcessPool(2) as pool:
        list(results(pool, SleepingProver(), failing()))
    assert time.monotonic() - start < SECONDS / 2


def test_an_unknown_start_method_is_refused() -> None:
    with pytest.raises(UsageError, match="fork"):
        ProcessPool(2, start_method="thread")


def test_workers_need_no_semaphores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some systems have no writable /dev/shm."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("_multiprocessing.SemLock", refuse)
    run = prove_run(program_of(0), standard_machine, shard_cells=2**20, workers=2)
    assert run.shards > 1


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_worker_that_is_killed_while_it_answers_is_noticed(method: str) -> None:
    """What is on its way is more than a pipe holds, so the worker is still writing it, and never will be done."""
    with ProcessPool(1, start_method=method) as pool:
        with pytest.raises(ResourceError, match="killed"):
            list(results(pool, LargeProver(), records_then_a_kill()))
        assert [len(result) for result in results(pool, LargeProver(), [3])] == [3]


def test_ending_a_pool_does_not_wait_for_answers_that_are_under_way() -> None:
    pool = ProcessPool(2)
    answers = results(pool, LargeProver(), iter([1, *[LARGE] * 3]))
    next(answers)
    time.sleep(1)
    pool.kill()
    assert not active_children()


def test_processes_that_cannot_be_started_are_a_resource_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", refuse)
    with pytest.raises(ResourceError, match="cannot start 2 worker processes"):
        list(results(ProcessPool(2, start_method="fork"), ShardProver(program_of(0), standard_machine), [None]))


def test_an_interrupt_during_a_fork_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python drops what is raised in the callbacks of a fork, where the answer to such a signal is called."""
    fork, dropped = os.fork, list[BaseException]()

    def interrupted() -> int:
        pid = fork()
        if pid:
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt as error:
                dropped.append(error)
        return pid

    monkeypatch.setattr(os, "fork", interrupted)
    answer = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        list(results(ProcessPool(1, start_method="fork"), LargeProver(), [1]))
    assert not dropped
    assert signal.getsignal(signal.SIGINT) is answer
