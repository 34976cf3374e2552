"""The calls as the interpreters make them: dwords of b, read, and of a, written."""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.fp12.fields import BLS12_381, BN254, DEGREE, NUMBERS
from precompiles.shared.dword_kernels import add, load, store, subtract
from precompiles.shared.montgomery_kernels import modulus_of
from precompiles.shared.primes import like
from precompiles.shared.wide_kernels import correction, no_products, product, reduced

_BN254, _BLS12_381 = BN254.montgomery_constants, BLS12_381.montgomery_constants
_OF_BN254, _OF_BLS12_381 = BN254.real_of_xi, BLS12_381.real_of_xi
_FOUR, _SIX = like(BN254.bits), like(BLS12_381.bits)


@njit
def _coefficient(a, b, k, like):
    """That of w^k in a b, as a polynomial: both parts, wide."""
    n, real, imaginary = len(like), no_products(like), no_products(like)
    for i in range(max(0, k - DEGREE + 1), min(k, DEGREE - 1) + 1):
        a0, a1 = load(a, 2 * i * n, like), load(a, (2 * i + 1) * n, like)
        b0, b1 = load(b, 2 * (k - i) * n, like), load(b, (2 * (k - i) + 1) * n, like)
        real = subtract(add(real, product(a0, b0)), product(a1, b1))
        imaginary = add(add(imaginary, product(a0, b1)), product(a1, b0))
    return real, imaginary


@njit
def _multiply(values, constants, real_of_xi, like):
    """a b in the place of a: each number of it reduced once, from at most 12 products and 10 times `real_of_xi` + 1."""
    n, modulus = len(like), modulus_of(constants, like)
    b, a = values[: NUMBERS * n], values[NUMBERS * n :].copy()
    result, factor = values[NUMBERS * n :], correction(modulus)
    for k in range(DEGREE):
        real, imaginary = _coefficient(a, b, k, like)
        high, high_imaginary = _coefficient(a, b, k + DEGREE, like)
        for _ in range(real_of_xi):
            real, imaginary = add(real, high), add(imaginary, high_imaginary)
        store(result, 2 * k * n, reduced(subtract(real, high_imaginary), modulus, factor))
        store(result, (2 * k + 1) * n, reduced(add(imaginary, high), modulus, factor))


@compute_kernel
def compute(values, parameter):
    """Both fields in one function; the parameter says which (`precompile.parameter_of`)."""
    if parameter == 0:
        _multiply(carray(values, 2 * NUMBERS * len(_FOUR)), _BN254, _OF_BN254, _FOUR)
    else:
        _multiply(carray(values, 2 * NUMBERS * len(_SIX)), _BLS12_381, _OF_BLS12_381, _SIX)
    return True
