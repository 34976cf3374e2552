"""Inverses modulo p of whole arrays, for witnesses."""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import P


def inverses(values: np.ndarray) -> np.ndarray:
    """1 / value modulo p, uint64 (n,), of canonical values; 0 for 0. By Fermat: value^(p - 2)."""
    base = np.asarray(values).astype(np.uint64)
    result = np.ones_like(base)
    exponent = P - 2
    while exponent:
        if exponent & 1:
            result = result * base % np.uint64(P)
        base = base * base % np.uint64(P)
        exponent >>= 1
    return result
