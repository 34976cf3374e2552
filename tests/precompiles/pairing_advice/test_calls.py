"""What advice is worth where it is honest: the arithmetic behind it, the reference on py_ecc's points, the kernel."""

from __future__ import annotations

import math
import random

import pytest

from precompiles.pairing_advice.curves import CURVES, DOUBLE, OPERATIONS, SUBTRACT, Curve
from precompiles.pairing_advice.curves import NUMBERS as CALLS
from precompiles.pairing_advice.tower import ONE, Element, class_of, element_of, frobenius, multiply
from precompiles.shared.fp12_field import NUMBERS
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.running import execute
from tests.precompiles.accelerators.pairing_friendly import balanced
from tests.precompiles.pairing_advice.calls import (
    ORACLES,
    block_of,
    called,
    cases,
    class_of_pairs,
    edge_cases,
    input_of,
    program,
    result_of,
)

each_curve = pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)


def power(f: Element, exponent: int, curve: Curve) -> Element:
    result = ONE
    for bit in bin(exponent)[2:]:
        result = multiply(result, result, curve)
        if bit == "1":
            result = multiply(result, f, curve)
    return result


def is_in_fp6(f: Element) -> bool:
    return any(f) and not any(number for k, number in enumerate(f) if k // 2 % 2)


def some_element(curve: Curve, seed: int = 1) -> Element:
    generator = random.Random(seed)
    return tuple(generator.randrange(curve.field.modulus) for _ in range(NUMBERS))


@each_curve
def test_every_class_with_an_answer_is_a_power_of_the_right_d(curve: Curve) -> None:
    """lambda has nothing but r in common with the order p^6 + 1 of G, which r divides once. So an r-th power, and no
    other class, is a power of lambda, and it is that of the inverse root."""
    p, r = curve.field.modulus, curve.order
    assert curve.exponent % r == 0
    assert math.gcd(curve.exponent, p**6 + 1) == r
    cofactor = (p**6 + 1) // r
    assert cofactor % r
    root = sum(digit * p**place for place, digit in enumerate(curve.root))
    assert (root * curve.exponent + 1) % cofactor == 0
    assert all(0 <= digit < p for digit in curve.root)
    assert (p**12 - 1) // r % (p**6 - 1) == 0


@each_curve
def test_the_curves_are_those_of_py_ecc(curve: Curve) -> None:
    oracle = ORACLES[curve.name]
    assert (curve.field.modulus, curve.order) == (oracle.field_modulus, oracle.curve_order)
    assert sum(digit << place for place, digit in enumerate(curve.digits)) == curve.loop
    assert curve.digits[-1] == 1
    assert curve.steps.count(DOUBLE) == len(curve.digits) - 1
    assert curve.steps.count(SUBTRACT) == curve.digits.count(-1)


@each_curve
def test_classes_are_of_a_group_whose_inverses_are_conjugates(curve: Curve) -> None:
    f = some_element(curve)
    conjugate = tuple(-number if k // 2 % 2 else number for k, number in enumerate(f))
    assert is_in_fp6(multiply(f, conjugate, curve))
    even = tuple(0 if k // 2 % 2 else number for k, number in enumerate(f))
    assert class_of(multiply(f, even, curve), curve) == class_of(f, curve)
    assert class_of(element_of(class_of(f, curve)), curve) == class_of(f, curve)
    assert frobenius(f, curve) == power(f, curve.field.modulus, curve)
    assert class_of(even, curve) == (0,) * 6


@each_curve
@pytest.mark.parametrize("error", [0, 1, 12345])
def test_the_root_shows_exactly_the_products_that_are_one(curve: Curve, error: int) -> None:
    """The same of Miller's functions in the order of the pairs, or the other one."""
    pairs = balanced(ORACLES[curve.name], 2, seed=5, error=error)
    state = class_of_pairs(curve, pairs)
    assert class_of_pairs(curve, pairs[::-1]) == state
    f, d = element_of(state), element_of(result_of(("root", curve, (0,) * 6, state)))
    assert is_in_fp6(multiply(f, power(d, curve.exponent, curve), curve)) == (error == 0)
    exponent = (curve.field.modulus**12 - 1) // curve.order
    assert (power(f, exponent, curve) == ONE) == (error == 0)


@each_curve
def test_any_d_that_fits_shows_the_same(curve: Curve) -> None:
    """Other than the one that the executor finds: times what has an order that divides lambda. And an r-th power."""
    g, p = some_element(curve, 2), curve.field.modulus
    f = power(g, curve.order, curve)
    d = element_of(result_of(("root", curve, (0,) * 6, class_of(f, curve))))
    of_order_r = power(g, (p**6 + 1) // curve.order, curve)
    assert not is_in_fp6(of_order_r)
    other = multiply(d, of_order_r, curve)
    assert class_of(other, curve) != class_of(d, curve)
    for each in (d, other):
        assert is_in_fp6(multiply(f, power(each, curve.exponent, curve), curve))


@each_curve
def test_the_kernel_computes_what_the_reference_says(curve: Curve) -> None:
    """Of points and classes, and of whatever else: every call has a result, the same each time."""
    for case in cases(curve, 20):
        assert called(case) == result_of(case), case
        assert called(case) == called(case)
        assert max(result_of(case)) < curve.field.modulus
    state = class_of_pairs(curve, balanced(ORACLES[curve.name], 2, seed=5))
    assert called(("root", curve, (0,) * 6, state)) == result_of(("root", curve, (0,) * 6, state))


@each_curve
def test_the_edges_are_what_they_are_defined_to_be(curve: Curve) -> None:
    """1 has the root 1; of a pair that is not of the curve some class comes out, of one whose line is 0 that of 1."""
    m, found = curve.field.modulus, {case[0:1] + case[2:]: called(case) for case in edge_cases(curve)}
    assert found["root", (0,) * 6, (0,) * 6] == (0,) * 6
    assert found["root", (0,) * 6, (m,) * 6] == (0,) * 6
    assert found["miller", (0,) * 6, (0,) * 6] == (0,) * 6


@each_curve
def test_a_guest_gets_them(curve: Curve) -> None:
    (_, _, pair, state), *_ = cases(curve, 20)[::-1]
    run = execute(program(), input_of(curve, pair, state), precompiles=standard_machine().precompiles)
    first = result_of(("miller", curve, pair, state))
    second = result_of(("root", curve, pair, first))
    third = result_of(("root", curve, second, second))
    assert run.output == b"".join(block_of(curve, numbers).tobytes() for numbers in (first, second, third))


def test_the_calls_share_a_table() -> None:
    assert sorted(CALLS.values()) == [0x10B0, 0x10B1, 0x10B2, 0x10B3]
    assert len(CALLS) == len(CURVES) * len(OPERATIONS)
    names = [table.name for table in standard_machine().everything.tables.tables]
    assert names.count("pairing_advice") == 1
