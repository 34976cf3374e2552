"""The calls as the interpreters make them: dwords of y and m, read, and of x, written."""

from __future__ import annotations

import numpy as np
from numba import carray

from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.modular.value_kernels import (
    add_modulo,
    invert_modulo,
    modulus_of,
    multiply_modulo,
    root_modulo,
    subtract_modulo,
)
from precompiles.shared.integer_kernels import limbs_of

_BITS = np.uint64(32)


@njit
def _inverse_of_y(_, y, m, out):
    return invert_modulo(y, m, out)


@njit
def _root_of_y(_, y, m, out):
    return root_modulo(y, m, out)


@njit
def _call(operation, values):
    """False if there is no result. The operation is known when a kernel is compiled, so that each holds its own."""
    d = len(values) // 3
    x, y, out = np.empty(2 * d, np.uint64), np.empty(2 * d, np.uint64), np.empty(2 * d, np.uint64)
    limbs_of(values[:d], y)
    limbs_of(values[2 * d :], x)
    if not operation(x, y, modulus_of(values[d : 2 * d]), out):
        return False
    for i in range(d):
        values[2 * d + i] = out[2 * i] | out[2 * i + 1] << _BITS
    return True


@compute_kernel
def multiply_256(values):
    return _call(multiply_modulo, carray(values, 12))


@compute_kernel
def add_256(values):
    return _call(add_modulo, carray(values, 12))


@compute_kernel
def subtract_256(values):
    return _call(subtract_modulo, carray(values, 12))


@compute_kernel
def invert_256(values):
    return _call(_inverse_of_y, carray(values, 12))


@compute_kernel
def root_256(values):
    return _call(_root_of_y, carray(values, 12))


@compute_kernel
def multiply_384(values):
    return _call(multiply_modulo, carray(values, 18))


@compute_kernel
def add_384(values):
    return _call(add_modulo, carray(values, 18))


@compute_kernel
def subtract_384(values):
    return _call(subtract_modulo, carray(values, 18))


@compute_kernel
def invert_384(values):
    return _call(_inverse_of_y, carray(values, 18))


@compute_kernel
def root_384(values):
    return _call(_root_of_y, carray(values, 18))
