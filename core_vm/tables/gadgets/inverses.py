"""Inverses modulo p of whole arrays, for witnesses."""

from __future__ import annotations

import numpy as np

from core_vm.host.memory import aligned_words


def inverses(values: np.ndarray) -> np.ndarray:
    """1 / value modulo p, uint64 (n,), of canonical values; 0 for 0."""
    from core_vm.field.inversion_kernels import invert
    from core_vm.field.packed.lanes import LANES

    values = np.asarray(values)
    words = aligned_words(max(1, -(-len(values) // LANES)) * LANES)
    words[: len(values)], words[len(values) :] = values, 1
    is_zero = words == 0
    words[is_zero] = 1
    invert(words, np.empty_like(words))
    words[is_zero] = 0
    return words[: len(values)].astype(np.uint64)
