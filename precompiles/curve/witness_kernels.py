"""What the rows of curves hold besides points: slopes and quotients, as balanced digits, computed anew from the points
(`precompiles.shared.montgomery_kernels`).

Of n rows, `which` (n,) of the `constants` (curves, 3 d + 1) are theirs; points are dwords (n, 2 d), coordinates (n, d),
and `like` is a number of d dwords. `centred_digits` uint64 (4, n, d + 1) takes numbers whose bytes are the digits of
the slope and three quotients plus 128.
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.shared.dword_kernels import add, load, multiply, small, store, subtract, widened
from precompiles.shared.montgomery_kernels import (
    add_modulo,
    decoded,
    encoded,
    invert_modulo,
    modulus_of,
    multiply_modulo,
    subtract_modulo,
)
from precompiles.shared.signed_kernels import centred, exact_quotient, signed_residue

_ONE = np.uint64(1)


@njit(cache=True, nogil=True)
def invert_differences(which, constants, a, b, like, inverses):
    """R^2 / (a - b) modulo m, of reduced coordinates that differ, into `inverses` (n, d): what, times a number itself,
    is the quotient in Montgomery form.

    One inversion for all rows of a curve (Montgomery, Speeding the Pollard and elliptic curve methods of factorization,
    1987): it gives the inverse of the product of them all."""
    for curve in range(len(constants)):
        modulus = modulus_of(constants[curve], like)
        product = encoded(small(_ONE, like), modulus)
        for row in range(len(which)):
            if which[row] == curve:
                store(inverses[row], 0, product)
                difference = subtract_modulo(load(a[row], 0, like), load(b[row], 0, like), modulus)
                product = multiply_modulo(product, difference, modulus)
        inverse = invert_modulo(product, modulus)
        for row in range(len(which) - 1, -1, -1):
            if which[row] == curve:
                difference = subtract_modulo(load(a[row], 0, like), load(b[row], 0, like), modulus)
                store(inverses[row], 0, multiply_modulo(inverse, load(inverses[row], 0, like), modulus))
                inverse = multiply_modulo(inverse, difference, modulus)


@njit
def _wide_point(dwords, like):
    return widened(load(dwords, 0, like)), widened(load(dwords, len(like), like))


@njit
def _put(slope, sides, modulus, row, centred_digits):
    """A row's slope, and the quotients of what is a multiple of m."""
    store(centred_digits[0, row], 0, centred(slope))
    for k in range(len(sides)):
        store(centred_digits[1 + k, row], 0, centred(exact_quotient(sides[k], modulus)))


@njit(cache=True, nogil=True)
def fill_sums(which, constants, p, q, result, inverses, like, centred_digits):
    """Of sums; `inverses` are those of x of q minus x of p."""
    for row in range(len(which)):
        modulus, inverse = modulus_of(constants[which[row]], like), load(inverses[row], 0, like)
        first, second = load(p[row], len(like), like), load(q[row], len(like), like)  # which need not be reduced
        first, second = multiply_modulo(inverse, first, modulus), multiply_modulo(inverse, second, modulus)
        slope = signed_residue(decoded(subtract_modulo(second, first, modulus), modulus), modulus)
        x1, y1 = _wide_point(p[row], like)
        x2, y2 = _wide_point(q[row], like)
        x3, y3 = _wide_point(result[row], like)
        sides = (
            add(multiply(slope, subtract(x2, x1)), subtract(y1, y2)),
            subtract(multiply(slope, slope), add(add(x1, x2), x3)),
            subtract(multiply(slope, subtract(x1, x3)), add(y1, y3)),
        )
        _put(slope, sides, modulus, row, centred_digits)


@njit(cache=True, nogil=True)
def fill_doubles(which, constants, minus_a, p, result, inverses, like, centred_digits):
    """Of doubles: `minus_a` uint64 (curves,); `inverses` are those of y, and slopes are twice those of the tangents."""
    for row in range(len(which)):
        modulus, inverse = modulus_of(constants[which[row]], like), load(inverses[row], 0, like)
        x = load(p[row], 0, like)  # which need not be reduced
        square = multiply_modulo(encoded(x, modulus), x, modulus)
        triple = add_modulo(add_modulo(square, square, modulus), square, modulus)
        rise = subtract_modulo(triple, small(minus_a[which[row]], like), modulus)
        twice = signed_residue(decoded(multiply_modulo(inverse, rise, modulus), modulus), modulus)
        sides = _sides_of_double(twice, p[row], result[row], minus_a[which[row]], like)
        _put(twice, sides, modulus, row, centred_digits)


@njit
def _sides_of_double(twice, p, result, minus_a, like):
    """t y - 3 x^2 - a, t^2 - 8 x - 4 x3 and t (x - x3) - 2 y - 2 y3."""
    (x, y), (x3, y3) = _wide_point(p, like), _wide_point(result, like)
    square, double_of_x = multiply(x, x), add(x, x)
    half = add(add(double_of_x, double_of_x), add(x3, x3))
    line, total = multiply(twice, subtract(x, x3)), add(y, y3)
    return (
        add(subtract(multiply(twice, y), add(add(square, square), square)), small(minus_a, twice)),
        subtract(multiply(twice, twice), add(half, half)),
        subtract(line, add(total, total)),
    )
