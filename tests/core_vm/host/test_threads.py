"""Ranges over threads: each element once, granules, order, errors, one level."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from core_vm.host.cores import share_cores, within_share
from core_vm.host.threads import RANGES_PER_THREAD, run_each, run_ranges, run_weighed


@pytest.mark.parametrize("total", [0, 1, 7, 64, 100, 1000])
@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("granule", [1, 16, 64])
def test_ranges_cover_everything_once_and_in_order(total: int, threads: int, granule: int) -> None:
    ranges = run_ranges(lambda start, stop: (start, stop), total, threads, granule)
    assert [x for start, stop in ranges for x in range(start, stop)] == list(range(total))
    assert all(start % granule == 0 and start < stop for start, stop in ranges)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("weights", [[], [3], [1] * 100, [1000, *[1] * 50], [*[1] * 50, 1000], [5, 1, 90, 2] * 20])
def test_ranges_of_pieces_that_differ_weigh_about_the_same(weights: list[int], threads: int) -> None:
    ranges = run_weighed(lambda start, stop: (start, stop), weights, threads)
    assert [x for start, stop in ranges for x in range(start, stop)] == list(range(len(weights)))
    assert all(start < stop for start, stop in ranges)
    if threads > 1 and weights:
        fair = sum(weights) / (threads * RANGES_PER_THREAD)
        assert all(sum(weights[start:stop]) <= fair + max(weights) for start, stop in ranges)


def test_work_runs_on_several_threads() -> None:
    barrier = threading.Barrier(2, timeout=10)
    run_ranges(lambda start, stop: barrier.wait() if start in (0, 1) else None, 2, 2)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 9])
def test_each_item_has_its_result_in_order(count: int, threads: int) -> None:
    assert run_each(lambda item: item * item, range(count), threads) == [n * n for n in range(count)]


class Share:
    def __init__(self, value: int) -> None:
        self.value = value


@pytest.fixture
def share() -> Iterator[Share]:
    """What this process is told."""
    share = Share(1)
    share_cores(share)
    yield share
    share_cores(None)


def test_no_more_threads_than_there_are_cores_for(share: Share) -> None:
    """Asked anew for each piece of work."""
    here = threading.current_thread().name
    assert run_ranges(lambda start, stop: (start, stop), 100, 2) == [(0, 100)]
    assert run_each(lambda _: threading.current_thread().name, range(8), 2) == [here] * 8
    barrier, share.value = threading.Barrier(2, timeout=10), 2
    run_each(lambda _: barrier.wait(), range(2), 5)
    assert within_share(5) == 2
    share.value = 0  # nobody is left without any
    assert within_share(5) == 1


def test_a_nested_call_stays_in_its_thread() -> None:
    def outer(start: int, stop: int) -> bool:
        names = run_ranges(lambda *_: threading.current_thread().name, 100, 2)
        return names == [threading.current_thread().name]

    assert all(run_ranges(outer, 8, 2))


def test_an_exception_comes_out() -> None:
    def work(start: int, stop: int) -> None:
        if stop == 8:
            raise RuntimeError("the last range")

    with pytest.raises(RuntimeError, match="the last range"):
        run_ranges(work, 8, 2)
    assert run_ranges(lambda start, stop: stop - start, 8, 2)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_makes_threads_of_its_own() -> None:
    run_ranges(lambda start, stop: None, 8, 2)
    child = os.fork()
    if child == 0:
        done = run_ranges(lambda start, stop: stop - start, 8, 2)
        os._exit(0 if sum(done) == 8 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
