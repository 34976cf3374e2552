"""Products in Fp12 of elements in arrays of dwords, twelve numbers each: what calls compute."""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from precompiles.shared.dword_kernels import add, load, store, subtract
from precompiles.shared.fp12_field import DEGREE
from precompiles.shared.montgomery_kernels import modulus_of
from precompiles.shared.wide_kernels import correction, no_products, product, reduced


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
def put_product(a, b, result, constants, real_of_xi, like):
    """a b, which need not be reduced, in the place of another element: each number of it reduced once, from at most 12
    products and 10 times `real_of_xi` + 1. `constants` are of `primes.constants_of`."""
    n, modulus = len(like), modulus_of(constants, like)
    factor = correction(modulus)
    for k in range(DEGREE):
        real, imaginary = _coefficient(a, b, k, like)
        high, high_imaginary = _coefficient(a, b, k + DEGREE, like)
        for _ in range(real_of_xi):
            real, imaginary = add(real, high), add(imaginary, high_imaginary)
        store(result, 2 * k * n, reduced(subtract(real, high_imaginary), modulus, factor))
        store(result, (2 * k + 1) * n, reduced(add(imaginary, high), modulus, factor))
