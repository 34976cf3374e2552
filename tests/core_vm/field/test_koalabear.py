"""The base field's constants and conversions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_vm.field import reference
from core_vm.field.koalabear import (
    GENERATOR,
    MONTGOMERY_R,
    TWO_ADICITY,
    P,
    from_montgomery,
    inverse,
    reduced,
    root_of_unity,
    to_montgomery,
)

ELEMENTS = st.integers(0, P - 1)
PRIME_FACTORS_OF_P_MINUS_1 = (2, 127)


def test_p_is_the_prime_of_the_design() -> None:
    assert P == 2130706433 == 127 * 2**24 + 1
    assert all(P % divisor for divisor in range(2, 1 << 16))


def test_generator_generates() -> None:
    assert pow(GENERATOR, P - 1, P) == 1
    assert all(pow(GENERATOR, (P - 1) // factor, P) != 1 for factor in PRIME_FACTORS_OF_P_MINUS_1)


def test_roots_of_unity_are_primitive_and_nested() -> None:
    assert root_of_unity(0) == 1
    for log_order in range(1, TWO_ADICITY + 1):
        root = root_of_unity(log_order)
        assert pow(root, 1 << (log_order - 1), P) == P - 1
        assert root * root % P == root_of_unity(log_order - 1)
    for log_order in (-1, TWO_ADICITY + 1):
        with pytest.raises(ValueError, match="roots of unity"):
            root_of_unity(log_order)


@given(ELEMENTS)
def test_montgomery_form(x: int) -> None:
    encoded = to_montgomery([x])
    assert encoded.dtype == np.uint32
    assert encoded.tolist() == [x * MONTGOMERY_R % P]
    assert from_montgomery(encoded).tolist() == [x]


def test_conversions_keep_the_shape() -> None:
    values = np.arange(24).reshape(2, 3, 4)
    assert (from_montgomery(to_montgomery(values)) == values).all()


@given(st.integers(1, P - 1))
def test_inverse_is_the_plain_exponentiation(x: int) -> None:
    assert inverse(x) == pow(x, P - 2, P)


@pytest.mark.parametrize("x", [0, P, -P])
def test_zero_has_no_inverse(x: int) -> None:
    with pytest.raises(ZeroDivisionError):
        inverse(x)


@given(ELEMENTS, ELEMENTS)
def test_reference_operations_are_those_of_integers(x: int, y: int) -> None:
    a, b = to_montgomery([x]), to_montgomery([y])
    assert from_montgomery(reference.add(a, b)).tolist() == [(x + y) % P]
    assert from_montgomery(reference.subtract(a, b)).tolist() == [(x - y) % P]
    assert from_montgomery(reference.multiply(a, b)).tolist() == [x * y % P]


def test_reduced_is_the_remainder_of_every_word() -> None:
    edges = [
        0,
        1,
        P - 1,
        P,
        P + 1,
        2**32 - 1,
        2**62,
        2**63,
        2**64 - 1,
        *(k * P + d for k in (2, P, P + 2) for d in (-1, 0, 1)),
    ]
    for count in (1, 511, 512, 5000):
        values = np.resize(np.array(edges, np.uint64), count)
        before = values.copy()
        assert reduced(values).tolist() == [int(value) % P for value in values]
        assert np.array_equal(values, before)
