"""Steps of a chain on limbs of 32 bits (`precompiles.shared.integer_kernels`): what calls and witnesses compute."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.curve.chain.operands import INDEX_BITS, NUM_POINTS, STEPS
from precompiles.curve.curves import X, Y
from precompiles.curve.value_kernels import is_reduced, point_of, slope_of_chord, third_point
from precompiles.shared.modulo_kernels import add_modulo, subtract_modulo

_ONE = np.uint64(1)
DONE, SAME_X, OPPOSITE = range(3)
"""How a step ends: with a result; p and the point have one x; the middle point has that of p."""


@njit
def digit_of(digits, step):
    """Index and sign of a step, from the dwords of the call's digits."""
    bit = np.uint64(STEPS - 1 - step)
    index = 0
    for k in range(INDEX_BITS):
        index |= np.int64(digits[k] >> bit & _ONE) << k
    return index, 1 if digits[INDEX_BITS] >> bit & _ONE else -1


@njit
def points_of(dwords):
    """Limbs (points, 2, 2 d) of the dwords of all points of a call."""
    size = len(dwords) // NUM_POINTS
    points = np.empty((NUM_POINTS, 2, size), np.uint64)
    for k in range(NUM_POINTS):
        points[k] = point_of(dwords[size * k : size * (k + 1)])
    return points


@njit
def are_reduced(p, points, m):
    """Whether the x of all are."""
    result = is_reduced(p[X], m)
    for k in range(len(points)):
        result = result and is_reduced(points[k, X], m)
    return result


@njit
def advance(p, q, sign, m, slopes, middle, after):
    """after = 2 p + sign q, with the slopes (2, limbs) of both chords, and x of the middle point. Returns how it ended;
    of a step that has no result, `middle` and the first slope stand where the middle point has the x of p."""
    zero = np.zeros_like(middle)
    y = np.empty_like(middle)
    subtract_modulo(zero if sign < 0 else q[Y], q[Y] if sign < 0 else zero, m, y)
    if not slope_of_chord(p[X], p[Y], q[X], y, m, slopes[0]):
        return SAME_X
    third_point(slopes[0], p[X], p[Y], q[X], m, middle, y)
    add_modulo(p[Y], p[Y], m, y)
    if not slope_of_chord(middle, zero, p[X], y, m, slopes[1]):
        return OPPOSITE
    subtract_modulo(slopes[1], slopes[0], m, y)
    slopes[1] = y
    third_point(slopes[1], p[X], p[Y], middle, m, after[X], after[Y])
    return DONE


@njit
def run_chain(p, points, digits, m):
    """p after all steps, in place. Returns how many steps had a result: after fewer than all, p is what it was before
    the one that has none."""
    slopes, middle, after = np.empty_like(p), np.empty_like(p[X]), np.empty_like(p)
    for step in range(STEPS):
        index, sign = digit_of(digits, step)
        if advance(p, points[index], sign, m, slopes, middle, after) != DONE:
            return step
        p[:] = after
    return STEPS
