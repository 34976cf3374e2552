"""Which compressions a shard's tables ask for: equal ones are computed, and proved, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from core_vm.tables.source import WitnessSource

MIXER = 0x9E3779B97F4A7C15
"""Equal rows are found by a hash: words times powers of it, summed. It decides how fast, never what the result is."""


@dataclass(frozen=True)
class Compressions:
    """`inputs` (n, 16) uint32 canonical, all different; `multiplicity` (n,) int64: how many messages ask for each."""

    inputs: np.ndarray
    multiplicity: np.ndarray

    def __len__(self) -> int:
        return len(self.inputs)


def collect_compressions(source: WitnessSource) -> Compressions:
    """All that the rows of the shard's tables send on the bus COMPRESS."""
    requests = [module.compressions(source) for module in source.modules if module.compressions]
    return distinct(np.concatenate(requests))


def distinct(inputs: np.ndarray) -> Compressions:
    """Count equal rows of `inputs` (n, 16) uint32."""
    words = np.ascontiguousarray(inputs).view(np.uint64)
    weights = np.array([pow(MIXER, i + 1, 2**64) | 1 for i in range(words.shape[1])], np.uint64)
    hashed = (words ^ (words >> np.uint64(29))) @ weights
    _, first, place = np.unique(hashed, return_index=True, return_inverse=True)
    if np.array_equal(inputs[first][place], inputs):
        return Compressions(inputs[first], np.bincount(place, minlength=len(first)))
    rows, counts = np.unique(inputs, axis=0, return_counts=True)  # two different rows met in one hash
    return Compressions(rows, counts)
