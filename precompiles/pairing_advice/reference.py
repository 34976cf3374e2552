"""What the calls of advice compute, in plain Python, of any numbers: 1 / 0 is 0 here.

Miller's function and the optimal ate pairing: Vercauteren, "Optimal pairings". The root: Novakovic and Eagen, "On
Proving Pairings", here in G, where there are no cube roots to take.
"""

from __future__ import annotations

from collections.abc import Sequence

from precompiles.pairing_advice.curves import ADD, ADD_IMAGE, DOUBLE, SUBTRACT, SUBTRACT_SECOND_IMAGE, Curve
from precompiles.pairing_advice.tower import (
    ONE,
    Class,
    Element,
    Fp2,
    class_of,
    difference,
    element_of,
    frobenius,
    frobenius_factors,
    inverse,
    multiply,
    product,
    total,
)
from precompiles.shared.fp12_field import DEGREE

Point = tuple[Fp2, Fp2]


def compute(operation: str, pair: Sequence[int], state: Sequence[int], curve: Curve) -> Class:
    """`miller`: the class `state` times that of Miller's function of a pair of points, the coordinates of P, then of Q.
    `root`: the class d with which f d^exponent is that of 1, for an f of class `state` that is an r-th power."""
    f = element_of(state)
    return class_of(multiply(f, miller(pair, curve), curve) if operation == "miller" else root(f, curve), curve)


def root(f: Element, curve: Curve) -> Element:
    """f to the power of all digits together, from the highest bits on."""
    powers = [f]
    for _ in curve.root[1:]:
        powers.append(frobenius(powers[-1], curve))
    result = ONE
    for bit in range(max(curve.root).bit_length() - 1, -1, -1):
        result = multiply(result, result, curve)
        for digit, base in zip(curve.root, powers, strict=True):
            if digit >> bit & 1:
                result = multiply(result, base, curve)
    return result


def miller(pair: Sequence[int], curve: Curve) -> Element:
    """The product of the lines through T and Q, or its images, at P."""
    p, (x, y) = curve.field.modulus, pair[:2]
    q: Point = (pair[2], pair[3]), (pair[4], pair[5])
    addends = addends_of(q, curve)
    t, f = q, ONE
    for step in curve.steps:
        if step == DOUBLE:
            f = multiply(f, f, curve)
            square = product(t[0], t[0], p)
            slope = product((3 * square[0], 3 * square[1]), inverse((2 * t[1][0], 2 * t[1][1]), p), p)
            other = t[0]
        else:
            other, other_y = addends[step]
            slope = product(difference(other_y, t[1], p), inverse(difference(other, t[0], p), p), p)
        new_x = difference(difference(product(slope, slope, p), t[0], p), other, p)
        t = new_x, difference(product(slope, difference(t[0], new_x, p), p), t[1], p)
        f = multiply(f, line(slope, t, x, y, curve), curve)
    return f


def addends_of(q: Point, curve: Curve) -> dict[int, Point]:
    """What is added to T, by step."""
    p, minus = curve.field.modulus, difference((0, 0), q[1], curve.field.modulus)
    image = image_of(q, curve)
    second_x, second_y = image_of(image, curve)
    opposite = second_x, difference((0, 0), second_y, p)
    return {ADD: q, SUBTRACT: (q[0], minus), ADD_IMAGE: image, SUBTRACT_SECOND_IMAGE: opposite}


def image_of(q: Point, curve: Curve) -> Point:
    """psi(Q), of a twist that is not divided: Frobenius' map, carried over from the curve over Fp12."""
    p, factors = curve.field.modulus, frobenius_factors(curve)
    (x0, x1), (y0, y1) = q
    return product((x0, -x1), factors[2], p), product((y0, -y1), factors[3], p)


def line(slope: Fp2, t: Point, x: int, y: int, curve: Curve) -> Element:
    """That through -T with this slope, at P = (x, y): times xi where the twist is divided."""
    p, found = curve.field.modulus, [(0, 0)] * DEGREE
    found[0] = (y, y if curve.is_divided else 0)
    found[curve.line_exponent] = product(slope, (-x, 0), p)
    found[3] = total(product(slope, t[0], p), t[1], p)
    return tuple(part for coefficient in found for part in coefficient)
