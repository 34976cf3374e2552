"""Pairings of bn254: published vectors, and equations that hold by bilinearity or do not."""

from __future__ import annotations

import py_ecc.optimized_bn128 as CURVE
from py_ecc.optimized_bn128 import (
    FQ2,
    G1,
    G2,
    Z1,
    Z2,
    add,
    b2,
    curve_order,
    field_modulus,
    is_inf,
    is_on_curve,
    multiply,
    neg,
)

from tests.precompiles.accelerators.bn254_points import encoded, number
from tests.precompiles.accelerators.functions import FALSE, TRUE, Call, Function, outcomes, published
from tests.precompiles.accelerators.pairing_friendly import Point, balanced, fp2_root

P, R = field_modulus, curve_order


def check(*pairs: tuple[Point, Point]) -> Call:
    return Call(Function.BN254_PAIRING, b"".join(encoded(p) + encoded(q) for p, q in pairs))


def outside_g2() -> list[Point]:
    """Points of the twist outside G2, whose order is R (2 P - R): some of one of the small orders 10069 and 5864401."""
    found = list[Point]()
    for seed in range(1, 40):
        x = FQ2([seed, 1])
        y = fp2_root(CURVE, x**3 + b2)
        if y is None:
            continue
        p = x, y, FQ2.one()
        small = [multiply(p, R * (2 * P - R) // order) for order in (10069, 5864401)]
        found = [q for q in (p, multiply(p, R), *small, add(p, G2)) if not is_inf(q)]
        if len(found) == 5:
            break
    assert all(is_on_curve(q, b2) and not is_inf(multiply(q, R)) for q in found)
    return found


def test_published_vectors() -> None:
    vectors = published("evm_bn256Pairing")
    calls = [Call(Function.BN254_PAIRING, bytes.fromhex(vector["Input"])) for vector in vectors]
    assert outcomes(calls) == [bytes.fromhex(vector["Expected"])[-1:] for vector in vectors]


def test_products_are_one_exactly_if_exponents_cancel() -> None:
    """Of as many pairs as share their squarings, and of more."""
    expected = {
        check(): TRUE,
        check(*balanced(CURVE, 2, seed=7)): TRUE,
        check(*balanced(CURVE, 2, seed=8, error=1)): FALSE,
        check(*balanced(CURVE, 5, seed=10)): TRUE,
        check(*balanced(CURVE, 5, seed=11, error=R - 1)): FALSE,
        check((G1, G2)): FALSE,
        check((G1, G2), (neg(G1), G2)): TRUE,
    }
    assert outcomes(list(expected)) == list(expected.values())


def test_pairs_with_infinity_count_for_nothing() -> None:
    expected = {
        check((Z1, Z2)): TRUE,
        check((Z1, G2)): TRUE,
        check((G1, Z2)): TRUE,
        check((Z1, G2), (G1, Z2), *balanced(CURVE, 2, seed=12), (Z1, Z2), (Z1, G2)): TRUE,
        check((Z1, G2), (G1, G2), (G1, Z2)): FALSE,
    }
    assert outcomes(list(expected)) == list(expected.values())


def test_points_outside_g2_fail() -> None:
    """Also opposite infinity, and those of small orders."""
    wrong = outside_g2()
    assert len(wrong) == 5
    calls = [check((p, q)) for p in (G1, Z1) for q in wrong] + [check(*balanced(CURVE, 4, seed=14), (G1, wrong[0]))]
    assert outcomes(calls) == [None] * len(calls)


def test_encodings_that_fail() -> None:
    good = encoded(G1) + encoded(G2)
    values = [int.from_bytes(good[k : k + 32]) for k in range(0, len(good), 32)]
    replaced = [(k, v) for k, value in enumerate(values) for v in (value + P, P, value ^ 1, 2**256 - 1)]
    bad = [good[: 32 * k] + number(value) + good[32 * k + 32 :] for k, value in replaced]
    swapped = good[:64] + good[96:128] + good[64:96] + good[128:]  # the real part first
    calls = [Call(Function.BN254_PAIRING, operands) for operands in [*bad, swapped]]
    assert outcomes(calls) == [None] * len(calls)


def test_the_result_may_lie_in_the_operands() -> None:
    operands = check((G1, G2), (neg(G1), G2)).operands
    assert outcomes([Call(Function.BN254_PAIRING, operands, place=0)]) == [TRUE]
