"""The plan of a fold, with lists of numbers for proofs: whatever comes when, every shard is there once and in order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aggregator.folds.fold_plan import FoldPlan, Lift


def taken(plan: FoldPlan[Any, Any]) -> Iterator[Any]:
    """All that is ready, and what becomes ready meanwhile."""
    while plan.ready:
        yield plan.ready.popleft()


@given(
    st.integers(1, 40).flatmap(lambda count: st.tuples(st.permutations(range(count)), st.integers(0, count))), st.data()
)
def test_any_order_of_results_ends_in_one_range(order_and_end: tuple[list[int], int], data: st.DataObject) -> None:
    order, end = order_and_end
    plan: FoldPlan[int, list[int]] = FoldPlan()
    under_way, shards = [], list(order)
    lifts = joins = 0
    while plan.whole() is None:
        under_way += taken(plan)
        if shards and (not under_way or data.draw(st.booleans())):
            if len(order) - len(shards) == end:
                plan.end(len(order))
            number = shards.pop()
            plan.add_shard(number, number, number // 10)
            continue
        if not shards and end == len(order):
            plan.end(len(order))
        if not under_way:
            continue
        job = under_way.pop(data.draw(st.integers(0, len(under_way) - 1)))
        if isinstance(job, Lift):
            lifts += 1
            plan.add_range(job.start, job.stop, list(job.shards))
        else:
            joins += 1
            assert job.left[-1] + 1 == job.right[0]
            plan.add_range(job.start, job.stop, job.left + job.right)
    assert plan.whole() == list(range(len(order)))
    assert joins == lifts - 1
    assert lifts == (len(order) + 1) // 2 + sum(1 for n in range(9, len(order) - 1, 10) if n % 2 == 0)


@given(st.integers(1, 300).flatmap(lambda count: st.tuples(st.permutations(range(count)), st.randoms())))
def test_the_ranges_are_the_same_in_any_order(order_and_chance: tuple[list[int], random.Random]) -> None:
    order, chance = order_and_chance
    assert ranges_made(order, chance) == ranges_made(sorted(order), None)


def ranges_made(order: list[int], chance: random.Random | None) -> set[tuple[int, int]]:
    """Of shards that arrive in this order, where what is under way ends by chance or at once."""
    plan: FoldPlan[int, None] = FoldPlan()
    made, under_way, shards = set[tuple[int, int]](), [], list(reversed(order))
    while (0, len(order)) not in made:
        under_way += taken(plan)
        if under_way and (not shards or chance is None or chance.random() < 0.5):
            job = under_way.pop(chance.randrange(len(under_way)) if chance else 0)
            made.add((job.start, job.stop))
            plan.add_range(job.start, job.stop, None)
        else:
            number = shards.pop()
            plan.add_shard(number, number, number // 7 % 3 or None)
            if not shards:
                plan.end(len(order))
    return made


def test_joins_are_of_halves() -> None:
    made = ranges_made(list(range(11)), None)
    assert {(start, stop) for start, stop in made if stop - start > 2} == {(0, 4), (4, 8), (0, 8), (8, 11), (0, 11)}


def test_shards_that_cannot_be_paired_are_lifted_alone() -> None:
    plan: FoldPlan[str, str] = FoldPlan()
    plan.add_shard(0, "a", None)
    assert not plan.ready
    plan.add_shard(1, "b", None)
    assert [job.stop - job.start for job in taken(plan)] == [1, 1]
    plan.add_shard(2, "c", "core")
    assert not plan.ready
    plan.end(3)
    assert [job.start for job in taken(plan)] == [2]
