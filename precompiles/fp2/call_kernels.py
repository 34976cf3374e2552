"""The calls as the interpreters make them: dwords of b, read, and of a, written."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_language import carray
from core_vm.machine.execute.call_kernels import compute_kernel
from precompiles.fp2.fields import FIELDS
from precompiles.fp2.reference import OPERATIONS
from precompiles.fp2.value_kernels import add_part, element_of
from precompiles.shared.side_kernels import difference_modulo, sides_modulo

_BITS = np.uint64(32)
_COUNT = len(OPERATIONS)
_DWORDS = tuple(field.dwords for field in FIELDS)
_MODULI = tuple(field.modulus_limbs for field in FIELDS)


@compute_kernel
def compute(values, parameter):
    """All operations in all fields in one function; the parameter says which (`Fp2Calls.parameter_of`)."""
    operation, field = parameter % _COUNT, parameter // _COUNT
    m, d = _MODULI[field], _DWORDS[field]
    block = carray(values, 4 * d)
    a, b = element_of(block[2 * d :]), element_of(block[: 2 * d])
    for part in range(2):
        sides = sides_modulo(m)
        add_part(operation, part, a, b, sides)
        limbs = difference_modulo(sides, m)
        for i in range(d):
            block[(2 + part) * d + i] = limbs[2 * i] | limbs[2 * i + 1] << _BITS
    return True
