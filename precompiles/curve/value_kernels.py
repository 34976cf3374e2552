"""Sum and double of points on limbs of 32 bits (`precompiles.shared.integer_kernels`): what calls and witnesses
compute.

Coordinates and results have 2 d limbs, d dwords; a modulus m has one more, which is zero. Functions that may have no
result return whether there is one.
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.curve.curves import X, Y
from precompiles.shared.integer_kernels import is_less, length, limbs_of
from precompiles.shared.modulo_kernels import add_modulo, invert_modulo, multiply_modulo, reduced, subtract_modulo


@njit
def point_of(dwords):
    """Limbs (2, 2 d) of a point's dwords (2 d,)."""
    d = len(dwords) // 2
    limbs = np.empty((2, 2 * d), np.uint64)
    limbs_of(dwords[:d], limbs[X])
    limbs_of(dwords[d:], limbs[Y])
    return limbs


@njit
def is_reduced(x, m):
    return is_less(x, m[: len(x)])


@njit
def slope_of_chord(x1, y1, x2, y2, m, slope):
    """(y2 - y1) / (x2 - x1), reduced; False if an x is not reduced or both are the same."""
    if not is_reduced(x1, m) or not is_reduced(x2, m):
        return False
    difference, inverse = np.empty_like(x1), np.empty_like(x1)
    subtract_modulo(x2, x1, m, difference)
    if length(difference) == 0:
        return False
    invert_modulo(difference, m, inverse)
    subtract_modulo(y2, y1, m, difference)
    return multiply_modulo(difference, inverse, m, slope)


@njit
def slope_of_tangent(x, y, minus_a, m, slope):
    """(3 x^2 + a) / 2 y, reduced; False if y is not reduced or zero."""
    if not is_reduced(y, m) or length(y) == 0:
        return False
    n = len(x)
    a, square, numerator, inverse = np.zeros(n, np.uint64), np.empty_like(x), np.empty_like(x), np.empty_like(x)
    a[0] = minus_a
    rest = reduced(x, m)[:n].copy()
    multiply_modulo(rest, rest, m, square)
    add_modulo(square, square, m, numerator)
    add_modulo(numerator, square, m, rest)
    subtract_modulo(rest, a, m, numerator)
    add_modulo(y, y, m, rest)
    invert_modulo(rest, m, inverse)
    return multiply_modulo(numerator, inverse, m, slope)


@njit
def third_point(slope, x1, y1, x2, m, x3, y3):
    """x3 = slope^2 - x1 - x2, y3 = slope (x1 - x3) - y1; y3 may be y1, and x3 x1 or x2."""
    square, other, first = np.empty_like(x1), np.empty_like(x1), x1.copy()
    multiply_modulo(slope, slope, m, square)
    subtract_modulo(square, x1, m, other)
    subtract_modulo(other, x2, m, square)
    subtract_modulo(first, square, m, other)
    x3[:] = square
    multiply_modulo(slope, other, m, square)
    subtract_modulo(square, y1, m, other)
    y3[:] = other
    return True
