"""Arithmetic on unsigned big integers: limbs of 32 bits in uint64 arrays, lowest first.

Division is Knuth's algorithm D (The Art of Computer Programming, volume 2, 4.3.1).
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit

_BITS, _MASK = np.uint64(32), np.uint64(0xFFFFFFFF)
_ZERO, _ONE = np.uint64(0), np.uint64(1)


@njit
def length(a):
    """The limbs of a without leading zeros."""
    n = len(a)
    while n and a[n - 1] == _ZERO:
        n -= 1
    return n


@njit
def is_less(a, b):
    """a < b, of the same number of limbs."""
    for i in range(len(a) - 1, -1, -1):
        if a[i] != b[i]:
            return a[i] < b[i]
    return False


@njit
def add(a, b):
    """a += b, which has no more limbs; what is carried out of a is lost."""
    carry = _ZERO
    for i in range(len(a)):
        carry += a[i]
        if i < len(b):
            carry += b[i]
        a[i] = carry & _MASK
        carry >>= _BITS


@njit
def subtract(a, b):
    """a -= b, which has no more limbs, modulo what a has room for."""
    borrow = _ZERO
    for i in range(len(a)):
        taken = borrow
        if i < len(b):
            taken += b[i]
        borrow = _ONE if a[i] < taken else _ZERO
        a[i] = (a[i] - taken) & _MASK


@njit
def multiply(a, b, product):
    """product = a b, of as many limbs as both together."""
    product[:] = _ZERO
    for i in range(len(a)):
        carry = _ZERO
        for j in range(len(b)):
            carry += product[i + j] + a[i] * b[j]
            product[i + j] = carry & _MASK
            carry >>= _BITS
        product[i + len(b)] = carry


@njit
def _top_shift(limb):
    """By how many bits a limb other than zero can be shifted."""
    shift = _ZERO
    while not limb >> (np.uint64(31) - shift):
        shift += _ONE
    return shift


@njit
def _shifted(a, shift, count):
    """a 2^shift as `count` limbs, shift below 32."""
    out = np.zeros(count, np.uint64)
    carry = _ZERO
    for i in range(count):
        limb = a[i] if i < len(a) else _ZERO
        out[i] = limb << shift & _MASK | carry
        carry = limb >> (_BITS - shift)
    return out


@njit
def _guess(top, middle, low, first, second):
    """A digit of the quotient, at most one too large, from the leading limbs of both numbers."""
    digit = (top << _BITS | middle) // first
    rest = (top << _BITS | middle) - digit * first
    while digit >> _BITS or digit * second > (rest << _BITS | low):
        digit -= _ONE
        rest += first
        if rest >> _BITS:
            break
    return digit


@njit
def _take(u, v, j, digit):
    """u -= digit v 2^(32 j); True if that is less than zero."""
    carry, borrow = _ZERO, _ZERO
    for i in range(len(v)):
        carry += digit * v[i]
        taken = (carry & _MASK) + borrow
        borrow = _ONE if u[i + j] < taken else _ZERO
        u[i + j] = (u[i + j] - taken) & _MASK
        carry >>= _BITS
    taken = carry + borrow
    is_negative = u[len(v) + j] < taken
    u[len(v) + j] = (u[len(v) + j] - taken) & _MASK
    return is_negative


@njit
def divide(a, m, quotient):
    """quotient (as many limbs as a) = a // m, and a becomes the remainder; m is not zero."""
    quotient[:] = _ZERO
    n = length(m)
    if length(a) < n:
        return
    shift = _top_shift(m[n - 1])
    u, v = _shifted(a, shift, len(a) + 1), _shifted(m, shift, n)
    second = v[n - 2] if n > 1 else _ZERO
    for j in range(len(a) - n, -1, -1):
        low = u[j + n - 2] if n > 1 else _ZERO
        digit = _guess(u[j + n], u[j + n - 1], low, v[n - 1], second)
        if _take(u, v, j, digit):
            digit -= _ONE
            add(u[j : j + n + 1], v)
        quotient[j] = digit
    for i in range(len(a)):
        above = u[i + 1] << (_BITS - shift) & _MASK if i < n else _ZERO
        a[i] = u[i] >> shift | above if i < n else _ZERO


@njit
def limbs_of(dwords, limbs):
    """The limbs of uint64 dwords, lowest first; what `limbs` has more is left alone."""
    for i in range(len(dwords)):
        limbs[2 * i] = dwords[i] & _MASK
        limbs[2 * i + 1] = dwords[i] >> _BITS
