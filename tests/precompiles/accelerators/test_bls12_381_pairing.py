"""Pairings of BLS12-381: published vectors, and equations that hold by bilinearity or do not."""

from __future__ import annotations

import py_ecc.optimized_bls12_381 as CURVE
import pytest

from tests.precompiles.accelerators.bls12_381_points import (
    G1,
    G2,
    Z1,
    Z2,
    P,
    Point,
    R,
    add,
    encoded,
    neg,
    number,
    outside_g1,
    outside_g2,
    small_g1,
    small_g2,
)
from tests.precompiles.accelerators.eip2537 import cases
from tests.precompiles.accelerators.functions import FALSE, TRUE, Call, Function, outcomes
from tests.precompiles.accelerators.pairing_friendly import balanced


def check(*pairs: tuple[Point, Point]) -> Call:
    return Call(Function.BLS12_PAIRING, b"".join(encoded(p) + encoded(q) for p, q in pairs))


@pytest.mark.parametrize("kind", ["pairing_check", "fail-pairing_check"])
def test_published_vectors(kind: str) -> None:
    found = cases(kind, Function.BLS12_PAIRING, "ffffff")
    assert outcomes([call for call, _ in found]) == [expected for _, expected in found]


def test_products_are_one_exactly_if_exponents_cancel() -> None:
    """Of as many pairs as share their squarings, and of more."""
    pairs = balanced(CURVE, 2, seed=7)
    expected = {
        check(): TRUE,
        check(*pairs): TRUE,
        check(*balanced(CURVE, 2, seed=8, error=1)): FALSE,
        check(*balanced(CURVE, 5, seed=10)): TRUE,
        check(*balanced(CURVE, 5, seed=11, error=R - 1)): FALSE,
        check((G1, G2)): FALSE,
        check((G1, G2), (G1, neg(G2))): TRUE,
    }
    assert outcomes(list(expected)) == list(expected.values())


def test_pairs_with_infinity_count_for_nothing() -> None:
    pairs = balanced(CURVE, 2, seed=12)
    expected = {
        check((Z1, Z2)): TRUE,
        check((Z1, G2)): TRUE,
        check((G1, Z2)): TRUE,
        check((Z1, G2), (G1, Z2), *pairs, (Z1, Z2), (Z1, G2)): TRUE,
        check((Z1, G2), (G1, G2), (G1, Z2)): FALSE,
    }
    assert outcomes(list(expected)) == list(expected.values())


def test_points_outside_their_groups_fail() -> None:
    """Also opposite infinity, and those of small orders, on whose multiples the loop's slopes have divisors of zero."""
    wrong_g1 = [outside_g1(), *small_g1(), add(G1, small_g1()[0])]
    wrong_g2 = [outside_g2(), *small_g2(), add(G2, small_g2()[0])]
    calls = [check((p, q)) for p in wrong_g1 for q in (G2, Z2)] + [check((p, q)) for p in (G1, Z1) for q in wrong_g2]
    calls += [check(*balanced(CURVE, 4, seed=13), pair) for pair in ((wrong_g1[0], G2), (G1, wrong_g2[0]))]
    assert outcomes(calls) == [None] * len(calls)


def test_encodings_that_fail() -> None:
    good = encoded(G1) + encoded(G2)
    values = [int.from_bytes(good[k : k + 48]) for k in range(0, len(good), 48)]
    bad = [good[: 48 * k] + number(value + P) + good[48 * k + 48 :] for k, value in enumerate(values)]
    bad += [good[: 48 * k] + number(P) + good[48 * k + 48 :] for k in range(6)]
    bad += [good[: 48 * k] + number(value ^ 1) + good[48 * k + 48 :] for k, value in enumerate(values)]
    swapped = good[:96] + good[144:192] + good[96:144] + good[192:]  # the imaginary part first
    calls = [Call(Function.BLS12_PAIRING, operands) for operands in [*bad, swapped]]
    assert outcomes(calls) == [None] * len(calls)


def test_the_result_may_lie_in_the_operands() -> None:
    operands = check((G1, G2), (G1, neg(G2))).operands
    assert outcomes([Call(Function.BLS12_PAIRING, operands, place=0)]) == [TRUE]
