"""One level of parallelism: ranges of work over a shared pool of threads, for kernels that release the GIL."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

# Ranges per thread: some slack, so that a thread that falls behind does not hold up the others.
RANGES_PER_THREAD = 4

_pools: dict[int, ThreadPoolExecutor] = {}
_inside = threading.local()
_lock = threading.Lock()


def run_ranges(function: Callable[[int, int], Result], total: int, threads: int, granule: int = 1) -> list[Result]:
    """Calls function(start, stop) on ranges that cover [0, total) and returns the results in order of the ranges.

    Every start is a multiple of `granule`, and so is every stop but the last. Inside a range the work is serial:
    a nested call runs in its own thread. An exception of any range is raised here.
    """
    granules = -(-total // granule)
    count = min(granules, threads * RANGES_PER_THREAD)
    if threads <= 1 or count <= 1 or getattr(_inside, "active", False):
        return [function(0, total)] if total > 0 else []
    bounds = [granules * i // count * granule for i in range(count)] + [total]
    return list(_pool(threads).map(_marked(function), bounds[:-1], bounds[1:]))


def _marked(function: Callable[[int, int], Result]) -> Callable[[int, int], Result]:
    def run(start: int, stop: int) -> Result:
        _inside.active = True
        try:
            return function(start, stop)
        finally:
            _inside.active = False

    return run


def _pool(threads: int) -> ThreadPoolExecutor:
    with _lock:
        if threads not in _pools:
            _pools[threads] = ThreadPoolExecutor(threads, thread_name_prefix="quire")
        return _pools[threads]


def _forget_pools() -> None:
    """Threads do not survive a fork, and a lock may be held by one of them."""
    global _lock
    _lock = threading.Lock()
    _pools.clear()
    _inside.active = False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pools)
