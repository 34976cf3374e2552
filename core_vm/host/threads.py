"""One level of parallelism: pieces of work for kernels that release the GIL, taken by the caller and a shared pool.

The caller does pieces too: for short work, of which a proof has hundreds of pieces, it is done before others are awake.
How many threads there are cores for is asked each time, so a proof under way takes what other processes leave.
"""

from __future__ import annotations

import os
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import accumulate
from typing import TypeVar

from core_vm.host.cores import within_share

Item = TypeVar("Item")
Result = TypeVar("Result")

# Ranges per thread: some slack, so that a thread that falls behind does not hold up the others.
RANGES_PER_THREAD = 4

_pool: ThreadPoolExecutor | None = None
_helpers = 0  # that the pool has at most
_inside = threading.local()
_lock = threading.Lock()


def run_ranges(function: Callable[[int, int], Result], total: int, threads: int, granule: int = 1) -> list[Result]:
    """Calls function(start, stop) on ranges that cover [0, total) and returns the results in order of the ranges.

    Every start is a multiple of `granule`, and so is every stop but the last. Otherwise as `run_each`.
    """
    granules, threads = -(-total // granule), _threads(threads)
    count = min(granules, _ranges(threads))
    return _run_between(function, [*(granules * i // count * granule for i in range(count)), total], threads)


def run_weighed(function: Callable[[int, int], Result], weights: Sequence[int], threads: int) -> list[Result]:
    """`run_ranges` over pieces of work that differ: piece i weighs weights[i] > 0, and all ranges about the same."""
    threads = _threads(threads)
    sums, count = list(accumulate(weights, initial=0)), _ranges(threads)
    bounds = {bisect_left(sums, sums[-1] * i // count) for i in range(count + 1)}
    return _run_between(function, sorted(bounds), threads)


def _ranges(threads: int) -> int:
    return threads * RANGES_PER_THREAD if threads > 1 else 1


def _run_between(function: Callable[[int, int], Result], bounds: Sequence[int], threads: int) -> list[Result]:
    return run_each(lambda i: function(bounds[i], bounds[i + 1]), range(len(bounds) - 1), threads)


def run_each(function: Callable[[Item], Result], items: Sequence[Item], threads: int) -> list[Result]:
    """Calls function(item) for every item, each as soon as a thread is free, and returns the results in order.

    Inside a call the work is serial: a nested one runs in its own thread. An exception of any is raised here, when none
    is under way.
    """
    threads = min(_threads(threads), len(items))
    if threads <= 1:
        return [function(item) for item in items]
    results: dict[int, Result] = {}
    left = iter(range(len(items)))  # one for all threads: the next number is taken under the GIL

    def work() -> None:
        _inside.active = True
        try:
            for i in left:
                results[i] = function(items[i])
        except BaseException:
            _exhaust(left)
            raise
        finally:
            _inside.active = False

    pool = _pool_of(threads - 1)
    helpers = [pool.submit(work) for _ in range(threads - 1)]
    try:
        work()
    finally:
        _await(helpers)
    for helper in helpers:
        if not helper.cancelled():
            helper.result()
    return [results[i] for i in range(len(items))]


def _threads(threads: int) -> int:
    """One inside a call; else as many as there are cores for right now."""
    return 1 if getattr(_inside, "active", False) else within_share(threads)


def _exhaust(left: Iterator[int]) -> None:
    """Nothing more is begun."""
    for _ in left:
        pass


def _await(helpers: list[Future[None]]) -> None:
    """Those that have begun: what they write to is the caller's."""
    for helper in helpers:
        if not helper.cancel():
            helper.exception()


def _pool_of(helpers: int) -> ThreadPoolExecutor:
    """One for all calls, of at least so many threads. A smaller one ends when nobody has it any more."""
    global _pool, _helpers
    with _lock:
        if _pool is None or _helpers < helpers:
            _pool, _helpers = ThreadPoolExecutor(helpers, thread_name_prefix="quire"), helpers
        return _pool


def _forget_pool() -> None:
    """Threads do not survive a fork, and a lock may be held by one of them."""
    global _lock, _pool, _helpers
    _lock = threading.Lock()
    _pool, _helpers = None, 0
    _inside.active = False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)
