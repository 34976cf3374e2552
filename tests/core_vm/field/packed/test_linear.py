"""Weighed sums of packed values against plain elements of K."""

from __future__ import annotations

import numpy as np

from core_vm.field.extension import DEGREE, K, from_planes, to_planes
from core_vm.field.koalabear import P, to_montgomery
from core_vm.field.packed import LANES, ext_store, load
from core_vm.field.packed.linear import (
    WEIGHED_TOGETHER,
    ext_narrow,
    ext_weigh,
    ext_weigh_rows,
    wide_add,
    wide_weigh,
)
from core_vm.host.kernel_cache import njit

FIRST = 3  # a word of the weights that no vector starts at


@njit
def _columns(values):
    return load(values, 0), load(values, LANES), load(values, 2 * LANES), load(values, 3 * LANES)


@njit
def _one(values, weights, out):
    ext_store(out, 0, LANES, ext_weigh((load(values, 0),), weights, FIRST))


@njit
def _two(values, weights, out):
    ext_store(out, 0, LANES, ext_weigh((load(values, 0), load(values, LANES)), weights, FIRST))


@njit
def _four(values, weights, out):
    ext_store(out, 0, LANES, ext_weigh(_columns(values), weights, FIRST))


@njit
def _seven(values, weights, out):
    total = wide_weigh(_columns(values), weights, FIRST)
    total = wide_add(total, (load(values, 4 * LANES), load(values, 5 * LANES)), weights, FIRST + 20)
    total = wide_add(total, (load(values, 6 * LANES),), weights, FIRST + 30)
    ext_store(out, 0, LANES, ext_narrow(total))


@njit
def _many(values, weights, out):
    ext_store(out, 0, LANES, ext_weigh_rows(values, 0, LANES, weights, FIRST))


def _check(values: np.ndarray, weights: list[K]) -> None:
    words = np.concatenate([np.zeros(FIRST, np.uint32), to_planes(weights).T.reshape(-1)])
    for count, kernel in ((1, _one), (2, _two), (4, _four), (7, _seven), (WEIGHED_TOGETHER, _many)):
        planes = np.zeros((DEGREE, LANES), np.uint32)
        kernel(to_montgomery(values.reshape(-1)), words, planes.reshape(-1))
        assert (planes < P).all()
        for lane, found in enumerate(from_planes(planes)):
            terms = [weight * int(v) for weight, v in zip(weights[:count], values[:count, lane], strict=True)]
            assert found == sum(terms, K.zero)


def test_sums_of_any_number_of_terms_agree_with_elements() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        weights = [K(*row) for row in rng.integers(0, P, (WEIGHED_TOGETHER, DEGREE)).tolist()]
        _check(rng.integers(0, P, (WEIGHED_TOGETHER, LANES)).astype(np.uint32), weights)


def test_the_largest_products_do_not_overflow() -> None:
    """Montgomery words of p - 1, which are the largest: of values and of weights."""
    largest = (P - 1) * pow(2**32, -1, P) % P
    _check(np.full((WEIGHED_TOGETHER, LANES), largest, np.uint32), [K(*[largest] * DEGREE)] * WEIGHED_TOGETHER)
