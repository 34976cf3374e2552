"""The inverse modulo an odd integer, by division steps on the lowest bits alone.

Bernstein and Yang, Fast constant-time gcd computation (TCHES 2019), section 8: thirty steps depend on the lowest thirty
bits of f and g only, so they are made on words, and their matrix is then applied to whole numbers. Numbers have signed
limbs of 30 bits in int64 arrays, lowest first: all but the highest are between 0 and 2^30, so products with entries of
a matrix, two of them and a carry stay below 2^62.
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit

_STEPS = 30
_MASK = (1 << _STEPS) - 1


@njit
def _signed_limbs(a, count):
    """A number of limbs of 32 bits (uint64) as `count` limbs of 30."""
    out = np.zeros(count, np.int64)
    for i in range(count):
        at, shift = _STEPS * i // 32, _STEPS * i % 32
        low = np.int64(a[at]) if at < len(a) else 0
        high = np.int64(a[at + 1]) if at + 1 < len(a) else 0
        out[i] = (low >> shift | high << (32 - shift)) & _MASK
    return out


@njit
def _unsigned_limbs(a, out):
    """The other way, of a number that is not negative and fits `out`."""
    for i in range(len(out)):
        at, shift = 32 * i // _STEPS, 32 * i % _STEPS
        value = a[at] >> shift
        if at + 1 < len(a):
            value |= a[at + 1] << (_STEPS - shift)
        if at + 2 < len(a):
            value |= a[at + 2] << (2 * _STEPS - shift)
        out[i] = np.uint64(value & 0xFFFFFFFF)


@njit
def _inverse_of_lowest(m):
    """1 / m modulo 2^30, m odd: each step of Newton's doubles the bits that are right."""
    x = m & _MASK
    for _ in range(5):
        x = x * (2 - m * x & _MASK) & _MASK
    return x


@njit
def _steps(delta, f, g):
    """30 division steps on the lowest limbs: delta, and the matrix (u, v; q, r) that takes (f, g) to 2^30 times what
    they become."""
    u, v, q, r = 1, 0, 0, 1
    for _ in range(_STEPS):
        odd = -(g & 1)
        if odd and delta > 0:
            delta, f, g, u, v, q, r = -delta, g, -f, q, r, -u, -v
        delta += 1
        g = g + (f & odd) >> 1
        q += u & odd
        r += v & odd
        u, v = u << 1, v << 1
    return delta, u, v, q, r


@njit
def _advance(f, g, u, v, q, r):
    """(f, g) by the matrix, divided by 2^30, which is exact."""
    first, second = u * f[0] + v * g[0] >> _STEPS, q * f[0] + r * g[0] >> _STEPS
    for i in range(1, len(f)):
        first += u * f[i] + v * g[i]
        second += q * f[i] + r * g[i]
        f[i - 1], g[i - 1] = first & _MASK, second & _MASK
        first >>= _STEPS
        second >>= _STEPS
    f[len(f) - 1], g[len(f) - 1] = first, second


@njit
def _multiple(u, v, d, e, lowest_inverse):
    """How many m make u d + v e divisible by 2^30, counted so that the quotient lies between -2 m and m as d and e do:
    one for each that is negative, then less than 2^30 of them taken away."""
    end = len(d) - 1
    count = (u if d[end] < 0 else 0) + (v if e[end] < 0 else 0)
    lowest = u * d[0] + v * e[0] & _MASK
    return count - (lowest_inverse * lowest + count & _MASK)


@njit
def _advance_modulo(d, e, m, lowest_inverse, u, v, q, r):
    """(d, e) by the matrix, divided by 2^30 modulo m."""
    k, n = _multiple(u, v, d, e, lowest_inverse), _multiple(q, r, d, e, lowest_inverse)
    first = u * d[0] + v * e[0] + k * m[0] >> _STEPS
    second = q * d[0] + r * e[0] + n * m[0] >> _STEPS
    for i in range(1, len(d)):
        first += u * d[i] + v * e[i] + k * m[i]
        second += q * d[i] + r * e[i] + n * m[i]
        d[i - 1], e[i - 1] = first & _MASK, second & _MASK
        first >>= _STEPS
        second >>= _STEPS
    d[len(d) - 1], e[len(d) - 1] = first, second


@njit
def _combine(a, factor, m):
    """a += factor m, the factor 1 or -1."""
    carry = 0
    for i in range(len(a) - 1):
        carry += a[i] + factor * m[i]
        a[i] = carry & _MASK
        carry >>= _STEPS
    a[len(a) - 1] += carry + factor * m[len(a) - 1]


@njit
def _unit(f):
    """1 or -1 if f is, else 0."""
    end = len(f) - 1
    is_one, is_minus_one = f[0] == 1 and f[end] == 0, f[0] == _MASK and f[end] == -1
    for i in range(1, end):
        is_one, is_minus_one = is_one and f[i] == 0, is_minus_one and f[i] == _MASK
    return int(is_one) - int(is_minus_one)


@njit
def invert_odd(y, m, out):
    """out (limbs of 32 bits, as y) = 1 / y modulo m, which is odd, for 0 < y < m; False if they have a factor in
    common. Modulo m, f is d y and g is e y throughout."""
    count = (32 * len(m) - 30) // _STEPS + 1  # room for numbers between -2 m and 2 m
    modulus, f, g = _signed_limbs(m, count), _signed_limbs(m, count), _signed_limbs(y, count)
    d, e = np.zeros(count, np.int64), np.zeros(count, np.int64)
    e[0] = 1
    delta, lowest_inverse = 1, _inverse_of_lowest(modulus[0])
    while g.any():
        delta, u, v, q, r = _steps(delta, f[0], g[0])
        _advance(f, g, u, v, q, r)
        _advance_modulo(d, e, modulus, lowest_inverse, u, v, q, r)
    unit = _unit(f)
    if not unit:
        return False
    d *= unit
    _combine(d, -1, modulus)  # with which limbs are below 2^30 again, and it is less than m
    while d[count - 1] >= 0:
        _combine(d, -1, modulus)
    while d[count - 1] < 0:
        _combine(d, 1, modulus)
    _unsigned_limbs(d, out)
    return True
