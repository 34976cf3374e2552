"""Bulk sums in numpy against the plain elements."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.field.bulk import eq_words, sums_at, weighted_columns, weighted_rows
from core_vm.field.extension import K, eq_table, from_planes, inner, to_planes
from core_vm.field.koalabear import P
from tests.elements import random_point

LARGEST = K(*[P - 1] * 5)


def test_eq_words_are_the_table() -> None:
    point = random_point(random.Random(1), 7)
    assert from_planes(eq_words(point)) == eq_table(point)
    assert from_planes(eq_words([])) == [K.one]


@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 40), (7, 0), (5, 5), (0, 3)])
def test_columns_of_f_are_weighted(n: int, m: int) -> None:
    columns = np.random.default_rng(n).integers(0, P, (n, m)).astype(np.uint32)
    weights = random_point(random.Random(m), m)
    expected = [inner([K(int(x)) for x in column], weights) for column in columns]
    assert from_planes(weighted_columns(columns, to_planes(weights).reshape(5, m))) == expected


@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 40), (2, 0), (5, 5)])
def test_rows_of_k_are_weighted(n: int, m: int) -> None:
    rng = random.Random(n)
    rows, weights = [random_point(rng, m) for _ in range(n)], random_point(rng, m)
    planes = np.stack([to_planes(row).reshape(5, m) for row in rows], axis=1)
    assert from_planes(weighted_rows(planes, to_planes(weights).reshape(5, m))) == [inner(row, weights) for row in rows]


def test_the_largest_elements_do_not_overflow() -> None:
    many = [LARGEST] * 3000
    planes, total = to_planes(many), inner(many, many)
    assert from_planes(weighted_rows(planes[:, None, :], planes)) == [total]
    columns = np.full((2, 3000), P - 1, np.uint32)
    assert from_planes(weighted_columns(columns, planes)) == [LARGEST * (P - 1) * 3000] * 2
    assert from_planes(sums_at(np.zeros(3000, np.int64), planes, 2)) == [LARGEST * 3000, K.zero]


def test_too_many_terms_are_refused() -> None:
    weights = np.zeros((5, (1 << 20) + 1), np.uint32)
    with pytest.raises(ValueError, match="add up exactly"):
        weighted_columns(weights[:1], weights)
    with pytest.raises(ValueError, match="add up exactly"):
        weighted_rows(weights[:, None, :], weights)
