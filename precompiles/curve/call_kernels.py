"""The calls as the interpreters make them: dwords of points, x before y; of a sum, q stands before p."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.curve.curves import CURVES, X, Y, modulus_limbs
from precompiles.curve.value_kernels import point_of, slope_of_chord, slope_of_tangent, third_point

_BITS = np.uint64(32)
_DWORDS = tuple(curve.dwords for curve in CURVES)
_MODULI = tuple(modulus_limbs(curve) for curve in CURVES)
_MINUS_A = tuple(np.uint64(curve.minus_a) for curve in CURVES)


@njit
def _put(limbs, dwords):
    """A point as `point_of` makes it, back in its place."""
    d = len(dwords) // 2
    for k in range(2):
        for i in range(d):
            dwords[k * d + i] = limbs[k, 2 * i] | limbs[k, 2 * i + 1] << _BITS
    return True


@njit
def _add(values, m):
    """`values` are those of q and p."""
    half = len(values) // 2
    q, p = point_of(values[:half]), point_of(values[half:])
    slope = np.empty_like(p[X])
    if not slope_of_chord(p[X], p[Y], q[X], q[Y], m, slope):
        return False
    third_point(slope, p[X], p[Y], q[X], m, p[X], p[Y])
    return _put(p, values[half:])


@njit
def _double(values, minus_a, m):
    p = point_of(values)
    slope = np.empty_like(p[X])
    if not slope_of_tangent(p[X], p[Y], minus_a, m, slope):
        return False
    third_point(slope, p[X], p[Y], p[X], m, p[X], p[Y])
    return _put(p, values)


@compute_kernel
def add(values, curve):
    """On the curve of that place in `CURVES`; the code is the same for all."""
    return _add(carray(values, 4 * _DWORDS[curve]), _MODULI[curve])


@compute_kernel
def double(values, curve):
    """The same."""
    return _double(carray(values, 2 * _DWORDS[curve]), _MINUS_A[curve], _MODULI[curve])
