"""Points of BLS12-381 and their encodings, by py_ecc."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import py_ecc.optimized_bls12_381
from py_ecc.optimized_bls12_381 import (
    FQ,
    FQ2,
    G1,
    G2,
    Z1,
    Z2,
    add,
    b,
    b2,
    curve_order,
    field_modulus,
    is_inf,
    multiply,
    neg,
    normalize,
)

from tests.precompiles.accelerators.pairing_friendly import Point, fp2_root

P, R, X = field_modulus, curve_order, -0xD201000000010000
__all__ = ["G1", "G2", "Z1", "Z2", "P", "Point", "R", "add", "multiply", "neg"]


def number(x: int, size: int = 48) -> bytes:
    return x.to_bytes(size, "big")


def scalar(x: int) -> bytes:
    return number(x, 32)


def coordinate(x: FQ | FQ2) -> bytes:
    return number(int(x)) if isinstance(x, FQ) else b"".join(number(int(c)) for c in x.coeffs)


def encoded(p: Point) -> bytes:
    """Infinity is all zeros."""
    if is_inf(p):
        return bytes(2 * len(coordinate(p[0])))
    return b"".join(map(coordinate, normalize(p)))


def affine(x: FQ | FQ2, y: FQ | FQ2) -> Point:
    return x, y, type(x).one()


def outside_g1(seed: int = 1) -> Point:
    """A point of G1's curve of another order."""
    while True:
        x = FQ(seed)
        square = x**3 + b
        y = square ** ((P + 1) // 4)
        if y * y == square and not is_inf(multiply(affine(x, y), R)):
            return affine(x, y)
        seed += 1


def outside_g2(seed: int = 1) -> Point:
    """The same of G2's curve: the real part of x is `seed`, or more."""
    while True:
        x = FQ2([seed, 1])
        y = fp2_root(py_ecc.optimized_bls12_381, x**3 + b2)
        if y is not None and not is_inf(multiply(affine(x, y), R)):
            return affine(x, y)
        seed += 1


def small_g1() -> tuple[Point, ...]:
    """Points of G1's curve of orders 3 and 11."""
    return tuple(of_order(prime, (1 - X) ** 2 // 3 * R, map(outside_g1, range(1, 99))) for prime in (3, 11))


def small_g2() -> tuple[Point, ...]:
    """Points of G2's curve of orders 13 and 23."""
    cofactor = (X**8 - 4 * X**7 + 5 * X**6 - 4 * X**4 + 6 * X**3 - 4 * X**2 - 4 * X + 13) // 9
    return tuple(of_order(prime, cofactor * R, map(outside_g2, range(1, 99))) for prime in (13, 23))


def of_order(prime: int, curve_order: int, points: Iterable[Point]) -> Point:
    """A multiple of one of the points that has this order."""
    while curve_order % prime == 0:
        curve_order //= prime
    for p in points:
        q = multiply(p, curve_order)
        while not is_inf(q):
            if is_inf(multiply(q, prime)):
                return q
            q = multiply(q, prime)
    raise AssertionError(f"no point of order {prime}")


def is_on_curve(p: Point) -> bool:
    return py_ecc.optimized_bls12_381.is_on_curve(p, b if isinstance(p[0], FQ) else b2)


def msm(points: Sequence[Point], scalars: Sequence[int]) -> Point:
    total = multiply(points[0], 0)
    for p, k in zip(points, scalars, strict=True):
        total = add(total, multiply(p, k % R))
    return total
