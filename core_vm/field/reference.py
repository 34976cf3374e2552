"""Bulk field arithmetic in plain numpy: the definition that the kernels are tested against, and the verifier's tool.

Arrays are uint32 in Montgomery form, of any shape that broadcasts; extension elements are planes, shape (5, ...).
"""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import MONTGOMERY_R_INVERSE, P, Words

_P = np.uint64(P)
_R_INVERSE = np.uint64(MONTGOMERY_R_INVERSE)


def add(a: Words, b: Words) -> Words:
    """a + b."""
    return ((np.asarray(a, np.uint64) + b) % _P).astype(np.uint32)


def subtract(a: Words, b: Words) -> Words:
    """a - b."""
    return ((np.asarray(a, np.uint64) + _P - b) % _P).astype(np.uint32)


def multiply(a: Words, b: Words) -> Words:
    """a b."""
    return (np.asarray(a, np.uint64) * b % _P * _R_INVERSE % _P).astype(np.uint32)


def extension_add(a: Words, b: Words) -> Words:
    """Planes a + b."""
    return add(a, b)


def extension_subtract(a: Words, b: Words) -> Words:
    """Planes a - b."""
    return subtract(a, b)


def extension_multiply(a: Words, b: Words) -> Words:
    """Planes a b in F[X]/(X^5 + X^2 - 1), schoolbook; each product is reduced, so that all sums fit in 64 bits."""
    left, right = np.asarray(a, np.uint64), np.asarray(b, np.uint64)
    coefficients = [np.uint64(0)] * 9
    for i in range(5):
        for j in range(5):
            coefficients[i + j] = coefficients[i + j] + left[i] * right[j] % _P
    c0, c1, c2, c3, c4, c5, c6, c7, c8 = coefficients  # each at most 5 (p - 1); X^5 = 1 - X^2
    nine = np.uint64(9) * _P
    result = [c0 + c5 + nine - c8, c1 + c6, c2 + c7 + nine - c5 + c8, c3 + c8 + nine - c6, c4 + nine - c7]
    return np.stack([x % _P * _R_INVERSE % _P for x in result]).astype(np.uint32)
