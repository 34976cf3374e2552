"""Where jobs are done: in this process, or in a pool of processes (on other machines: `cluster`).

All of them take jobs as they come and give results as they finish, and none holds more than a few jobs at a time: a run
of any length is proved in bounded memory. Whoever gives the jobs may wait for results of those that he gave: there is
no barrier between shards, lifts and joins.
"""

from __future__ import annotations

import multiprocessing
import pickle
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, Protocol, cast, runtime_checkable

from aggregator.executors.jobs import Job, Jobs, Work, with_threads
from aggregator.executors.workers import WorkerLost, Workers
from aggregator.plan import FoldingPlan, ShardPlan, plan_folding, plan_shards
from core_vm.errors import Rejection, ResourceError, UsageError
from core_vm.given import shown
from core_vm.host.cores import available_cores
from core_vm.host.memory import keep_freed_memory
from core_vm.host.room import MemoryRoom, resident_bytes
from core_vm.machine.limits import check_positive

# A forked worker has the loaded kernels at once, and never imports the caller's main module. Elsewhere than on Linux
# the system's own libraries do not survive a fork.
START_METHOD = "fork" if sys.platform == "linux" else "spawn"
MOST_WAITING = 2
"""Jobs that are there before a process is free for them."""


@runtime_checkable
class JobExecutor(Protocol):
    """Anything that does jobs."""

    @property
    def processes(self) -> int:
        """How many processes on this machine work beside this one."""
        ...

    def plan(self, shard_cells: int | None, memory_limit: int | None, folding: bool = False) -> ShardPlan:
        """How shards are cut for it, and how many jobs it does at once; `folding`: folds are among them.

        Raises ResourceError, UsageError.
        """
        ...

    def plan_folding(self, memory: int) -> FoldingPlan:
        """How many folds it makes at once within so many bytes, where nothing else is to be done.

        Raises ResourceError, UsageError.
        """
        ...

    def run(self, jobs: Jobs, room: MemoryRoom | None = None) -> Generator[tuple[Any, Any]]:
        """Yield each job with its result, in any order. `room`: of the execution that goes on in this process, which is
        not charged for what proving holds.

        Raises what a job raises; a Rejection says of which job it is."""
        ...


class InProcess:
    """One job at a time, all cores on it."""

    processes = 0

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or available_cores()

    def plan(self, shard_cells: int | None, memory_limit: int | None, folding: bool = False) -> ShardPlan:
        return plan_shards(shard_cells, 1, memory_limit, folding)

    def plan_folding(self, memory: int) -> FoldingPlan:
        return plan_folding(1, memory)

    def run(self, jobs: Jobs, room: MemoryRoom | None = None) -> Generator[tuple[Any, Any]]:
        keep_freed_memory()
        for job in jobs:
            if job is None:  # said before the last result was handed on
                continue
            before = resident_bytes()
            try:
                result = with_threads(job.work, self.threads)(job.argument)
            except Rejection as error:
                raise error.of(job.name) from error
            if room is not None:
                room.lend(resident_bytes() - before)
            yield job, result


