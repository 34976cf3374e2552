"""The calls as the interpreters make them: dwords of y and m, read, and of x, written."""

from __future__ import annotations

import numpy as np
from numba import carray

from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.shared.integer_kernels import limbs_of
from precompiles.shared.modulo_kernels import (
    add_modulo,
    invert_modulo,
    modulus_of,
    multiply_modulo,
    root_modulo,
    subtract_modulo,
)

_BITS = np.uint64(32)


@njit
def _numbers(values):
    """x, y, m, and room for the result. Operations are called by name, not handed on: code that holds an operation's
    address could not be kept."""
    d = len(values) // 3
    x, y, out = np.empty(2 * d, np.uint64), np.empty(2 * d, np.uint64), np.empty(2 * d, np.uint64)
    limbs_of(values[:d], y)
    limbs_of(values[2 * d :], x)
    return x, y, modulus_of(values[d : 2 * d]), out


@njit
def _put(values, out):
    """The result in the place of x."""
    d = len(values) // 3
    for i in range(d):
        values[2 * d + i] = out[2 * i] | out[2 * i + 1] << _BITS
    return True


@compute_kernel
def multiply_256(values):
    block = carray(values, 12)
    x, y, m, out = _numbers(block)
    return multiply_modulo(x, y, m, out) and _put(block, out)


@compute_kernel
def add_256(values):
    block = carray(values, 12)
    x, y, m, out = _numbers(block)
    return add_modulo(x, y, m, out) and _put(block, out)


@compute_kernel
def subtract_256(values):
    block = carray(values, 12)
    x, y, m, out = _numbers(block)
    return subtract_modulo(x, y, m, out) and _put(block, out)


@compute_kernel
def invert_256(values):
    block = carray(values, 12)
    _, y, m, out = _numbers(block)
    return invert_modulo(y, m, out) and _put(block, out)


@compute_kernel
def root_256(values):
    block = carray(values, 12)
    _, y, m, out = _numbers(block)
    return root_modulo(y, m, out) and _put(block, out)


@compute_kernel
def multiply_384(values):
    block = carray(values, 18)
    x, y, m, out = _numbers(block)
    return multiply_modulo(x, y, m, out) and _put(block, out)


@compute_kernel
def add_384(values):
    block = carray(values, 18)
    x, y, m, out = _numbers(block)
    return add_modulo(x, y, m, out) and _put(block, out)


@compute_kernel
def subtract_384(values):
    block = carray(values, 18)
    x, y, m, out = _numbers(block)
    return subtract_modulo(x, y, m, out) and _put(block, out)


@compute_kernel
def invert_384(values):
    block = carray(values, 18)
    _, y, m, out = _numbers(block)
    return invert_modulo(y, m, out) and _put(block, out)


@compute_kernel
def root_384(values):
    block = carray(values, 18)
    _, y, m, out = _numbers(block)
    return root_modulo(y, m, out) and _put(block, out)
