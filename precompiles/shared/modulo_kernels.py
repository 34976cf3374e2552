"""Operations modulo an integer, on limbs of 32 bits (`precompiles.shared.integer_kernels`), for calls and witnesses.

x, y have 2 d limbs, d dwords; a modulus m has one more, so that it can be 2^(64 d). Functions that may have no result
return whether there is one; `out` has 2 d limbs.
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.shared.balanced_kernels import centre
from precompiles.shared.integer_kernels import add, divide, is_less, length, limbs_of, multiply, subtract
from precompiles.shared.inverse_kernels import invert_odd

_ZERO, _ONE, _THREE = np.uint64(0), np.uint64(1), np.uint64(3)


@njit
def modulus_of(dwords):
    """The modulus that these dwords mean."""
    m = np.zeros(2 * len(dwords) + 1, np.uint64)
    limbs_of(dwords, m)
    if length(m) == 0:
        m[2 * len(dwords)] = _ONE
    return m


@njit
def remainder(a, m):
    """a modulo m, of len(m) limbs; a, of at least as many, is overwritten."""
    divide(a, m, np.empty_like(a))
    return a[: len(m)].copy()


@njit
def reduced(a, m):
    """The same of a number of fewer limbs, which is left alone."""
    wide = np.zeros(len(m), np.uint64)
    wide[: len(a)] = a
    return remainder(wide, m)


@njit
def multiply_modulo(x, y, m, out):
    """x y; False if the quotient does not fit."""
    product = np.zeros(len(x) + len(y) + 1, np.uint64)
    multiply(x, y, product[: len(x) + len(y)])
    quotient = np.empty_like(product)
    divide(product, m, quotient)
    out[:] = product[: len(out)]
    return centre(quotient, 4 * len(out) + 1)


@njit
def add_modulo(x, y, m, out):
    total = np.zeros(len(m), np.uint64)
    total[: len(x)] = x
    add(total, y)
    out[:] = remainder(total, m)[: len(out)]
    return True


@njit
def subtract_modulo(x, y, m, out):
    a, b = reduced(x, m), reduced(y, m)
    if is_less(a, b):
        add(a, m)
    subtract(a, b)
    out[:] = a[: len(out)]
    return True


@njit
def invert_modulo(y, m, out):
    """1 / y, 0 of 0; False if y, not 0, has a factor in common with m."""
    out[:] = _ZERO
    rest = reduced(y, m)
    if length(rest) == 0:
        return True
    return invert_odd(rest, m, out) if m[0] & _ONE else _invert_by_division(rest, m, out)


@njit
def _invert_by_division(y, m, out):
    """By Euclid's algorithm: modulo m, a is s y or -s y, and b is t y with the other sign."""
    a, b = m.copy(), y
    s, t = np.zeros(len(m), np.uint64), np.zeros(len(m), np.uint64)
    t[0] = _ONE
    quotient, product = np.empty_like(m), np.empty(2 * len(m), np.uint64)
    is_positive = False
    while length(b):
        divide(a, b, quotient)
        multiply(quotient, t, product)
        add(s, product[: len(m)])
        a, b, s, t = b, a, t, s
        is_positive = not is_positive
    if length(a) != 1 or a[0] != _ONE:
        return False
    if not is_positive:
        rest = m.copy()
        subtract(rest, s)
        s = rest
    out[:] = s[: len(out)]
    return True


@njit
def _power(base, exponent, m):
    """base, which is reduced, to a power of at least one."""
    n = len(m) - 1
    value, product = base[:n].copy(), np.empty(n, np.uint64)
    top = 32 * length(exponent) - 1
    while not exponent[top // 32] >> np.uint64(top % 32) & _ONE:
        top -= 1
    for bit in range(top - 1, -1, -1):
        multiply_modulo(value, value, m, product)
        value[:] = product
        if exponent[bit // 32] >> np.uint64(bit % 32) & _ONE:
            multiply_modulo(value, base[:n], m, product)
            value[:] = product
    return value


@njit
def _quarter(m):
    """(m + 1) / 4 for m = 3 modulo 4."""
    quarter = np.zeros(len(m), np.uint64)
    for i in range(len(m)):
        above = m[i + 1] & _THREE if i + 1 < len(m) else _ZERO
        quarter[i] = m[i] >> np.uint64(2) | above << np.uint64(30)
    one = np.zeros(1, np.uint64)
    one[0] = _ONE
    add(quarter, one)
    return quarter


@njit
def root_modulo(y, m, out):
    """The even root of y or -y, by the power of (m + 1) / 4."""
    out[:] = _ZERO
    base, n = reduced(y, m), len(out)
    if length(base) == 0:
        return True
    if m[0] & _THREE != _THREE:
        return False
    out[:] = _power(base, _quarter(m), m)
    if out[0] & _ONE:
        other = m.copy()
        subtract(other, out)
        out[:] = other[:n]
    square = np.empty(n, np.uint64)
    multiply_modulo(out, out, m, square)
    negative = np.empty(n, np.uint64)
    subtract_modulo(np.zeros(n, np.uint64), square, m, negative)
    return _equal(square, base) or _equal(negative, base)


@njit
def _equal(a, b):
    for i in range(len(a)):
        if a[i] != b[i]:
            return False
    return True