class _Source:
    """Jobs as they come, asked for only where there can be one."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = iter(jobs)
        self.may_have_more = True
        self._is_over = False

    def ask(self) -> Job | None:
        """The next job, which may take a while; None where there is none until a result is there, or at the end."""
        try:
            job = next(self._jobs)
        except StopIteration:
            job, self._is_over = None, True
        self.may_have_more = job is not None
        return job

    def told(self) -> None:
        """A result was handed on: there may be a job now where there was none."""
        self.may_have_more = not self._is_over


class ProcessPool:
    """`workers` jobs at a time. Two at most wait beyond those being done: executing a shard takes a time in which
    others are proved. The cores are divided among the processes, and where some have nothing to do, among the others.

    The processes start with the first job. They keep their memory and their compiled kernels until `close`, or the
    end of a `with` block: whoever proves several runs saves what a fresh process costs by proving them in one pool,
    one after the other. They end with the process that started them, however that ends.
    """

    def __init__(self, workers: int | None = None, *, start_method: str | None = None) -> None:
        """`workers`: one a core unless given. `start_method` is one of multiprocessing's: "spawn" or "forkserver"
        where the caller's threads do not survive a fork. Raises UsageError for what there is not."""
        start_method = start_method or START_METHOD
        check_positive("workers", workers, "processes")
        if start_method not in multiprocessing.get_all_start_methods():
            known = ", ".join(multiprocessing.get_all_start_methods())
            raise UsageError(f"no start method {shown(start_method)} on this system: expected one of {known}")
        self.workers = workers or available_cores()
        self._start_method = start_method
        self._processes: Workers | None = None
        self._at_work = threading.Lock()

    def __enter__(self) -> ProcessPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None:
            self.close()
        else:
            self.kill()

    def close(self) -> None:
        """End the processes, when they are done with what they are at. The pool can be used again, with new ones."""
        if self._processes is not None:
            self._processes.close()
            self._processes = None

    def kill(self) -> None:
        """End the processes at once. The pool can be used again, with new ones."""
        if self._processes is not None:
            self._processes.kill()
            self._processes = None

    @property
    def processes(self) -> int:
        return self.workers

    def plan(self, shard_cells: int | None, memory_limit: int | None, folding: bool = False) -> ShardPlan:
        """Raises ResourceError where the processes do not all fit: they were asked for."""
        plan = plan_shards(shard_cells, self.workers, memory_limit, folding)
        self._check_fitting(plan.workers)
        return plan

    def plan_folding(self, memory: int) -> FoldingPlan:
        """Raises ResourceError likewise."""
        plan = plan_folding(self.workers, memory)
        self._check_fitting(plan.workers)
        return plan

    def _check_fitting(self, count: int) -> None:
        if count < self.workers:
            raise ResourceError(f"{count} of the pool's {self.workers} workers fit the memory limit")

    def run(self, jobs: Jobs, room: MemoryRoom | None = None) -> Generator[tuple[Any, Any]]:
        """Raises ResourceError where processes cannot be started, or one is killed; UsageError while the pool is at
        work for another run, in another thread or in a function that this one calls."""
        with self._for_one_run():
            yield from self._results(jobs)

    @contextmanager
    def _for_one_run(self) -> Iterator[None]:
        if not self._at_work.acquire(blocking=False):  # to wait would be for ever where the other run waits for us
            raise UsageError("the pool is at work for another run, and does one after the other: give this one a pool")
        try:
            yield
        finally:
            self._at_work.release()

    def _results(self, jobs: Jobs) -> Generator[tuple[Any, Any]]:
        try:
            yield from self._done(self._started(), _Source(jobs))
        except WorkerLost as error:
            self.kill()
            raise ResourceError(
                "a worker process was killed, most likely for memory: give fewer --workers or smaller --shard-cells"
            ) from error
        except (KeyboardInterrupt, SystemExit):
            self.kill()
            raise

    def _done(self, processes: Workers, source: _Source) -> Generator[tuple[Any, Any]]:
        """Each job with its result. Raises WorkerLost, and what jobs raise."""
        cores, waiting = available_cores(), deque[Job]()
        pickled = _Pickled(cores)
        processes.forget()  # of a run that failed: this one finds idle workers
        while True:
            at_work = self.workers if waiting or source.may_have_more else processes.num_busy
            processes.let_use(max(1, round(cores / max(1, at_work))))
            if waiting and processes.num_idle:
                job = waiting.popleft()
                processes.give(job, pickled(job.work))
            elif source.may_have_more and len(waiting) < MOST_WAITING:
                if (job := source.ask()) is not None:
                    waiting.append(job)
            elif processes.num_busy:
                yield processes.take()
                source.told()
            else:
                return

    def _started(self) -> Workers:
        if self._processes is None:
            try:
                self._processes = Workers(self.workers, self._start_method)
            except OSError as error:
                reason = error.strerror or error
                raise ResourceError(
                    f"cannot start {self.workers} worker processes: {reason}: give fewer --workers"
                ) from error
        return self._processes


class _Pickled:
    """Works as bytes, each pickled once a run. They may use all cores, of which a process is told its share."""

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._kept: dict[int, tuple[Work, bytes]] = {}

    def __call__(self, work: Work) -> bytes:
        if id(work) not in self._kept:  # with the work itself, so that its id stays its own
            self._kept[id(work)] = work, pickle.dumps(with_threads(work, self._cores))
        return self._kept[id(work)][1]


class OwnProcesses:
    """Processes for one run, as many as memory allows up to `workers`; none for a run of a single shard, which gets all
    cores in this one."""

    def __init__(self, workers: int | None = None) -> None:
        self._asked = workers
        self.processes = 0
        self._planned = 1

    def plan(self, shard_cells: int | None, memory_limit: int | None, folding: bool = False) -> ShardPlan:
        plan = plan_shards(shard_cells, self._asked, memory_limit, folding)
        self._planned = plan.workers
        return plan

    def plan_folding(self, memory: int) -> FoldingPlan:
        plan = plan_folding(self._asked, memory)
        self._planned = plan.workers
        return plan

    def run(self, jobs: Jobs, room: MemoryRoom | None = None) -> Generator[tuple[Any, Any]]:
        jobs = iter(jobs)
        first = list(islice(jobs, 2))
        if len(first) < 2 or first[1] is None or self._planned == 1:
            yield from InProcess().run(chain(first, jobs), room)
            return
        with ProcessPool(self._planned) as pool:
            self.processes = pool.processes
            yield from pool.run(chain(first, jobs))


def executor_of(workers: int | JobExecutor | None) -> JobExecutor:
    """What a caller's `workers` stand for. Raises UsageError for what is none of these; a class of executors has all
    that an executor has, and is none."""
    if isinstance(workers, JobExecutor) and not isinstance(workers, type):
        return workers
    check_positive("workers", cast("int | None", workers), "processes")
    return OwnProcesses(cast("int | None", workers))
