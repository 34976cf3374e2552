"""The calls as the interpreters make them: dwords of points, x before y; of a sum, q stands before p."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.curve.curves import CURVES, OPERATIONS
from precompiles.curve.kernel_constants import CONSTANTS, FOUR, IS_LONG, SIX
from precompiles.shared.dword_kernels import is_less, is_zero, load, small, store
from precompiles.shared.montgomery_kernels import (
    add_modulo,
    decoded,
    encoded,
    encoded_numbers,
    invert_modulo,
    modulus_of,
    multiply_modulo,
    subtract_modulo,
)

_COUNT = len(OPERATIONS)
_ADD, _ = range(_COUNT)
_MINUS_A = tuple(np.uint64(curve.minus_a) for curve in CURVES)
_DWORDS = tuple(curve.dwords for curve in CURVES)


@njit
def _are_reduced(operation, values, m):
    """What has to be: both x of a sum, and y of a double."""
    n = len(m)
    if operation == _ADD:
        return is_less(load(values, 0, m), m) and is_less(load(values, 2 * n, m), m)
    return is_less(load(values, n, m), m)


@njit
def _line(operation, numbers, minus_a, modulus):
    """Rise and run of the chord or the tangent, of points in Montgomery form."""
    n, like = len(modulus.m), modulus.m
    x, y = load(numbers, 0, like), load(numbers, n, like)
    if operation == _ADD:
        other_x, other_y = load(numbers, 2 * n, like), load(numbers, 3 * n, like)
        return subtract_modulo(y, other_y, modulus), subtract_modulo(x, other_x, modulus)
    square = multiply_modulo(x, x, modulus)
    triple = add_modulo(add_modulo(square, square, modulus), square, modulus)
    return subtract_modulo(triple, encoded(small(minus_a, like), modulus), modulus), add_modulo(y, y, modulus)


@njit
def _compute(operation, values, constants, minus_a, like):
    """The third point of the line through p and q, or p and p, with the other y, in the place of p."""
    n = len(like)
    modulus = modulus_of(constants, like)
    if not _are_reduced(operation, values, modulus.m):
        return False
    numbers = encoded_numbers(values, modulus)
    rise, run = _line(operation, numbers, minus_a, modulus)
    if is_zero(run):
        return False
    slope = multiply_modulo(rise, invert_modulo(run, modulus), modulus)
    p = numbers[-2 * n :]
    x, y = load(p, 0, like), load(p, n, like)
    square = multiply_modulo(slope, slope, modulus)
    x3 = subtract_modulo(subtract_modulo(square, x, modulus), load(numbers, 0, like), modulus)
    y3 = subtract_modulo(multiply_modulo(slope, subtract_modulo(x, x3, modulus), modulus), y, modulus)
    store(values[-2 * n :], 0, decoded(x3, modulus))
    store(values[-2 * n :], n, decoded(y3, modulus))
    return True


@compute_kernel
def compute(values, parameter):
    """Both operations in one function, since most of it is the inversion; the parameter says which one, and on which
    curve (`precompile.parameter_of`)."""
    operation, curve = parameter % _COUNT, parameter // _COUNT
    block = carray(values, (4 if operation == _ADD else 2) * _DWORDS[curve])
    if IS_LONG[curve]:
        return _compute(operation, block, CONSTANTS[curve], _MINUS_A[curve], SIX)
    return _compute(operation, block, CONSTANTS[curve], _MINUS_A[curve], FOUR)
