"""The calls as the interpreters make them: dwords of the points, the digits, and p."""

from __future__ import annotations

import numpy as np
from numba import carray

from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.curve.curves import BLS12_381, BN254, SECP256K1, SECP256R1, modulus_limbs
from precompiles.curve.value_kernels import point_of
from precompiles.curve_chain.operands import DIGIT_DWORDS, NUM_POINTS, STEPS
from precompiles.curve_chain.value_kernels import are_reduced, points_of, run_chain

_BITS, _ZERO = np.uint64(32), np.uint64(0)
_SECP256K1, _SECP256R1 = modulus_limbs(SECP256K1), modulus_limbs(SECP256R1)
_BN254, _BLS12_381 = modulus_limbs(BN254), modulus_limbs(BLS12_381)
_LENGTH_256, _LENGTH_384 = ((NUM_POINTS + 1) * dwords + DIGIT_DWORDS for dwords in (8, 12))


@njit
def _chain(values, m):
    size = (len(values) - DIGIT_DWORDS) // (NUM_POINTS + 1)
    digits, result = values[NUM_POINTS * size : -size], values[-size:]
    points, p = points_of(values[: NUM_POINTS * size]), point_of(result)
    if not are_reduced(p, points, m):
        return False
    is_complete = run_chain(p, points, digits, m) == STEPS
    limbs = p.reshape(-1)
    for i in range(size):
        result[i] = limbs[2 * i] | limbs[2 * i + 1] << _BITS if is_complete else _ZERO
    return True


@compute_kernel
def chain_secp256k1(values):
    return _chain(carray(values, _LENGTH_256), _SECP256K1)


@compute_kernel
def chain_secp256r1(values):
    return _chain(carray(values, _LENGTH_256), _SECP256R1)


@compute_kernel
def chain_bn254(values):
    return _chain(carray(values, _LENGTH_256), _BN254)


@compute_kernel
def chain_bls12_381(values):
    return _chain(carray(values, _LENGTH_384), _BLS12_381)
