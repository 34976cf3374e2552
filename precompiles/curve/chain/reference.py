"""A chain of doublings and additions as the calls define it, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from precompiles.curve.chain.operands import INDEX_BITS, STEPS
from precompiles.curve.curves import Curve
from precompiles.curve.reference import Point

NO_POINT: Final = (0, 0)
"""The result of a chain of which a step has none."""


def digits_of(dwords: Sequence[int]) -> list[tuple[int, int]]:
    """Index and sign of each step, the first one first: by the highest bits."""
    found: list[tuple[int, int]] = []
    for bit in reversed(range(STEPS)):
        index = sum((dwords[k] >> bit & 1) << k for k in range(INDEX_BITS))
        found.append((index, 1 if dwords[INDEX_BITS] >> bit & 1 else -1))
    return found


def step(curve: Curve, p: Point, q: Point, sign: int) -> Point | None:
    """(p + sign q) + p, reduced, by two chords; None if one of them has no slope: p and q have one x, or p and the
    middle point have. x is reduced, y need not be, and no point need be on the curve."""
    m, (x, y), (xq, yq) = curve.modulus, p, q
    if x == xq:
        return None
    slope = (sign * yq - y) * pow(xq - x, -1, m) % m
    middle = (slope * slope - x - xq) % m
    if middle == x:
        return None
    slope = (-2 * y * pow(middle - x, -1, m) - slope) % m
    x3 = (slope * slope - x - middle) % m
    return x3, (slope * (x - x3) - y) % m


def chain(curve: Curve, p: Point, points: Sequence[Point], dwords: Sequence[int]) -> Point | None:
    """p after all steps, p <- 2 p + sign points[index]; `NO_POINT` if a step has no result. None if the call has none:
    the x of p or of a point is not reduced."""
    if any(x >= curve.modulus for x, _ in (p, *points)):
        return None
    for index, sign in digits_of(dwords):
        after = step(curve, p, points[index], sign)
        if after is None:
            return NO_POINT
        p = after
    return p
