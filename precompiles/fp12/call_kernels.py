"""The calls as the interpreters make them: dwords of b, read, and of a, written."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.fp12.fields import BLS12_381, BN254, DEGREE, NUMBERS
from precompiles.shared.dword_kernels import load, small, store
from precompiles.shared.montgomery_kernels import (
    add_modulo,
    encoded,
    encoded_numbers,
    modulus_of,
    multiply_modulo,
    subtract_modulo,
)
from precompiles.shared.primes import like

_BN254, _BLS12_381 = BN254.montgomery_constants, BLS12_381.montgomery_constants
_REAL_OF_BN254, _REAL_OF_BLS12_381 = np.uint64(BN254.real_of_xi), np.uint64(BLS12_381.real_of_xi)
_FOUR, _SIX = like(BN254.bits), like(BLS12_381.bits)
_ZERO = np.uint64(0)


@njit
def _coefficient(a, b, k, modulus):
    """Of w^k: both parts, reduced, of a in Montgomery form and b as it is, which need not be reduced."""
    n, like = len(modulus.m), modulus.m
    real = imaginary = small(_ZERO, like)
    for i in range(max(0, k - DEGREE + 1), min(k, DEGREE - 1) + 1):
        a0, a1 = load(a, 2 * i * n, like), load(a, (2 * i + 1) * n, like)
        b0, b1 = load(b, 2 * (k - i) * n, like), load(b, (2 * (k - i) + 1) * n, like)
        real = add_modulo(real, multiply_modulo(a0, b0, modulus), modulus)
        real = subtract_modulo(real, multiply_modulo(a1, b1, modulus), modulus)
        imaginary = add_modulo(imaginary, multiply_modulo(a0, b1, modulus), modulus)
        imaginary = add_modulo(imaginary, multiply_modulo(a1, b0, modulus), modulus)
    return real, imaginary


@njit
def _multiply(values, constants, real_of_xi, like):
    """a b in the place of a."""
    n, modulus = len(like), modulus_of(constants, like)
    b, result = values[: NUMBERS * n], values[NUMBERS * n :]
    a, factor = encoded_numbers(result, modulus), encoded(small(real_of_xi, like), modulus)
    for k in range(DEGREE):
        real, imaginary = _coefficient(a, b, k, modulus)
        high, high_imaginary = _coefficient(a, b, k + DEGREE, modulus)
        real = add_modulo(real, multiply_modulo(factor, high, modulus), modulus)
        imaginary = add_modulo(imaginary, multiply_modulo(factor, high_imaginary, modulus), modulus)
        store(result, 2 * k * n, subtract_modulo(real, high_imaginary, modulus))
        store(result, (2 * k + 1) * n, add_modulo(imaginary, high, modulus))


@compute_kernel
def compute(values, parameter):
    """Both fields in one function; the parameter says which (`precompile.parameter_of`)."""
    if parameter == 0:
        _multiply(carray(values, 2 * NUMBERS * len(_FOUR)), _BN254, _REAL_OF_BN254, _FOUR)
    else:
        _multiply(carray(values, 2 * NUMBERS * len(_SIX)), _BLS12_381, _REAL_OF_BLS12_381, _SIX)
    return True
