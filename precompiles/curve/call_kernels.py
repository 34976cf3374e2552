"""The calls as the interpreters make them: dwords of points, x before y; of a sum, q stands before p."""

from __future__ import annotations

import numpy as np
from numba import carray

from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.curve.curves import BLS12_381, BN254, SECP256K1, SECP256R1, X, Y, modulus_limbs
from precompiles.curve.value_kernels import point_of, slope_of_chord, slope_of_tangent, third_point

_BITS, _ZERO = np.uint64(32), np.uint64(0)
_SECP256K1, _SECP256R1 = modulus_limbs(SECP256K1), modulus_limbs(SECP256R1)
_BN254, _BLS12_381 = modulus_limbs(BN254), modulus_limbs(BLS12_381)
_MINUS_A = np.uint64(SECP256R1.minus_a)


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
def add_secp256k1(values):
    return _add(carray(values, 16), _SECP256K1)


@compute_kernel
def add_secp256r1(values):
    return _add(carray(values, 16), _SECP256R1)


@compute_kernel
def add_bn254(values):
    return _add(carray(values, 16), _BN254)


@compute_kernel
def add_bls12_381(values):
    return _add(carray(values, 24), _BLS12_381)


@compute_kernel
def double_secp256k1(values):
    return _double(carray(values, 8), _ZERO, _SECP256K1)


@compute_kernel
def double_secp256r1(values):
    return _double(carray(values, 8), _MINUS_A, _SECP256R1)


@compute_kernel
def double_bn254(values):
    return _double(carray(values, 8), _ZERO, _BN254)


@compute_kernel
def double_bls12_381(values):
    return _double(carray(values, 12), _ZERO, _BLS12_381)
