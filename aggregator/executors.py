"""Where shards are proved: in this process, or in a pool of processes within a stated memory limit.

Both take records as they come and give results as they finish, and neither holds more than a few records at a time: a
run of any length is proved in bounded memory.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from aggregator.work import ShardProver, ShardResult
from aggregator.workers import WorkerLost, Workers
from core_vm.errors import ResourceError, UsageError
from core_vm.host.cores import available_cores
from core_vm.host.memory import keep_freed_memory
from core_vm.host.room import PROCESS_BYTES, MemoryRoom, resident_bytes
from core_vm.machine.limits import MIN_SHARD_CELLS, check_positive, check_shard_cells
from core_vm.machine.shard import DEFAULT_SHARD_CELLS, FIRST_SHARD_CELLS

if TYPE_CHECKING:
    from core_vm.machine.shard import ShardRecord

# What proving a shard was measured to need at its peak, per committed cell; and what each process that proves counts
# for besides. The half of that which it does not hold is left to the process that executes, for the guest's memory.
PROVER_BYTES_PER_CELL = 40
WORKER_BASE_BYTES = 2 * PROCESS_BYTES


# A forked worker has the loaded kernels at once, and never imports the caller's main module. Elsewhere than on Linux
# the system's own libraries do not survive a fork.
START_METHOD = "fork" if sys.platform == "linux" else "spawn"


class ShardExecutor(Protocol):
    """Anything that proves shards."""

    def prove(self, prover: ShardProver, records: Iterable[ShardRecord]) -> Iterator[ShardResult]:
        """Yield one result a record, in any order."""
        ...


class InProcess:
    """One shard at a time, all cores on it."""

    def __init__(self, threads: int | None = None, room: MemoryRoom | None = None) -> None:
        """`room`: of the execution that goes on in this process too. What proving holds is not charged to it."""
        self.threads, self._room = threads or available_cores(), room

    def prove(self, prover: ShardProver, records: Iterable[ShardRecord]) -> Iterator[ShardResult]:
        keep_freed_memory()
        prover = replace(prover, threads=self.threads)
        for record in records:
            before = resident_bytes()
            result = prover(record)
            if self._room is not None:
                self._room.lend(resident_bytes() - before)
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

    def prove(self, prover: ShardProver, records: Iterable[ShardRecord]) -> Iterator[ShardResult]:
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


def available_memory() -> int:
    """Bytes of memory that are free for us now, as the system sees it."""
    pages, size = os.sysconf("SC_AVPHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    try:
        with open("/proc/meminfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return pages * size


def memory_to_use(limit: int | None) -> int:
    """The limit in bytes; by default nine tenths of what is free."""
    return limit if limit is not None else available_memory() * 9 // 10


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """How large shards are cut (the first ones, and the largest), and how many are proved at once."""

    first_shard_cells: int
    shard_cells: int
    workers: int

    @property
    def proving_bytes(self) -> int:
        """What proving takes at most, in all processes that prove; in this one if it is the only one."""
        cells = PROVER_BYTES_PER_CELL * self.shard_cells
        return cells if self.workers == 1 else self.workers * (PROCESS_BYTES + cells)


def plan_shards(shard_cells: int | None, workers: int | None, memory_limit: int | None) -> ShardPlan:
    """Fit the work to a limit of memory (bytes; default: nine tenths of what is free).

    Where the caller leaves the shard size open, shards grow with the run, up to what keeps all workers busy within the
    limit. Raises ResourceError when not even one shard fits, UsageError for sizes and numbers that make no sense.
    """
    check_shard_cells("shard_cells", shard_cells)
    check_positive("workers", workers, "processes")
    check_positive("memory_limit", memory_limit, "bytes")
    limit = memory_to_use(memory_limit)
    wanted = workers or available_cores()
    cells = shard_cells or DEFAULT_SHARD_CELLS
    while shard_cells is None and cells > MIN_SHARD_CELLS and wanted * shard_bytes(cells) > limit:
        cells //= 2
    fitting = limit // shard_bytes(cells)
    if fitting < 1:
        raise ResourceError(
            f"a shard of {cells} cells needs about {shard_bytes(cells) / 2**30:.1f} GiB "
            f"and the limit is {limit / 2**30:.1f} GiB: give {_smaller(cells)}a higher --memory-limit"
        )
    return ShardPlan(shard_cells or min(FIRST_SHARD_CELLS, cells), cells, min(wanted, fitting))


def _smaller(cells: int) -> str:
    """The advice to cut smaller shards, where there are any."""
    return "a smaller --shard-cells or " if cells > MIN_SHARD_CELLS else ""


def shard_bytes(cells: int) -> int:
    """What a process needs that proves shards of so many cells."""
    return WORKER_BASE_BYTES + PROVER_BYTES_PER_CELL * cells
