"""Where shards are proved: in this process, or in a pool of processes (on other machines: `cluster`).

All of them take records as they come and give results as they finish, and none holds more than a few records at a time:
a run of any length is proved in bounded memory.
"""

from __future__ import annotations

import multiprocessing
import pickle
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from aggregator.plan import ShardPlan, plan_shards
from aggregator.result import ShardResult
from aggregator.work import ShardProver
from aggregator.workers import WorkerLost, Workers
from core_vm.errors import ResourceError, UsageError
from core_vm.host.cores import available_cores
from core_vm.host.memory import keep_freed_memory
from core_vm.host.room import MemoryRoom, resident_bytes
from core_vm.machine.limits import check_positive

if TYPE_CHECKING:
    from core_vm.machine.shard import ShardRecord

# A forked worker has the loaded kernels at once, and never imports the caller's main module. Elsewhere than on Linux
# the system's own libraries do not survive a fork.
START_METHOD = "fork" if sys.platform == "linux" else "spawn"


@runtime_checkable
class ShardExecutor(Protocol):
    """Anything that proves shards."""

    @property
    def processes(self) -> int:
        """How many processes on this machine prove beside this one."""
        ...

    def plan(self, shard_cells: int | None, memory_limit: int | None) -> ShardPlan:
        """How shards are cut for it, and how many it proves at once. Raises ResourceError, UsageError."""
        ...

    def prove(
        self, prover: ShardProver, records: Iterable[ShardRecord], room: MemoryRoom | None = None
    ) -> Iterator[ShardResult]:
        """Yield one result a record, in any order. `room`: of the execution that goes on in this process, which is not
        charged for what proving holds."""
        ...


class InProcess:
    """One shard at a time, all cores on it."""

    processes = 0

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or available_cores()

    def plan(self, shard_cells: int | None, memory_limit: int | None) -> ShardPlan:
        return plan_shards(shard_cells, 1, memory_limit)

    def prove(
        self, prover: ShardProver, records: Iterable[ShardRecord], room: MemoryRoom | None = None
    ) -> Iterator[ShardResult]:
        keep_freed_memory()
        prover = replace(prover, threads=self.threads)
        for record in records:
            before = resident_bytes()
            result = prover(record)
            if room is not None:
                room.lend(resident_bytes() - before)
            yield result


def _marking_the_last(records: Iterable[ShardRecord]) -> Iterator[tuple[ShardRecord, bool]]:
    """Each record, and whether it is the last one."""
    known: deque[ShardRecord] = deque()
    for record in records:
        known.append(record)
        if len(known) > 1:
            yield known.popleft(), False
    for record in known:
        yield record, True


class ProcessPool:
    """`workers` shards at a time, the cores divided among them. Two records at most wait beyond those being proved.

    The processes start with the first record. They keep their memory and their compiled kernels until `close`, or the
    end of a `with` block: whoever proves several runs saves what a fresh process costs by proving them in one pool.
    They end with the process that started them, however that ends.
    """

    def __init__(self, workers: int | None = None, *, start_method: str | None = None) -> None:
        """`workers`: one a core unless given. `start_method` is one of multiprocessing's: "spawn" or "forkserver"
        where the caller's threads do not survive a fork. Raises UsageError for what there is not."""
        start_method = start_method or START_METHOD
        check_positive("workers", workers, "processes")
        if start_method not in multiprocessing.get_all_start_methods():
            known = ", ".join(multiprocessing.get_all_start_methods())
            raise UsageError(f"no start method {start_method!r} on this system: expected one of {known}")
        self.workers = workers or available_cores()
        self._start_method = start_method
        self._processes: Workers | None = None

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

    def plan(self, shard_cells: int | None, memory_limit: int | None) -> ShardPlan:
        """Raises ResourceError where the processes do not all fit: they were asked for."""
        plan = plan_shards(shard_cells, self.workers, memory_limit)
        if plan.workers < self.workers:
            raise ResourceError(f"{plan.workers} of the pool's {self.workers} workers fit the memory limit")
        return plan

    def prove(
        self, prover: ShardProver, records: Iterable[ShardRecord], room: MemoryRoom | None = None
    ) -> Iterator[ShardResult]:
        """Raises ResourceError where processes cannot be started, or one is killed."""
        cores = available_cores()
        # When the last shard is on, the other workers run out of work, and it can use their cores.
        shared, alone = (pickle.dumps(replace(prover, threads=max(1, cores // n))) for n in (self.workers, 1))
        try:
            processes = self._started()
            processes.forget()  # of a run that failed: this one finds idle workers
            for record, is_last in _marking_the_last(records):
                while not processes.num_idle:
                    yield processes.take()
                processes.give(alone if is_last else shared, record)
            while processes.num_busy:
                yield processes.take()
        except WorkerLost as error:
            self.kill()
            raise ResourceError(
                "a worker process was killed, most likely for memory: give fewer --workers or smaller --shard-cells"
            ) from error
        except (KeyboardInterrupt, SystemExit):
            self.kill()
            raise

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


class OwnProcesses:
    """Processes for one run, as many as memory allows up to `workers`; none for a run of a single shard, which gets all
    cores in this one."""

    def __init__(self, workers: int | None = None) -> None:
        self._asked = workers
        self.processes = 0
        self._planned = 1

    def plan(self, shard_cells: int | None, memory_limit: int | None) -> ShardPlan:
        plan = plan_shards(shard_cells, self._asked, memory_limit)
        self._planned = plan.workers
        return plan

    def prove(
        self, prover: ShardProver, records: Iterable[ShardRecord], room: MemoryRoom | None = None
    ) -> Iterator[ShardResult]:
        records = iter(records)
        first = list(islice(records, 2))
        if len(first) < 2 or self._planned == 1:
            yield from InProcess().prove(prover, chain(first, records), room)
            return
        with ProcessPool(self._planned) as pool:
            self.processes = pool.processes
            yield from pool.prove(prover, chain(first, records))
