"""Which compressions a shard's trees ask for: equal ones are computed, and proved, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core_vm.tables.gadgets.rows import split_limbs

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
    """All that program rows, leaves and nodes send on the bus COMPRESS."""
    events, nodes = source.events, source.nodes
    program = source.program
    requests = [
        program.leaf_elements(program.slot_of(events.program_counts[0])),
        split_limbs(events.before).reshape(-1, 16),
        split_limbs(events.after).reshape(-1, 16),
        np.concatenate([nodes.left_before, nodes.right_before], axis=1),
        np.concatenate([nodes.left_after, nodes.right_after], axis=1),
    ]
    return distinct(np.concatenate([part.astype(np.uint32) for part in requests]))


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
