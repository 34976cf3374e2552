"""The calls as the interpreters make them: dwords of y and m, read, and of x, written."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.modular.reference import OPERATIONS
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
_COUNT = len(OPERATIONS)
_MULTIPLY, _ADD, _SUBTRACT, _INVERT, _ = range(_COUNT)


@njit
def _numbers(values):
    """x, y, m, and room for the result."""
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
def compute(values, parameter):
    """All operations in one function, since most of it is division, which each of them needs. The parameter says which
    one, and the dwords of a number (`precompile.parameter_of`)."""
    operation, d = parameter % _COUNT, parameter // _COUNT
    block = carray(values, 3 * d)
    x, y, m, out = _numbers(block)
    if operation == _MULTIPLY:
        has_result = multiply_modulo(x, y, m, out)
    elif operation == _ADD:
        has_result = add_modulo(x, y, m, out)
    elif operation == _SUBTRACT:
        has_result = subtract_modulo(x, y, m, out)
    elif operation == _INVERT:
        has_result = invert_modulo(y, m, out)
    else:
        has_result = root_modulo(y, m, out)
    return has_result and _put(block, out)
