"""Scalar arithmetic on Montgomery words inside kernels: for tails, witnesses and tables; and bulk conversions."""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import MONTGOMERY_R, P_INVERSE, P
from core_vm.host.kernel_cache import njit

_P64 = np.uint64(P)
_P_INVERSE = np.uint64(P_INVERSE)
_LOW_WORD, _WORD_BITS = np.uint64(2**32 - 1), np.uint64(32)
_R_SQUARED = np.uint32(MONTGOMERY_R * MONTGOMERY_R % P)


@njit(inline="always")
def monty_reduce(total):
    """total / 2^32 modulo p for a uint64 below p 2^32."""
    m = ((total & _LOW_WORD) * _P_INVERSE) & _LOW_WORD
    high, multiple = total >> _WORD_BITS, (m * _P64) >> _WORD_BITS
    return np.uint32(high - multiple) if high >= multiple else np.uint32(high + _P64 - multiple)


@njit(inline="always")
def monty_mul(x, y):
    """The Montgomery product of two uint32."""
    return monty_reduce(np.uint64(x) * np.uint64(y))


@njit(inline="always")
def monty_add(x, y):
    """x + y modulo p."""
    total = np.uint64(x) + np.uint64(y)
    return np.uint32(total - _P64) if total >= _P64 else np.uint32(total)


@njit(inline="always")
def monty_sub(x, y):
    """x - y modulo p."""
    x, y = np.uint64(x), np.uint64(y)
    return np.uint32(x - y) if x >= y else np.uint32(x + _P64 - y)


@njit(inline="always")
def monty_encode(x):
    """A canonical (or any 32-bit) value to Montgomery form."""
    return monty_mul(np.uint32(x), _R_SQUARED)


@njit(inline="always")
def monty_decode(x):
    """Montgomery form to canonical."""
    return monty_reduce(np.uint64(x))


@njit(inline="always")
def ext_mul_scalar(a, b):
    """The product of two 5-tuples of Montgomery words."""
    a0, a1, a2, a3, a4 = a
    b0, b1, b2, b3, b4 = b
    m, n, q = monty_sub(b0, b3), monty_sub(b1, b4), monty_sub(b4, b2)
    s = monty_sub(b3, n)
    return (
        _dot(a0, a1, a2, a3, a4, b0, b4, b3, b2, n),
        _dot(a0, a1, a2, a3, a4, b1, b0, b4, b3, b2),
        _dot(a0, a1, a2, a3, a4, b2, n, m, q, s),
        _dot(a0, a1, a2, a3, a4, b3, b2, n, m, q),
        _dot(a0, a1, a2, a3, a4, b4, b3, b2, n, m),
    )


@njit
def _dot(a0, a1, a2, a3, a4, b0, b1, b2, b3, b4):
    """Five products; each pair is below 2 p^2 < p 2^32."""
    first = monty_reduce(np.uint64(a0) * np.uint64(b0) + np.uint64(a1) * np.uint64(b1))
    second = monty_reduce(np.uint64(a2) * np.uint64(b2) + np.uint64(a3) * np.uint64(b3))
    return monty_add(monty_add(first, second), monty_mul(a4, b4))
