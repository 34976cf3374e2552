"""Sums and multiples of points of bn254: published vectors, py_ecc, and the edges."""

from __future__ import annotations

import random
from itertools import product

from py_ecc.optimized_bn128 import G1, Z1, add, curve_order, field_modulus, multiply, neg

from precompiles.accelerators.curve_constants import cube_root_of_one
from tests.precompiles.accelerators.bn254_points import encoded
from tests.precompiles.accelerators.functions import Call, Function, outcomes, published

P, R = field_modulus, curve_order


def sum_of(p: bytes, q: bytes, place: int | None = None) -> Call:
    return Call(Function.BN254_G1_ADD, p + q, place=place)


def multiple_of(p: bytes, k: int, place: int | None = None) -> Call:
    return Call(Function.BN254_G1_MUL, p + k.to_bytes(32, "big"), place=place)


def test_published_vectors() -> None:
    """Ethereum's call takes missing bytes for zeros, and leaves out more than it needs."""
    calls, expected = list[Call](), list[bytes]()
    for name, function, size in (
        ("evm_bn256Add", Function.BN254_G1_ADD, 128),
        ("evm_bn256ScalarMul", Function.BN254_G1_MUL, 96),
    ):
        for vector in published(name):
            calls.append(Call(function, bytes.fromhex(vector["Input"]).ljust(size, b"\0")[:size]))
            expected.append(bytes.fromhex(vector["Expected"]))
    assert outcomes(calls) == expected


def test_sums_of_equal_opposite_and_infinite_points() -> None:
    points = [Z1, G1, neg(G1), multiply(G1, 2), multiply(G1, random.Random(1).randrange(R)), multiply(G1, R - 2)]
    expected = {sum_of(encoded(p), encoded(q)): encoded(add(p, q)) for p, q in product(points, repeat=2)}
    assert outcomes(list(expected)) == list(expected.values())


def test_multiples() -> None:
    """By scalars at all limits; by those of the endomorphism, and of half the length."""
    generator, root = random.Random(2), cube_root_of_one(R)
    scalars = [0, 1, 2, 3, 15, 16, 2**64, 2**127, 2**128 - 1, 2**128, R - 1, R, R + 1, 2 * R, 5 * R + 7, 2**256 - 1]
    scalars += [root, root - 1, R - root, root + 1, (R + 1) // 2, *(generator.randrange(2**256) for _ in range(12))]
    points = [G1, multiply(G1, generator.randrange(R)), Z1]
    expected = {multiple_of(encoded(p), k): encoded(multiply(p, k % R)) for p in points for k in scalars}
    assert outcomes(list(expected)) == list(expected.values())


def test_points_that_are_not_of_the_curve_fail() -> None:
    x, y = 1, 2
    wrong = [(x + P, y), (x, y + P), (x, 3), (P, 0), (0, P), (P, P), (0, 1), (x, 0), (2**256 - 1, y), (y, x)]
    bad = [b"".join(number.to_bytes(32, "big") for number in pair) for pair in wrong]
    good = encoded(G1)
    calls = [sum_of(p, other) for p in bad for other in (good, bytes(64), p)] + [sum_of(good, p) for p in bad]
    calls += [multiple_of(p, k) for p in bad for k in (0, 1, 5)]
    assert outcomes(calls) == [None] * len(calls)


def test_the_result_may_lie_in_the_operands() -> None:
    p, q = encoded(multiply(G1, 7)), encoded(multiply(G1, 9))
    calls = [sum_of(p, q, place) for place in (0, 32, 64)] + [multiple_of(p, 3, place) for place in (0, 32)]
    assert outcomes(calls) == [encoded(multiply(G1, 16))] * 3 + [encoded(multiply(G1, 21))] * 2
