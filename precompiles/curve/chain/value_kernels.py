"""Steps of a chain without inversions (`precompiles.shared.montgomery_kernels`): what calls and witnesses compute.

p is projective, (x / z^2, y / z^3): each slope of a chord is a rise over a run and z, so that z takes up the runs, and
one inversion at the end is that of them all. Both chords of a step are the ones of its definition, of any two points:
formulas that know the curve would be wrong for points that are not on it. That a sum leaves p with the z of the sum is
from Meloni, New point addition formulae for ECC applications (2007).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.curve.chain.operands import INDEX_BITS, NUM_POINTS, STEPS
from precompiles.shared.dword_kernels import is_less, is_zero, load, small, store
from precompiles.shared.montgomery_kernels import (
    decoded,
    encoded,
    encoded_numbers,
    invert_modulo,
    multiply_modulo,
    negate_modulo,
    subtract_modulo,
)

_ONE = np.uint64(1)
RUN, RISE, MIDDLE, SECOND_RUN, SECOND_RISE, X_AFTER, Y_AFTER = range(7)
KEPT = 7
"""What is kept of a step, in Montgomery form."""


class Point(NamedTuple):
    """Projective, in Montgomery form; z is not 0."""

    x: Any
    y: Any
    z: Any


class Step(NamedTuple):
    """Both chords, and the middle point: x and z. A slope is a rise over a run and the z before that chord."""

    run: Any
    rise: Any
    middle: Any
    second_run: Any
    second_rise: Any
    after: Any


@njit
def digit_of(digits, step):
    """Index and sign of a step, from the dwords of the call's digits."""
    bit = np.uint64(STEPS - 1 - step)
    index = 0
    for k in range(INDEX_BITS):
        index |= np.int64(digits[k] >> bit & _ONE) << k
    return index, 1 if digits[INDEX_BITS] >> bit & _ONE else -1


@njit
def are_reduced(p, points, modulus):
    """Whether the x of all are; `points` are dwords, one point after the other."""
    size = len(p)
    result = is_less(load(p, 0, modulus.m), modulus.m)
    for k in range(NUM_POINTS):
        result = result and is_less(load(points, size * k, modulus.m), modulus.m)
    return result


@njit
def _advance(p, xq, yq, modulus):
    """(p + q) + p. There is no such point if a run is 0, and then what is here means nothing."""
    square = multiply_modulo(p.z, p.z, modulus)
    run = subtract_modulo(multiply_modulo(xq, square, modulus), p.x, modulus)
    rise = subtract_modulo(multiply_modulo(multiply_modulo(yq, p.z, modulus), square, modulus), p.y, modulus)
    square = multiply_modulo(run, run, modulus)
    cube = multiply_modulo(square, run, modulus)
    x, y = multiply_modulo(p.x, square, modulus), multiply_modulo(p.y, cube, modulus)  # p, with the z of p + q
    z = multiply_modulo(p.z, run, modulus)
    middle = _minus_twice(subtract_modulo(multiply_modulo(rise, rise, modulus), cube, modulus), x, modulus)
    second_run = subtract_modulo(middle, x, modulus)
    second_rise = _minus_twice(negate_modulo(multiply_modulo(rise, second_run, modulus), modulus), y, modulus)
    square = multiply_modulo(second_run, second_run, modulus)
    cube = multiply_modulo(square, second_run, modulus)
    x, y = multiply_modulo(x, square, modulus), multiply_modulo(y, cube, modulus)
    square = multiply_modulo(second_rise, second_rise, modulus)
    x3 = _minus_twice(subtract_modulo(square, cube, modulus), x, modulus)
    y3 = subtract_modulo(multiply_modulo(second_rise, subtract_modulo(x, x3, modulus), modulus), y, modulus)
    return Step(run, rise, middle, second_run, second_rise, Point(x3, y3, multiply_modulo(z, second_run, modulus)))


@njit
def _minus_twice(x, y, modulus):
    return subtract_modulo(subtract_modulo(x, y, modulus), y, modulus)


@njit
def run_chain(p, points, digits, limit, modulus, kept):
    """p, projective, after the first `limit` steps, and how many of these have a result: after fewer than all, p is
    what it was before the one that has none. p and points are dwords; `kept` (limit, KEPT n) takes what is kept of each
    step."""
    n = len(modulus.m)
    start, points = encoded_numbers(p, modulus), encoded_numbers(points, modulus)
    one = encoded(small(_ONE, modulus.m), modulus)
    point = Point(load(start, 0, one), load(start, n, one), one)
    for number in range(limit):
        index, sign = digit_of(digits, number)
        xq, yq = load(points, 2 * n * index, one), load(points, 2 * n * index + n, one)
        if sign < 0:
            yq = negate_modulo(yq, modulus)
        step = _advance(point, xq, yq, modulus)
        if is_zero(step.run) or is_zero(step.second_run):
            return point, number
        store(kept[number], n * RUN, step.run)
        store(kept[number], n * RISE, step.rise)
        store(kept[number], n * MIDDLE, step.middle)
        store(kept[number], n * SECOND_RUN, step.second_run)
        store(kept[number], n * SECOND_RISE, step.second_rise)
        store(kept[number], n * X_AFTER, step.after.x)
        store(kept[number], n * Y_AFTER, step.after.y)
        point = step.after
    return point, limit


@njit
def affine(p, inverse, modulus):
    """x and y of p, themselves, not in Montgomery form; `inverse`, which is, is 1 / z."""
    square = multiply_modulo(inverse, inverse, modulus)
    x = multiply_modulo(p.x, square, modulus)
    y = multiply_modulo(p.y, multiply_modulo(square, inverse, modulus), modulus)
    return decoded(x, modulus), decoded(y, modulus)


@njit
def put_result(p, modulus, out):
    """x and y of p as dwords."""
    x, y = affine(p, invert_modulo(p.z, modulus), modulus)
    store(out, 0, x)
    store(out, len(x), y)
