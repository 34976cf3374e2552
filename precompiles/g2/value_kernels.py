"""Elements of Fp2 as pairs of residues in Montgomery form (`precompiles.shared.montgomery_kernels`), and which part
shows that a line has a slope: what calls and witnesses compute."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.g2.reference import OPERATIONS
from precompiles.shared.dword_kernels import is_less, is_zero, load, small, subtract
from precompiles.shared.montgomery_kernels import (
    add_modulo,
    invert_modulo,
    multiply_modulo,
    negate_modulo,
    subtract_modulo,
)

ADD = OPERATIONS.index("add")
X, Y = 0, 2
"""The places of a point's coordinates, in numbers."""
_ZERO = np.uint64(0)


@njit
def element(dwords, place, like):
    """The two numbers from a place on, of numbers one after the other."""
    n = len(like)
    return load(dwords, place * n, like), load(dwords, place * n + n, like)


@njit
def plus(a, b, modulus):
    return add_modulo(a[0], b[0], modulus), add_modulo(a[1], b[1], modulus)


@njit
def minus(a, b, modulus):
    return subtract_modulo(a[0], b[0], modulus), subtract_modulo(a[1], b[1], modulus)


@njit
def times(a, b, modulus):
    """By three products (Karatsuba)."""
    first, second = multiply_modulo(a[0], b[0], modulus), multiply_modulo(a[1], b[1], modulus)
    both = multiply_modulo(add_modulo(a[0], a[1], modulus), add_modulo(b[0], b[1], modulus), modulus)
    return (
        subtract_modulo(first, second, modulus),
        subtract_modulo(subtract_modulo(both, first, modulus), second, modulus),
    )


@njit
def inverse_of(a, modulus):
    """The conjugate over the norm; 0 of 0."""
    norm = add_modulo(multiply_modulo(a[0], a[0], modulus), multiply_modulo(a[1], a[1], modulus), modulus)
    factor = invert_modulo(norm, modulus)
    return multiply_modulo(a[0], factor, modulus), multiply_modulo(negate_modulo(a[1], modulus), factor, modulus)


@njit
def telling_part(operation, t, q, m):
    """The first part in which both x of a sum, or y of a double and 0, are below m and differ; 2 if there is none.
    Points as dwords (4 n,)."""
    for part in range(2):
        if operation == ADD:
            first, second = element(t, X, m)[part], element(q, X, m)[part]
        else:
            first, second = element(t, Y, m)[part], small(_ZERO, m)
        if is_less(first, m) and is_less(second, m) and not is_zero(subtract(first, second)):
            return part
    return 2
