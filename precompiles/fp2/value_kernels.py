"""Both parts of an operation in Fp2, before they are reduced, on limbs of 32 bits: what calls and witnesses compute."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.fp2.reference import OPERATIONS
from precompiles.shared.integer_kernels import add, limbs_of
from precompiles.shared.side_kernels import add_product

MULTIPLY, ADD, SUBTRACT = range(len(OPERATIONS))


@njit
def element_of(dwords):
    """Limbs (2, 2 d) of the parts of an element's dwords (2 d,)."""
    d = len(dwords) // 2
    limbs = np.empty((2, 2 * d), np.uint64)
    limbs_of(dwords[:d], limbs[0])
    limbs_of(dwords[d:], limbs[1])
    return limbs


@njit
def add_part(operation, part, a, b, sides):
    """Part 0 or 1 of the result to `sides`: what is negative to the second one."""
    if operation == MULTIPLY:
        add_product(a[0], False, b[part], sides)
        add_product(a[1], part == 0, b[1 - part], sides)
    else:
        add(sides[0], a[part])
        add(sides[1 if operation == SUBTRACT else 0], b[part])
