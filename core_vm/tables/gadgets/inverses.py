"""Inverses modulo p of whole arrays, for witnesses."""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import P, inverse

_P = np.uint64(P)


def inverses(values: np.ndarray) -> np.ndarray:
    """1 / value modulo p, uint64 (n,), of canonical values; 0 for 0.

    One inversion for all (Montgomery's trick): the inverse of a product of two, times one, inverts the other.
    """
    values = np.asarray(values).astype(np.uint64)
    is_zero = values == 0
    return np.where(is_zero, np.uint64(0), _all_inverses(np.where(is_zero, np.uint64(1), values)))


def _all_inverses(values: np.ndarray) -> np.ndarray:
    if len(values) <= 1:
        return np.array([inverse(int(v)) for v in values], np.uint64)
    half = (len(values) + 1) // 2
    first, second = values[:half], np.ones(half, np.uint64)
    second[: len(values) - half] = values[half:]
    products = _all_inverses(first * second % _P)
    return np.concatenate([products * second % _P, products * first % _P])[: len(values)]
