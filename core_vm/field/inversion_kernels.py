"""Inverses of many elements, LANES at a time, by one inversion for all that a lane has (Montgomery, 1987)."""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import MONTGOMERY_R_INVERSE, P
from core_vm.field.packed import LANES, load, mul, splat, store
from core_vm.host.kernel_cache import njit

EXPONENT = P - 2
_EXPONENT_BITS = EXPONENT.bit_length()
_R_INVERSE = np.uint32(MONTGOMERY_R_INVERSE)


@njit(inline="always")
def _inverse(x):
    """x^(p - 2)."""
    power = x
    for bit in range(_EXPONENT_BITS - 2, -1, -1):
        power = mul(power, power)
        if EXPONENT >> bit & 1:
            power = mul(power, x)
    return power


@njit(cache=True, nogil=True)
def invert(values, products):
    """Every one of `values`, canonical and not 0, becomes its inverse. Their number is a multiple of LANES, one or more
    vectors; `products` is room for as many words.

    A canonical x is the Montgomery word of x / R; its inverse has the word R^2 / x, of which 1 / x is the product with
    1 / R.
    """
    size = values.shape[0]
    product = load(values, 0)
    for at in range(LANES, size, LANES):
        store(products, at, product)  # of all vectors before this one
        product = mul(product, load(values, at))
    inverse = mul(_inverse(product), splat(_R_INVERSE))
    for at in range(size - LANES, 0, -LANES):
        value = load(values, at)
        store(values, at, mul(inverse, load(products, at)))
        inverse = mul(inverse, value)
    store(values, 0, inverse)
