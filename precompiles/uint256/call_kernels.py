"""The calls as the interpreters make them: the dwords of y, read, and of x and the carry or z, written."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.shared.integer_kernels import add as add_limbs
from precompiles.shared.integer_kernels import divide as divide_limbs
from precompiles.shared.integer_kernels import length, limbs_of
from precompiles.shared.integer_kernels import multiply as multiply_limbs
from precompiles.uint256.reference import PRODUCTS, SUMS

_DWORDS, _LIMBS = 4, 8
_BITS = np.uint64(32)
_ZERO, _ONE = np.uint64(0), np.uint64(1)
_ADD, _COMPARE = SUMS.index("add"), SUMS.index("compare")
_MULTIPLY_ADD, _DIVIDE = PRODUCTS.index("multiply_add"), PRODUCTS.index("divide")


@njit
def _add(x, y, carry):
    """x += y + carry; what is carried out."""
    for i in range(_DWORDS):
        total = x[i] + y[i]
        out = total < x[i]
        x[i] = total + carry
        carry = _ONE if out or x[i] < total else _ZERO
    return carry


@njit
def _subtract(x, y, borrow):
    """x -= y + borrow; what is borrowed for it."""
    for i in range(_DWORDS):
        out = x[i] < y[i]
        rest = x[i] - y[i]
        x[i] = rest - borrow
        borrow = _ONE if out or rest < borrow else _ZERO
    return borrow


@compute_kernel
def compute_sum(values, operation):
    """The operation of that place in `SUMS`."""
    block = carray(values, 9)
    if block[8] > _ONE:
        return False
    if operation == _ADD:
        block[8] = _add(block[4:8], block[:4], block[8])
    else:
        x = block[4:8].copy() if operation == _COMPARE else block[4:8]
        block[8] = _subtract(x, block[:4], block[8])
    return True


@njit
def _wide(dwords):
    """Their limbs of 32 bits."""
    limbs = np.zeros(2 * len(dwords), np.uint64)
    limbs_of(dwords, limbs)
    return limbs


@njit
def _put(limbs, dwords):
    for i in range(len(dwords)):
        dwords[i] = limbs[2 * i] | limbs[2 * i + 1] << _BITS


@njit
def _multiply(block, added):
    """x, z <- x y + added."""
    product = np.empty(2 * _LIMBS, np.uint64)
    multiply_limbs(_wide(block[4:8]), _wide(block[:4]), product)
    add_limbs(product, added)
    _put(product, block[4:])


@njit
def _divide(block):
    """x, z <- x / y, x modulo y; zeros where y is."""
    rest, divisor, quotient = _wide(block[4:8]), _wide(block[:4]), np.zeros(_LIMBS, np.uint64)
    if length(divisor) == 0:
        rest[:] = _ZERO
    else:
        divide_limbs(rest, divisor, quotient)
    _put(quotient, block[4:8])
    _put(rest, block[8:])


@compute_kernel
def compute_product(values, operation):
    """The operation of that place in `PRODUCTS`."""
    block = carray(values, 12)
    if operation == _DIVIDE:
        _divide(block)
    else:
        _multiply(block, _wide(block[8:]) if operation == _MULTIPLY_ADD else np.zeros(_LIMBS, np.uint64))
    return True
