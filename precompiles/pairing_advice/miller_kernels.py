"""Miller's function of a pair of points, compiled (`precompiles.pairing_advice.reference`)."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.pairing_advice.class_kernels import new_one
from precompiles.pairing_advice.curves import ADD_IMAGE, DOUBLE, SUBTRACT, SUBTRACT_SECOND_IMAGE
from precompiles.shared.dword_kernels import load, small, store
from precompiles.shared.fp2_kernels import element, inverse_of, minus, plus, put_element, times
from precompiles.shared.fp12_field import NUMBERS
from precompiles.shared.fp12_kernels import put_product
from precompiles.shared.montgomery_kernels import decoded, encoded_numbers, modulus_of, negate_modulo

_ZERO = np.uint64(0)
_X, _Y = 0, 2
"""The places of a point's coordinates, in numbers."""
_STEPS, _POINT = 5, 4
"""Kinds of steps, and numbers of a point."""


@njit
def miller(pair, steps, line_exponent, constants, real_of_xi, factors, like):
    """An element of Fp12. `pair` (6 d,) are dwords of coordinates, `steps` of `curves.Curve.steps`, `factors` of
    Frobenius' map in Montgomery form. At each step f is multiplied by itself, or by a line: so there is one product."""
    n, modulus = len(like), modulus_of(constants, like)
    coordinates = encoded_numbers(pair, modulus)
    points = _points(coordinates, factors, modulus)
    minus_x = negate_modulo(load(coordinates, 0, like), modulus), small(_ZERO, like)
    f, other, line = new_one(like), np.empty(NUMBERS * n, np.uint64), np.zeros(NUMBERS * n, np.uint64)
    for place in range(1 if line_exponent == 1 else 2):  # where the twist is divided, times xi = 1 + u
        store(line, place * n, load(pair, n, like))
    for step in steps:
        for by_line in range(0 if step == DOUBLE else 1, 2):
            if by_line:
                slope = _advance(points, step, modulus)
                at_zero = plus(times(slope, element(points, _X, like), modulus), element(points, _Y, like), modulus)
                _put_decoded(line, 2 * line_exponent, times(slope, minus_x, modulus), modulus)
                _put_decoded(line, 6, at_zero, modulus)
            put_product(f, line if by_line else f, other, constants, real_of_xi, like)
            f, other = other, f
    return f


@njit
def _points(coordinates, factors, modulus):
    """T, which is Q at first, and what is added to it, each in the place of its step: Q, -Q, psi(Q), -psi^2(Q). Of the
    last two only a twist that is not divided has use."""
    n, like, zero = len(modulus.m), modulus.m, small(_ZERO, modulus.m)
    found = np.empty(_STEPS * _POINT * n, np.uint64)
    for step in range(_STEPS):
        is_image = step >= ADD_IMAGE
        for place in (_X, _Y):
            source = _POINT * (step - 1) + place
            value = element(found, source, like) if step > ADD_IMAGE else element(coordinates, 2 + place, like)
            if is_image:
                conjugate = value[0], negate_modulo(value[1], modulus)
                value = times(conjugate, element(factors, 4 + place, like), modulus)
            if place == _Y and (step == SUBTRACT or step == SUBTRACT_SECOND_IMAGE):
                value = minus((zero, zero), value, modulus)
            put_element(found, _POINT * step + place, value)
    return found


@njit
def _advance(points, step, modulus):
    """T <- 2 T, or T plus the step's point, in Montgomery form; the slope."""
    like = modulus.m
    x, y, other = element(points, _X, like), element(points, _Y, like), element(points, _POINT * step + _X, like)
    rise, run = minus(element(points, _POINT * step + _Y, like), y, modulus), minus(other, x, modulus)
    if step == DOUBLE:
        square = times(x, x, modulus)
        rise, run, other = plus(plus(square, square, modulus), square, modulus), plus(y, y, modulus), x
    slope = times(rise, inverse_of(run, modulus), modulus)
    new_x = minus(minus(times(slope, slope, modulus), x, modulus), other, modulus)
    put_element(points, _Y, minus(times(slope, minus(x, new_x, modulus), modulus), y, modulus))
    put_element(points, _X, new_x)
    return slope


@njit
def _put_decoded(numbers, place, value, modulus):
    """What both parts are the Montgomery form of."""
    put_element(numbers, place, (decoded(value[0], modulus), decoded(value[1], modulus)))
