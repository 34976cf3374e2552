"""One level of parallelism: ranges of work for kernels that release the GIL, taken by the caller and a shared pool.

The caller does ranges too: for short work, of which a proof has hundreds of pieces, it is done before others are awake.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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
    a nested call runs in its own thread. An exception of any range is raised here, when no range is under way.
    """
    granules = -(-total // granule)
    count = min(granules, threads * RANGES_PER_THREAD)
    if threads <= 1 or count <= 1 or getattr(_inside, "active", False):
        return [function(0, total)] if total > 0 else []
    bounds = [granules * i // count * granule for i in range(count)] + [total]
    results: dict[int, Result] = {}
    left = iter(range(count))  # one for all threads: the next number is taken under the GIL

    def work() -> None:
        _inside.active = True
        try:
            for i in left:
                results[i] = function(bounds[i], bounds[i + 1])
        except BaseException:
            _exhaust(left)
            raise
        finally:
            _inside.active = False

    helpers = [_pool(threads).submit(work) for _ in range(min(threads, count) - 1)]
    try:
        work()
    finally:
        _await(helpers)
    for helper in helpers:
        if not helper.cancelled():
            helper.result()
    return [results[i] for i in range(count)]


def _exhaust(left: Iterator[int]) -> None:
    """Nothing more is begun."""
    for _ in left:
        pass


def _await(helpers: list[Future[None]]) -> None:
    """Those that have begun: what they write to is the caller's."""
    for helper in helpers:
        if not helper.cancel():
            helper.exception()


def _pool(threads: int) -> ThreadPoolExecutor:
    with _lock:
        if threads not in _pools:
            _pools[threads] = ThreadPoolExecutor(threads - 1, thread_name_prefix="quire")
        return _pools[threads]


def _forget_pools() -> None:
    """Threads do not survive a fork, and a lock may be held by one of them."""
    global _lock
    _lock = threading.Lock()
    _pools.clear()
    _inside.active = False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pools)
