"""Addition and doubling of affine points over Fp2 = Fp[u] / (u^2 + 1), with the line through them, as the calls define
them, in plain Python. p leaves 3 modulo 4: so Fp2 is a field.

The chord and the tangent: Guide to Elliptic Curve Cryptography (Hankerson, Menezes, Vanstone), section 3.1.2, of curves
y^2 = x^3 + b.
"""

from __future__ import annotations

from typing import Final

OPERATIONS: Final = ("add", "double")
Element = tuple[int, int]
"""a0 and a1 of a0 + a1 u."""
Point = tuple[Element, Element]
"""x and y, of which no part need be reduced."""
Line = tuple[Element, Element]
"""The slope, and the intercept: y where x = 0."""
Result = tuple[Point, Line]
"""A point and a line, reduced."""


def add(t: Point, q: Point, p: int) -> Result | None:
    """t + q and the line through both; None if the call has no result: there is no part in which both x
    are reduced and differ."""
    if not _shown_to_differ(t[0], q[0], p):
        return None
    slope = product(difference(q[1], t[1], p), inverse(difference(q[0], t[0], p), p), p)
    return _third(t, q[0], slope, p)


def double(t: Point, p: int) -> Result | None:
    """2 t and the tangent; None if the call has no result: no part of y is reduced and not 0."""
    if not _shown_to_differ(t[1], (0, 0), p):
        return None
    square = product(t[0], t[0], p)
    slope = product((3 * square[0], 3 * square[1]), inverse((2 * t[1][0], 2 * t[1][1]), p), p)
    return _third(t, t[0], slope, p)


def product(a: Element, b: Element, p: int) -> Element:
    return (a[0] * b[0] - a[1] * b[1]) % p, (a[0] * b[1] + a[1] * b[0]) % p


def difference(a: Element, b: Element, p: int) -> Element:
    return (a[0] - b[0]) % p, (a[1] - b[1]) % p


def inverse(a: Element, p: int) -> Element:
    """1 / a: the conjugate over the norm."""
    norm = pow(a[0] * a[0] + a[1] * a[1], -1, p)
    return a[0] * norm % p, -a[1] * norm % p


def _shown_to_differ(a: Element, b: Element, p: int) -> bool:
    return any(first < p and second < p and first != second for first, second in zip(a, b, strict=True))


def _third(t: Point, second_x: Element, slope: Element, p: int) -> Result:
    """Where the line through t and a point at `second_x` meets the curve once more, with the other y; and the line."""
    x = difference(difference(product(slope, slope, p), t[0], p), second_x, p)
    intercept = difference(t[1], product(slope, t[0], p), p)
    return (x, difference(product(slope, difference(t[0], x, p), p), t[1], p)), (slope, intercept)
