"""The calls as the interpreters make them: dwords of b, read, and of a, written."""

from __future__ import annotations

import numpy as np
from numba import carray

from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.fp2.fields import BLS12_381, BN254
from precompiles.fp2.value_kernels import ADD, MULTIPLY, SUBTRACT, add_part, element_of
from precompiles.shared.side_kernels import difference_modulo, sides_modulo

_BITS = np.uint64(32)
_BN254, _BLS12_381 = BN254.modulus_limbs, BLS12_381.modulus_limbs


@njit
def _compute(operation, values, m):
    half = len(values) // 2
    a, b, d = element_of(values[half:]), element_of(values[:half]), half // 2
    for part in range(2):
        sides = sides_modulo(m)
        add_part(operation, part, a, b, sides)
        limbs = difference_modulo(sides, m)
        for i in range(d):
            values[half + part * d + i] = limbs[2 * i] | limbs[2 * i + 1] << _BITS
    return True


@compute_kernel
def multiply_bn254(values):
    return _compute(MULTIPLY, carray(values, 16), _BN254)


@compute_kernel
def add_bn254(values):
    return _compute(ADD, carray(values, 16), _BN254)


@compute_kernel
def subtract_bn254(values):
    return _compute(SUBTRACT, carray(values, 16), _BN254)


@compute_kernel
def multiply_bls12_381(values):
    return _compute(MULTIPLY, carray(values, 24), _BLS12_381)


@compute_kernel
def add_bls12_381(values):
    return _compute(ADD, carray(values, 24), _BLS12_381)


@compute_kernel
def subtract_bls12_381(values):
    return _compute(SUBTRACT, carray(values, 24), _BLS12_381)
