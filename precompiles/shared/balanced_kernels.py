"""Balanced digits, -128 to 127, of integers in limbs of 32 bits (`precompiles.shared.integer_kernels`)."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.shared.integer_kernels import add, divide, is_less, length, subtract

_HALF, _BYTE = np.uint64(128), np.uint64(0xFF)


@njit
def half_of(digits):
    """128 in each of so many digits: what makes bytes of balanced ones. It has room for more than their sum."""
    half = np.zeros(digits // 4 + 1, np.uint64)
    for k in range(digits):
        half[k // 4] |= _HALF << np.uint64(8 * (k % 4))
    return half


@njit
def centre(number, digits):
    """number += half of all numbers of so many balanced digits: then its bytes are the digits plus 128. Returns
    whether it has such digits; it has at least digits // 4 + 1 limbs."""
    add(number, half_of(digits))
    return length(number) <= digits // 4 + 1 and not number[digits // 4] >> np.uint64(8 * (digits % 4))


@njit
def balanced_digits(magnitude, is_negative, digits):
    """int64 (digits,) of a number that has such digits."""
    centred = half_of(digits)
    if is_negative:
        subtract(centred, magnitude[: len(centred)])
    else:
        add(centred, magnitude[: len(centred)])
    out = np.empty(digits, np.int64)
    for k in range(digits):
        out[k] = np.int64(centred[k // 4] >> np.uint64(8 * (k % 4)) & _BYTE) - 128
    return out


@njit
def quotient_digits(positive, negative, m, digits):
    """(positive - negative) / m as balanced digits int64 (digits,), and whether it is exact; both are overwritten."""
    quotient = np.empty_like(positive)
    is_negative = is_less(positive, negative)
    if is_negative:
        subtract(negative, positive)
        positive[:] = negative
    else:
        subtract(positive, negative)
    divide(positive, m, quotient)
    return balanced_digits(quotient, is_negative, digits), length(positive) == 0
