"""Weighed sums of packed values against plain elements of K."""

from __future__ import annotations

import numpy as np

from core_vm.field.extension import DEGREE, K, from_planes, to_planes
from core_vm.field.koalabear import P, to_montgomery
from core_vm.field.packed import LANES, ext_store, load
from core_vm.field.packed.linear import (
    WEIGHED_TOGETHER,
    ext_weigh,
    ext_weigh_four,
    ext_weigh_one,
    ext_weigh_two,
)
from core_vm.host.kernel_cache import njit

FIRST = 3  # a word of the weights that no vector starts at


@njit
def _weigh(values, weights, out):
    v0, v1, v2, v3 = load(values, 0), load(values, LANES), load(values, 2 * LANES), load(values, 3 * LANES)
    ext_store(out, 0, LANES, ext_weigh_one(v0, weights, FIRST))
    ext_store(out, 5 * LANES, LANES, ext_weigh_two(v0, v1, weights, FIRST))
    ext_store(out, 10 * LANES, LANES, ext_weigh_four(v0, v1, v2, v3, weights, FIRST))
    ext_store(out, 15 * LANES, LANES, ext_weigh(values, 0, LANES, weights, FIRST))


def _check(values: np.ndarray, weights: list[K]) -> None:
    words = np.concatenate([np.zeros(FIRST, np.uint32), to_planes(weights).T.reshape(-1)])
    out = np.zeros((4, DEGREE, LANES), np.uint32)
    _weigh(to_montgomery(values.reshape(-1)), words, out.reshape(-1))
    assert (out < P).all()
    for planes, count in zip(out, (1, 2, 4, WEIGHED_TOGETHER), strict=True):
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
