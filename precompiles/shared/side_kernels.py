"""The two sides of an equation between big integers, on limbs of 32 bits: what is positive, and what is negative."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.shared.integer_kernels import add, is_less, length, multiply, subtract
from precompiles.shared.modulo_kernels import remainder


@njit
def sides_modulo(m):
    """Nothing yet, with room for sums of a few products of numbers as long as m."""
    return np.zeros((2, 2 * len(m) + 1), np.uint64)


@njit
def add_product(a, is_negative, b, sides):
    """a b, with the sign of a, to sides[0], or to sides[1] what is negative: (2, limbs)."""
    product = np.empty(len(a) + len(b), np.uint64)
    multiply(a, b, product)
    add(sides[1 if is_negative else 0], product)


@njit
def difference_modulo(sides, m):
    """sides[0] - sides[1] modulo m, of len(m) limbs; the sides are overwritten."""
    positive, negative = sides[0], sides[1]
    if not is_less(positive, negative):
        subtract(positive, negative)
        return remainder(positive, m)
    subtract(negative, positive)
    rest = remainder(negative, m)
    if length(rest) == 0:
        return rest
    total = m.copy()
    subtract(total, rest)
    return total
