"""What the rows of Fp12 hold besides elements: quotients, as balanced digits.

They are computed modulo what one dword more than a number has holds: a quotient fits it, and is a product with 1 / m.
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.shared.dword_kernels import add, load, multiply, small, store, subtract, widened
from precompiles.shared.fp12_field import DEGREE
from precompiles.shared.montgomery_kernels import modulus_of
from precompiles.shared.signed_kernels import centred, exact_quotient

_ZERO = np.uint64(0)


@njit
def _number(element, place, like):
    return widened(load(element, place * len(like), like))


@njit
def _coefficient(a, b, k, like):
    """Both parts of that of w^k in a b."""
    real = imaginary = widened(small(_ZERO, like))
    for i in range(max(0, k - DEGREE + 1), min(k, DEGREE - 1) + 1):
        a0, a1 = _number(a, 2 * i, like), _number(a, 2 * i + 1, like)
        b0, b1 = _number(b, 2 * (k - i), like), _number(b, 2 * (k - i) + 1, like)
        real = subtract(add(real, multiply(a0, b0)), multiply(a1, b1))
        imaginary = add(add(imaginary, multiply(a0, b1)), multiply(a1, b0))
    return real, imaginary


@njit(cache=True, nogil=True)
def fill_quotients(constants, real_of_xi, a, b, result, like, centred_digits):
    """Of n products, elements (n, 12 d) of dwords: `centred_digits` uint64 (12, n, d + 1) takes numbers whose bytes are
    the digits plus 128. `constants` (3 d + 1,) are of `primes.constants_of`, `like` is a number of d dwords."""
    modulus, factor = modulus_of(constants, like), widened(small(real_of_xi, like))
    for row in range(len(a)):
        for k in range(DEGREE):
            real, imaginary = _coefficient(a[row], b[row], k, like)
            high, high_imaginary = _coefficient(a[row], b[row], k + DEGREE, like)
            real = subtract(add(real, multiply(factor, high)), high_imaginary)
            imaginary = add(add(imaginary, multiply(factor, high_imaginary)), high)
            multiples = (
                subtract(real, _number(result[row], 2 * k, like)),
                subtract(imaginary, _number(result[row], 2 * k + 1, like)),
            )
            for part in range(2):
                quotient = exact_quotient(multiples[part], modulus)
                store(centred_digits[2 * k + part, row], 0, centred(quotient))
