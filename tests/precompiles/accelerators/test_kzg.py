"""Openings of polynomials: true ones, false ones, and what is no commitment or proof."""

from __future__ import annotations

import random

from py_ecc.bls.point_compression import decompress_G2
from py_ecc.optimized_bls12_381 import pairing

from precompiles.accelerators.kzg_constants import G2_TAU
from tests.precompiles.accelerators.bls12_381_points import (
    G1,
    G2,
    Z1,
    P,
    R,
    multiply,
    neg,
    number,
    outside_g1,
    small_g1,
)
from tests.precompiles.accelerators.functions import FALSE, TRUE, Call, Function, outcomes
from tests.precompiles.accelerators.openings import compressed, of_line, opening, tau_g1


def test_both_points_of_the_ceremony_have_one_tau() -> None:
    of_g2 = decompress_G2((int(G2_TAU[:96], 16), int(G2_TAU[96:], 16)))
    assert pairing(G2, tau_g1()) == pairing(of_g2, G1)


def test_openings_are_true_exactly_for_the_value() -> None:
    generator = random.Random(1)
    a, b, z = (generator.randrange(R) for _ in range(3))
    expected = {
        of_line(a, b, z): TRUE,
        of_line(a, b, z, error=1): FALSE,
        of_line(a, b, 0): TRUE,
        of_line(a, 0, z): TRUE,  # a constant: the proof is infinity
        of_line(a, 0, z, error=R - 1): FALSE,
        of_line(0, 0, z, error=1): FALSE,
        opening(compressed(multiply(G1, a)), z, b, compressed(multiply(G1, 3))): FALSE,
        opening(compressed(Z1), z, 0, compressed(G1)): FALSE,
    }
    assert outcomes(list(expected)) == list(expected.values())


def test_signs_of_compressed_points() -> None:
    """-p(X) is opened by minus the proof, and not by the proof."""
    p, q, z = multiply(tau_g1(), 3), multiply(G1, 3), 17
    expected = {
        opening(compressed(p), z, 3 * z, compressed(q)): TRUE,
        opening(compressed(neg(p)), z, R - 3 * z, compressed(neg(q))): TRUE,
        opening(compressed(neg(p)), z, R - 3 * z, compressed(q)): FALSE,
        opening(compressed(p), z, 3 * z, compressed(neg(q))): FALSE,
    }
    assert outcomes(list(expected)) == list(expected.values())


def test_what_fails() -> None:
    good, infinity = compressed(multiply(G1, 5)), compressed(Z1)
    bad_points = [
        bytes([good[0] & 0x7F]) + good[1:],  # not marked as compressed
        bytes([good[0] | 0x40]) + good[1:],  # infinity with an x
        bytes([infinity[0] | 0x20]) + infinity[1:],  # infinity with a sign
        bytes([infinity[0] & 0x7F]) + infinity[1:],
        infinity[:-1] + b"\1",
        bytes(48),
        number(P | 1 << 383),  # x = 0, not reduced
        number(2**381 - 1 | 1 << 383),
        number(x_without_a_point() | 1 << 383),
        compressed(outside_g1()),
        *map(compressed, small_g1()),
    ]
    calls = [opening(p, 1, 5, infinity) for p in bad_points] + [opening(good, 1, 5, p) for p in bad_points]
    calls += [opening(good, k, 5, infinity) for k in (R, R + 1, 2**256 - 1)]
    calls += [opening(good, 1, k, infinity) for k in (R, R + 5, 2**256 - 1)]
    assert outcomes(calls) == [None] * len(calls)


def x_without_a_point() -> int:
    return next(x for x in range(1, 99) if pow(x**3 + 4, (P - 1) // 2, P) == P - 1)


def test_the_result_may_lie_in_the_operands() -> None:
    call = of_line(3, 4, 5)
    assert outcomes([Call(Function.KZG, call.operands, place=0)]) == [TRUE]
