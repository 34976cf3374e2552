"""Processes that work for this one, each at the end of a pipe of its own.

Nothing is shared among them but the number of cores that each may use, and no thread stands between them and us:
whoever ends a worker in the middle of a word loses what that worker was at and nothing else, since its end of the pipe
closes with it; and a signal that interrupts us finds no lock half taken. (A pool on common queues waits for ever for
the rest of a result whose writer was killed.)
"""

from __future__ import annotations

import multiprocessing
import pickle
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from aggregator.executors.jobs import Job
from core_vm.errors import Rejection
from core_vm.host.cores import Share, share_cores
from core_vm.host.garbage import look_seldom
from core_vm.host.memory import keep_freed_memory
from core_vm.host.parent import begin_worker
from core_vm.host.signals import signals_waiting

Task = Callable[[Any], Any]
_LOST = (EOFError, OSError)


class WorkerLost(Exception):
    """A worker ended before its task did: killed, most likely for the memory that it held."""


@dataclass(eq=False, slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    job: Job | None = None


class Workers:
    """`count` processes, and one task at most with each of them.

    A task is a picklable function of one argument, as bytes, since one task goes with many arguments. All methods are
    for one thread, the one that made the object. After WorkerLost there is nothing left to do but `kill`.
    """

    def __init__(self, count: int, start_method: str) -> None:
        """Raises OSError, and leaves no process behind, where the system does not give so many."""
        context: Any = multiprocessing.get_context(start_method)
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        self._share = context.RawValue("i", 1)
        try:
            for _ in range(count):
                self._idle.append(_start(context, self._share))
        except BaseException:
            self.kill()
            raise

    @property
    def num_idle(self) -> int:
        return len(self._idle)

    @property
    def num_busy(self) -> int:
        return len(self._busy)

    def let_use(self, cores: int) -> None:
        """From now on each may use so many cores, whatever it is at."""
        self._share.value = cores

    def give(self, job: Job, task: bytes) -> None:
        """Have an idle worker, of which there must be one, do `job`, whose work is `task`. Raises WorkerLost."""
        worker = self._idle.pop()
        worker.job = job
        self._busy.append(worker)
        try:
            worker.connection.send((task, job.argument))
        except _LOST as error:
            raise WorkerLost from error

    def take(self) -> tuple[Job, Any]:
        """What the first of the busy workers to be done, of which there must be one, comes back with, after its job.

        Raises what the job raised, a Rejection with the job's name; and WorkerLost.
        """
        ready = wait([worker.connection for worker in self._busy])
        worker = next(worker for worker in self._busy if worker.connection in ready)
        try:
            answer = worker.connection.recv_bytes()
        except _LOST as error:
            raise WorkerLost from error
        self._busy.remove(worker)
        self._idle.append(worker)
        job, worker.job = worker.job, None
        assert job is not None
        succeeded, result = pickle.loads(answer)
        if succeeded:
            return job, result
        if isinstance(result, Rejection):
            raise result.of(job.name) from result
        raise result

    def forget(self) -> None:
        """Wait for what the busy workers are at, and drop it. Raises WorkerLost."""
        while self._busy:
            try:
                self.take()
            except WorkerLost:
                raise
            except Exception:
                pass  # of a task that nobody asks about any more

    def close(self) -> None:
        """End the processes, when they are done with what they are at."""
        with suppress(WorkerLost):
            self.forget()
        workers, self._idle, self._busy = self._idle + self._busy, [], []
        for worker in workers:
            with suppress(*_LOST):
                worker.connection.send(None)
        for worker in workers:
            worker.process.join()
            worker.connection.close()

    def kill(self) -> None:
        """End the processes at once."""
        workers, self._idle, self._busy = self._idle + self._busy, [], []
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()
            worker.connection.close()


def _start(context: Any, share: Share) -> _Worker:
    ours, theirs = context.Pipe()
    try:
        # What is left of them at the end of our own process is ended there, not waited for.
        process = context.Process(target=_work, args=(theirs, ours, share), name="quire-worker", daemon=True)
        with signals_waiting():
            process.start()
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()  # theirs alone from here on: when they end, we read the end
    return _Worker(process, ours)


def _work(connection: Connection, other_end: Connection, share: Share) -> None:
    """A worker's life: one task after the other, until we are told to go or nobody is there to tell."""
    begin_worker()
    other_end.close()  # a fork has a copy of it
    share_cores(share)
    keep_freed_memory()
    look_seldom()
    with suppress(*_LOST):
        while (given := connection.recv()) is not None:
            answer = _do(*given)
            del given  # a record is not held while the next one is awaited
            connection.send_bytes(answer)


def _do(task: bytes, argument: Any) -> bytes:
    """Whether the task succeeded, and its result or its error."""
    try:
        return pickle.dumps((True, _unpickled(task)(argument)))
    except Exception as error:
        error.add_note(traceback.format_exc())
        return pickle.dumps((False, error))


@lru_cache(maxsize=4)
def _unpickled(task: bytes) -> Task:
    return pickle.loads(task)
