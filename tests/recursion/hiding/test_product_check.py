"""The check of products: true ones pass at every point, false ones at as many as a polynomial has roots."""

from __future__ import annotations

import random

import pytest

from core_vm.field.extension import K, inner, powers
from core_vm.field.koalabear import P
from recursion.hiding.masked import Element, Part, Products, element
from recursion.hiding.plan import MaskPlan
from recursion.hiding.product_check import equations, factors, lagrange, products, values_at

ROWS = ((0, 4), (4, 8), (0, 8), (element(Part.PRODUCT, 0), 12))
PLAN = MaskPlan(4, ROWS, 0)


def some(generator: random.Random) -> K:
    return K(*(generator.randrange(P) for _ in range(5)))


def committed(seed: int) -> dict[Element, K]:
    generator = random.Random(seed)
    return PLAN.elements([some(generator) for _ in range(PLAN.counts[Part.PAD])])


def errors(elements: dict[Element, K], tau: K, sent: list[K] | None = None) -> list[K]:
    sent = sent or values_at(tau, ROWS, PLAN.num_pads, elements)
    return [e.open(elements) for e in equations(Products(), tau, ROWS, PLAN.num_pads, sent)]


@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_lagrange_polynomials_reproduce_polynomials(count: int) -> None:
    generator = random.Random(count)
    coefficients, tau = [some(generator) for _ in range(count)], some(generator)
    values = [inner(powers(K(k), count), coefficients) for k in range(count)]
    assert inner(lagrange(tau, count), values) == inner(powers(tau, count), coefficients)


def test_true_products_pass_everywhere() -> None:
    generator = random.Random(1)
    for seed in range(4):
        assert errors(committed(seed), some(generator)) == [K.zero] * 3


@pytest.mark.parametrize("changed", [*products(len(ROWS))])
def test_whatever_h_goes_through_is_bound(changed: Element) -> None:
    """A product, or a value beyond, that is false; also if the factor that it is of another row goes along."""
    generator = random.Random(2)
    elements = committed(1)
    elements[changed] = elements[changed] + 1
    for _ in range(5):
        first, second, third = errors(elements, some(generator))
        assert (first, second) == (K.zero, K.zero)
        assert third != K.zero


@pytest.mark.parametrize("side", [0, 1])
def test_what_is_sent_is_bound(side: int) -> None:
    generator = random.Random(3)
    elements, tau = committed(1), some(generator)
    sent = values_at(tau, ROWS, PLAN.num_pads, elements)
    sent[side] = sent[side] + 1
    assert errors(elements, tau, sent)[side] != K.zero


def test_what_is_sent_is_masked_by_pads_that_are_used_nowhere_else() -> None:
    """Whatever the other pads are, one pair of these gives each pair of values, unless the point is in F and one of
    the others."""
    used = {factor for row in ROWS for factor in row}
    for side in (0, 1):
        assert factors(ROWS, PLAN.num_pads, side)[0] not in used
    assert lagrange(K(1, 1), 1 + len(ROWS))[0] != K.zero
    assert lagrange(K(2), 1 + len(ROWS))[0] == K.zero
