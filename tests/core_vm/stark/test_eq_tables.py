"""Weights of points by kernels, against elements of K."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_vm.field.extension import K, eq_table, inner
from core_vm.field.koalabear import P
from core_vm.stark.eq_tables import point_weights, weighted_lanes
from core_vm.stark.words import elements_of, interleaved
from tests.elements import random_point

PARTS = [(0, 0, 0), (0, 0, 6), (3, 0, 2), (0, 4, 0), (4, 5, 6), (1, 1, 1)]


@pytest.mark.parametrize(("first", "second", "lanes"), PARTS)
def test_tables_are_those_of_all_suffixes(first: int, second: int, lanes: int) -> None:
    point = random_point(random.Random(3), first + second + lanes)
    weights = point_weights(interleaved(point), first, first + second)
    parts = point[:first], point[first : first + second]
    for tables, part in zip((weights.first, weights.second), parts, strict=True):
        assert [elements_of(table) for table in tables] == [eq_table(part[k:]) for k in range(len(part) + 1)]
    highest_first = point[first + second :]
    assert [elements_of(table) for table in weights.lanes] == [
        eq_table(highest_first[k:][::-1]) for k in range(lanes + 1)
    ]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, P - 1), min_size=5, max_size=5).filter(any), max_size=8))
def test_inverses_are_those_of_all_coordinates(coefficients) -> None:
    point = [K(*c) for c in coefficients]
    assert elements_of(point_weights(interleaved(point), 0, 0).inverses) == [z.inverse() for z in point]


@pytest.mark.parametrize("place", range(3))
def test_zero_has_no_inverse(place: int) -> None:
    point = random_point(random.Random(5), 3)
    point[place] = K.zero
    with pytest.raises(ZeroDivisionError, match="a coordinate of the point is zero"):
        point_weights(interleaved(point), 1, 2)


def test_lanes_are_weighed_up_to_those_that_have_a_weight() -> None:
    weights, sums = random_point(random.Random(7), 8), np.random.default_rng(8).integers(0, P, (3, 5, 64), np.uint32)
    expected = [inner(weights, elements_of(np.ascontiguousarray(planes[:, :8].T).reshape(-1))) for planes in sums]
    assert weighted_lanes(interleaved(weights), sums) == expected
