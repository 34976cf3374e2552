"""Maps of field elements to the groups of BLS12-381: published vectors, py_ecc, and the edges."""

from __future__ import annotations

import random

import pytest
from py_ecc.bls.hash_to_curve import clear_cofactor_G1, clear_cofactor_G2, map_to_curve_G1, map_to_curve_G2
from py_ecc.optimized_bls12_381 import FQ, FQ2

from tests.precompiles.accelerators.bls12_381_points import P, encoded, number
from tests.precompiles.accelerators.eip2537 import cases
from tests.precompiles.accelerators.functions import Call, Function, outcomes

EDGES = (0, 1, 2, P - 1, P - 2, (P - 1) // 2, (P + 1) // 2, 2**380)


def exceptional() -> tuple[int, ...]:
    """Of the map to G1: Z^2 u^4 + Z u^2 = 0 for Z = 11, which has 0 as a solution, and others if -1 / Z is a square."""
    square = -pow(11, -1, P) % P
    root = pow(square, (P + 1) // 4, P)
    return (root, P - root) if root * root % P == square else ()


@pytest.mark.parametrize(
    ("name", "function", "layout"),
    [
        ("map_fp_to_G1", Function.MAP_TO_G1, "f"),
        ("fail-map_fp_to_G1", Function.MAP_TO_G1, "f"),
        ("map_fp2_to_G2", Function.MAP_TO_G2, "ff"),
        ("fail-map_fp2_to_G2", Function.MAP_TO_G2, "ff"),
    ],
)
def test_published_vectors(name: str, function: Function, layout: str) -> None:
    found = cases(name, function, layout)
    assert outcomes([call for call, _ in found]) == [expected for _, expected in found]


def test_maps_to_g1() -> None:
    generator = random.Random(1)
    numbers = [*EDGES, *exceptional(), *(generator.randrange(P) for _ in range(6))]
    expected = [encoded(clear_cofactor_G1(map_to_curve_G1(FQ(u)))) for u in numbers]
    assert outcomes([Call(Function.MAP_TO_G1, number(u)) for u in numbers]) == expected


def test_maps_to_g2() -> None:
    """Real and imaginary elements as well: their squares are real, and have roots of the other kind."""
    generator = random.Random(1)
    pairs = [(0, 0), (1, 0), (P - 1, 0), (0, 1), (0, P - 1), (P - 1, P - 1), (2**380, 5)]
    pairs += [(generator.randrange(P), generator.randrange(P)) for _ in range(3)]
    expected = [encoded(clear_cofactor_G2(map_to_curve_G2(FQ2(pair)))) for pair in pairs]
    calls = [Call(Function.MAP_TO_G2, number(real) + number(imaginary)) for real, imaginary in pairs]
    assert outcomes(calls) == expected


def test_numbers_that_are_not_reduced_fail() -> None:
    bad = [number(x) for x in (P, P + 1, 2**381, 2**384 - 1)]
    calls = [Call(Function.MAP_TO_G1, x) for x in bad]
    calls += [Call(Function.MAP_TO_G2, operands) for x in bad for operands in (x + number(1), number(1) + x)]
    assert outcomes(calls) == [None] * len(calls)


def test_results_may_lie_in_operands() -> None:
    operands = {Function.MAP_TO_G1: number(3) + bytes(48), Function.MAP_TO_G2: number(3) + number(4) + bytes(96)}
    calls = [Call(function, data) for function, data in operands.items()]
    in_place = [Call(function, data, place=0) for function, data in operands.items()]
    assert outcomes(in_place) == outcomes(calls)
