"""Signed integers that balanced digits hold, as tuples of dwords, one more than the modulus has
(`precompiles.shared.dword_kernels`)."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.shared.dword_kernels import add, multiply, repeated, subtract, widened

_HALVES, _ZERO = np.uint64(0x8080808080808080), np.uint64(0)


@njit
def centred(number):
    """With 128 added to each digit: then its bytes are the digits plus 128."""
    return add(number, repeated(_HALVES, number))


@njit
def signed_residue(residue, modulus):
    """The number that balanced digits, as many as the residue has bytes, can hold: the residue, or it minus m."""
    number = widened(residue)
    if add(number, widened(repeated(_HALVES, residue)))[len(residue)] == _ZERO:
        return number
    return subtract(number, widened(modulus.m))


@njit
def exact_quotient(number, modulus):
    """number / m of a multiple of m: by the inverse modulo what the dwords hold. So of a number that is known modulo
    that alone."""
    return multiply(number, modulus.long_inverse)
