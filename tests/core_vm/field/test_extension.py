"""The extension field: ring laws, plain exponentiation, and the bridge to planes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_vm.field import reference
from core_vm.field.extension import (
    DEGREE,
    K,
    eq_table,
    first_of_eq_table,
    from_planes,
    inner,
    inner_planes,
    lift,
    powers,
    to_planes,
)
from core_vm.field.koalabear import P
from tests.core_vm.field.equality import eq_at

COEFFICIENTS = st.one_of(st.integers(0, P - 1), st.sampled_from([0, 1, P - 1, P - 2, 1 << 30]))
ELEMENTS = st.builds(K, *[COEFFICIENTS] * DEGREE)
INTEGERS = st.integers(-(2**40), 2**40)
X = K(0, 1)


def _plain_product(a: K, b: K) -> K:
    """Polynomial product and long division by X^5 + X^2 - 1, from the highest power down."""
    product = [0] * (2 * DEGREE - 1)
    for i, x in enumerate(a.c):
        for j, y in enumerate(b.c):
            product[i + j] += x * y
    for power in range(2 * DEGREE - 2, DEGREE - 1, -1):
        product[power - 5] += product[power]
        product[power - 3] -= product[power]
    return K(*product[:DEGREE])


def test_defining_relation() -> None:
    assert X**5 + X**2 - 1 == 0


def test_modulus_is_irreducible() -> None:
    """X^(p^5) = X and X^p != X: the degree, five, is prime, so X lies in no smaller field."""
    assert X ** (P**5) == X
    assert X**P != X


@given(ELEMENTS, ELEMENTS)
def test_product_is_that_of_polynomials(a: K, b: K) -> None:
    assert a * b == _plain_product(a, b)
    assert all(0 <= x < P for x in (a * b).c)


@given(ELEMENTS, ELEMENTS, ELEMENTS)
def test_ring_laws(a: K, b: K, c: K) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)
    assert a * (b + c) == a * b + a * c
    assert a - b == a + -b
    assert a - a == K.zero
    assert a * K.one == a
    assert all(0 <= x < P for value in (a + b, a - b, -a) for x in value.c)


@given(ELEMENTS, INTEGERS)
def test_integers_are_base_field_elements(a: K, x: int) -> None:
    assert a * x == x * a == a * K(x)
    assert a + x == x + a == a + K(x)
    assert a - x == a - K(x)
    assert x - a == K(x) - a
    assert K(x) == x
    assert lift(x) == K(x)
    assert lift(a) is a


@settings(max_examples=10)
@given(ELEMENTS)
def test_inverse_and_frobenius_are_plain_exponentiations(a: K) -> None:
    for times in range(DEGREE):
        assert a.frobenius(times) == a ** (P**times)
    if a:
        assert a.inverse() == a ** (P**5 - 2) == a**-1
        assert a * a.inverse() == 1


def test_zero_has_no_inverse() -> None:
    with pytest.raises(ZeroDivisionError):
        K.zero.inverse()


def test_powers() -> None:
    a, first = K(3, 1, 4, 1, 5), K(9, 2, 6)
    assert powers(a, 4) == [a**i for i in range(4)]
    assert powers(a, 3, first) == [first, first * a, first * a * a]
    assert powers(a, 0) == []
    assert a**0 == 1


@pytest.mark.parametrize("count", [63, 64, 65, 128, 129, 300])
def test_long_powers_are_each_the_last_one_times_x(count: int) -> None:
    a, first = K(3, 1, 4, 1, P - 5), K(9, 2, 6)
    found = powers(a, count, first)
    assert (len(found), found[0]) == (count, first)
    assert found[1:] == [power * a for power in found[:-1]]


def test_elements_hash_and_print() -> None:
    assert len({K(1), K(1, 0), K(1 + P), K(2)}) == 2
    assert repr(K(1, 2)) == "K(1, 2, 0, 0, 0)"
    assert K(1) != "one"
    with pytest.raises(TypeError):
        K(1) + "one"


@given(st.lists(ELEMENTS, min_size=3, max_size=3), st.integers(0, 7))
def test_eq_table_is_eq_at_the_corners(point: list[K], index: int) -> None:
    corner = [K(index >> i & 1) for i in range(3)]
    assert eq_table(point)[index] == eq_at(point, corner)
    assert sum(eq_table(point), K.zero) == 1


def test_a_long_eq_table_is_eq_at_every_corner() -> None:
    point = [K(i, P - 1 - i, 3, 0, i * i) for i in range(8)]
    corners = [[K(index >> i & 1) for i in range(8)] for index in range(256)]
    assert eq_table(point) == [eq_at(point, corner) for corner in corners]


@pytest.mark.parametrize("count", [1, 2, 3, 8, 13, 16])
def test_the_first_of_an_eq_table_are_those_of_the_whole(count: int) -> None:
    point, scale = [K(i, 5, 3, P - i) for i in range(4)], K(3, 1, 4)
    assert first_of_eq_table(point, count, scale) == [e * scale for e in eq_table(point)[:count]]


@pytest.mark.parametrize("length", [0, 1, 5, 23, 24, 100])
def test_inner_products_agree(length: int) -> None:
    values = np.random.default_rng(length).integers(0, P, (2, length, DEGREE)).tolist()
    a, b = ([K(*row) for row in rows] for rows in values)
    expected = sum((x * y for x, y in zip(a, b, strict=True)), K.zero)
    assert inner(a, b) == expected
    assert inner_planes(to_planes(a), to_planes(b)) == expected


def test_inner_products_are_exact_at_the_largest_values() -> None:
    a = to_planes([K(*[P - 1] * DEGREE)])
    stored = np.full((DEGREE, (1 << 20) + 5), P - 1, np.uint32)  # the largest stored words, whatever they mean
    element = from_planes(stored[:, :1])[0]
    assert inner_planes(stored, stored) == element * element * stored.shape[1]
    assert from_planes(a) == [K(*[P - 1] * DEGREE)]


def test_inner_products_refuse_different_lengths() -> None:
    with pytest.raises(ValueError, match="inner product"):
        inner([K.one], [])
    with pytest.raises(ValueError, match="inner product"):
        inner_planes(np.zeros((5, 2), np.uint32), np.zeros((5, 3), np.uint32))


@given(st.lists(ELEMENTS, max_size=6))
def test_planes_round_trip(elements: list[K]) -> None:
    planes = to_planes(elements)
    assert planes.shape == (DEGREE, len(elements))
    assert planes.dtype == np.uint32
    assert planes.flags.c_contiguous
    assert from_planes(planes) == elements


@given(st.lists(st.tuples(ELEMENTS, ELEMENTS), min_size=1, max_size=6))
def test_reference_planes_agree_with_elements(pairs: list[tuple[K, K]]) -> None:
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    left, right = to_planes(a), to_planes(b)
    assert from_planes(reference.extension_add(left, right)) == [x + y for x, y in pairs]
    assert from_planes(reference.extension_subtract(left, right)) == [x - y for x, y in pairs]
    assert from_planes(reference.extension_multiply(left, right)) == [x * y for x, y in pairs]
