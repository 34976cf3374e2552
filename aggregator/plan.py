"""How a run is cut, and how many shards are proved at once, so that all processes together keep a limit of memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from core_vm.errors import ResourceError
from core_vm.host.cores import available_cores
from core_vm.host.room import PROCESS_BYTES
from core_vm.machine.execute.growth import SHARDS_OF_A_SIZE
from core_vm.machine.limits import MIN_SHARD_CELLS, check_positive, check_shard_cells
from core_vm.machine.shard import DEFAULT_SHARD_CELLS, FIRST_SHARD_CELLS

# What proving a shard was measured to need at its peak, per committed cell; and what each process that proves counts
# for besides. The half of that which it does not hold is left to the process that executes, for the guest's memory.
PROVER_BYTES_PER_CELL = 40
WORKER_BASE_BYTES = 2 * PROCESS_BYTES
# What a process was measured to need for folds, on top of all that: circuits with their keys, and a proof's buffers.
FOLDING_BYTES = 300 * 2**20
SHARDS_A_WORKER = 4
"""Of the first size, and of each that follows: they end at about the same time, and few of them wait for the last."""


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
    """How large shards are cut (the first ones, and the largest; after how many they grow), and how many are proved at
    once; `here`, or on other machines."""

    first_shard_cells: int
    shard_cells: int
    workers: int
    here: bool = True
    folding: bool = False
    shards_of_a_size: int = SHARDS_OF_A_SIZE

    @property
    def proving_bytes(self) -> int:
        """What proving takes at most of this machine's memory, in all processes that prove; in this one if it is the
        only one."""
        if not self.here:
            return 0
        each = PROVER_BYTES_PER_CELL * self.shard_cells + self.folding * FOLDING_BYTES
        return each if self.workers == 1 else self.workers * (PROCESS_BYTES + each)


def plan_shards(
    shard_cells: int | None, workers: int | None, memory_limit: int | None, folding: bool = False
) -> ShardPlan:
    """Fit the work to a limit of memory (bytes; default: nine tenths of what is free).

    Where the caller leaves the shard size open, shards grow with the run, up to what keeps all workers busy within the
    limit. With `folding`, each worker has room for that besides. Raises ResourceError when not even one shard fits,
    UsageError for sizes and numbers that make no sense.
    """
    check_shard_cells("shard_cells", shard_cells)
    check_positive("workers", workers, "processes")
    check_positive("memory_limit", memory_limit, "bytes")
    limit = memory_to_use(memory_limit)
    wanted = workers or available_cores()
    cells = shard_cells or default_cells(lambda cells: wanted * shard_bytes(cells, folding) <= limit)
    fitting = limit // shard_bytes(cells, folding)
    if fitting < 1:
        raise ResourceError(
            f"a shard of {cells} cells needs about {shard_bytes(cells, folding) / 2**30:.1f} GiB{_to_fold(folding)} "
            f"and the limit is {limit / 2**30:.1f} GiB: give {_smaller(cells)}a higher --memory-limit"
        )
    first = shard_cells or min(FIRST_SHARD_CELLS, cells)
    workers = min(wanted, fitting)
    return ShardPlan(first, cells, workers, folding=folding, shards_of_a_size=shards_of_a_size(workers))


def shards_of_a_size(workers: int) -> int:
    """After how many shards they grow, for so many workers."""
    return max(SHARDS_OF_A_SIZE, SHARDS_A_WORKER * workers)


def default_cells(fits: Callable[[int], bool]) -> int:
    """Up to what shards grow where the caller leaves it open: the default, or the largest power of two that fits."""
    cells = DEFAULT_SHARD_CELLS
    while cells > MIN_SHARD_CELLS and not fits(cells):
        cells = 1 << (cells - 1).bit_length() - 1
    return cells


@dataclass(frozen=True, slots=True)
class FoldingPlan:
    """How many folds are made at once, of proofs that are there; `here`, or on other machines."""

    workers: int
    here: bool = True

    @property
    def folding_bytes(self) -> int:
        """What they take at most of this machine's memory, in all processes."""
        return self.workers * fold_bytes() if self.here else 0


def plan_folding(workers: int | None, memory: int) -> FoldingPlan:
    """As many as fit the memory, in bytes, up to one a core or `workers`.

    Raises ResourceError when not even one fits, UsageError for a number that makes no sense.
    """
    check_positive("workers", workers, "processes")
    if memory < fold_bytes():
        raise ResourceError(
            f"to fold takes about {fold_bytes() / 2**30:.1f} GiB beside the proofs, and the limit leaves "
            f"{max(0, memory) / 2**30:.1f} GiB: give a higher --memory-limit"
        )
    return FoldingPlan(min(workers or available_cores(), memory // fold_bytes()))


def fold_bytes() -> int:
    """What a process needs that folds."""
    return WORKER_BASE_BYTES + FOLDING_BYTES


def _to_fold(folding: bool) -> str:
    return ", proved and folded (--kind shards needs less)," if folding else ""


def _smaller(cells: int) -> str:
    """The advice to cut smaller shards, where there are any."""
    return "a smaller --shard-cells or " if cells > MIN_SHARD_CELLS else ""


def shard_bytes(cells: int, folding: bool = False) -> int:
    """What a process needs that proves shards of so many cells, and folds."""
    return WORKER_BASE_BYTES + PROVER_BYTES_PER_CELL * cells + folding * FOLDING_BYTES
