"""Masked values: whatever is computed with them opens to what is computed with the values themselves."""

from __future__ import annotations

import operator
import random
from typing import Any

import pytest

from core_vm.errors import SumcheckRejection, UsageError
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.transcript.numbers import NUMBERS
from recursion.hiding.arithmetic import MaskedArithmetic
from recursion.hiding.masked import Element, Masked, Part, Products, element

REJECTION = SumcheckRejection("test", "must be zero")


class Committed:
    """Masked values with their pads: what a prover knows."""

    def __init__(self, seed: int, pads_are_zero: bool = False) -> None:
        self.random, self.products = random.Random(seed), Products()
        self.pads: list[K] = []
        self.pads_are_zero = pads_are_zero

    def any(self) -> K:
        return K(*(self.random.randrange(P) for _ in range(5)))

    def masked(self, value: K) -> Masked:
        pad = K.zero if self.pads_are_zero else self.any()
        self.pads.append(pad)
        return Masked(self.products, value + pad, {element(Part.PAD, len(self.pads) - 1): -K.one})

    def elements(self) -> dict[Element, K]:
        known = {element(Part.PAD, number): pad for number, pad in enumerate(self.pads)}
        for row, (left, right) in enumerate(self.products.rows):
            known[element(Part.PRODUCT, row)] = known[left] * known[right]
        return known


def expression(values):
    a, b, c, d = values
    return (3 - a) * b * (c + 1) - d * d * 5 + (a - c) * K(1, 2, 3, 4, 5) + a * b * d - 7


@pytest.mark.parametrize("seed", range(5))
def test_an_expression_opens_to_its_value(seed: int) -> None:
    known = Committed(seed)
    plain = [known.any() for _ in range(4)]
    masked = expression([known.masked(value) for value in plain])
    assert masked.value != expression(plain)
    assert masked.open(known.elements()) == expression(plain)


def test_with_zero_pads_the_number_is_the_value() -> None:
    known = Committed(1, pads_are_zero=True)
    plain = [known.any() for _ in range(4)]
    assert expression([known.masked(value) for value in plain]).value == expression(plain)


def test_which_products_are_asked_for_does_not_depend_on_values() -> None:
    rows = []
    for values in ([K.zero] * 4, [K.one] * 4, [K(5, 1), K(0, 0, 2), K.one, K.zero]):
        known = Committed(3)
        expression([known.masked(value) for value in values])
        rows.append(known.products.rows)
    assert rows[0] == rows[1] == rows[2]


def test_a_product_of_the_same_pads_is_one_row() -> None:
    known = Committed(1)
    a, b, c = (known.masked(known.any()) for _ in range(3))
    assert (a * b * c).form.keys() == (c * (b * a)).form.keys()
    # ab, c(ab); ac and bc have their own.
    assert len(known.products.rows) == 4


def test_sums_are_those_of_numbers() -> None:
    known, arithmetic = Committed(4), MaskedArithmetic()
    weights, values = [known.any() for _ in range(6)], [known.any() for _ in range(6)]
    masked = [known.masked(value) if place % 2 else value for place, value in enumerate(values)]
    others = [known.masked(value) if place % 3 else value for place, value in enumerate(weights)]
    cases = [
        (arithmetic.inner(weights, masked), NUMBERS.inner(weights, values)),
        (arithmetic.inner(others, masked), NUMBERS.inner(weights, values)),
        (arithmetic.horner(weights[0], masked), NUMBERS.horner(weights[0], values)),
        (arithmetic.sparse_inner(weights, {1: masked[1], 4: masked[4]}), NUMBERS.inner(weights[1:5:3], values[1:5:3])),
    ]
    elements = known.elements()
    for found, expected in cases:
        assert found.open(elements) == expected
    assert arithmetic.inner(weights, values) == NUMBERS.inner(weights, values)
    assert arithmetic.horner(weights[0], values) == NUMBERS.horner(weights[0], values)


def test_what_must_hold_is_written_down() -> None:
    known, arithmetic = Committed(5), MaskedArithmetic()
    a, b = known.any(), known.any()
    x, y, z = known.masked(a), known.masked(b), known.masked(a * b)
    arithmetic.require_equal(x * y, z, REJECTION)
    arithmetic.require_zero(x - a, REJECTION)
    arithmetic.require_equal(x, b, REJECTION)
    elements = known.elements()
    assert [equation.open(elements) for equation in arithmetic.equations] == [K.zero, K.zero, a - b]


def test_numbers_are_checked_at_once() -> None:
    arithmetic = MaskedArithmetic()
    for check in (
        lambda: arithmetic.require_zero(K.one, REJECTION),
        lambda: arithmetic.require_equal(K.one, K.zero, REJECTION),
        lambda: arithmetic.require_nonzero(K.zero, REJECTION),
        lambda: arithmetic.inverse(K.zero, REJECTION),
    ):
        with pytest.raises(SumcheckRejection):
            check()
    assert not arithmetic.equations


def test_nobody_asks_whether_a_masked_value_is_zero() -> None:
    known, arithmetic = Committed(6), MaskedArithmetic()
    x = known.masked(K.one)
    with pytest.raises(UsageError, match="sent in clear"):
        arithmetic.require_nonzero(x, REJECTION)
    with pytest.raises(UsageError, match="sent in clear"):
        arithmetic.inverse(x, REJECTION)


@pytest.mark.parametrize("look", [bool, hash, int, len, iter, float, operator.index])
def test_masked_values_cannot_be_looked_at(look: Any) -> None:
    with pytest.raises(TypeError, match="nobody can know"):
        look(Committed(6).masked(K.one))


@pytest.mark.parametrize("compare", [operator.eq, operator.ne, operator.lt, operator.ge])
def test_masked_values_cannot_be_compared(compare: Any) -> None:
    with pytest.raises(TypeError, match="nobody can know"):
        compare(Committed(6).masked(K.one), K.one)
