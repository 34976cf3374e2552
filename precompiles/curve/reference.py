"""Addition and doubling of affine points as the calls define them, in plain Python.

The chord and the tangent: Guide to Elliptic Curve Cryptography (Hankerson, Menezes, Vanstone), section 3.1.2.
"""

from __future__ import annotations

from precompiles.curve.curves import Curve

Point = tuple[int, int]
"""x and y, below 2^bits."""


def add(curve: Curve, p: Point, q: Point) -> Point | None:
    """p + q, reduced; None if the call has no result: an x is not reduced, or both are the same. y need not be reduced,
    and no point need be on the curve."""
    m, (x1, y1), (x2, y2) = curve.modulus, p, q
    if x1 >= m or x2 >= m or x1 == x2:
        return None
    return _third(m, (y2 - y1) * pow(x2 - x1, -1, m), p, x2)


def double(curve: Curve, p: Point) -> Point | None:
    """2 p, reduced; None if the call has no result: y is not reduced, or it is 0. x need not be reduced."""
    m, (x, y) = curve.modulus, p
    if y >= m or y == 0:
        return None
    return _third(m, (3 * x * x - curve.minus_a) * pow(2 * y, -1, m), p, x)


def _third(m: int, slope: int, p: Point, x2: int) -> Point:
    """Where the line through p and a point at x2 meets the curve once more, with the other y."""
    x3 = (slope * slope - p[0] - x2) % m
    return x3, (slope * (p[0] - x3) - p[1]) % m
