"""The last six variables of the fraction tree: fractions on at most 64 lanes (prover side)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.extension import DEGREE, K
from core_vm.stark.eq_tables import eq_lanes
from core_vm.stark.gkr.layer_rounds import HALF, LayerRounds
from core_vm.stark.gkr.tree import Fractions
from core_vm.stark.words import Words, interleaved


def combine_lanes(fractions: Fractions) -> Fractions:
    """Lane l with lane l + half: the fractions of one layer further up."""
    n, e = fractions
    half = len(n) // 2
    pairs = list(zip(n[:half], n[half:], e[:half], e[half:], strict=True))
    return (
        [n0 * (1 + e1) + n1 * (1 + e0) for n0, n1, e0, e1 in pairs],
        [e0 + e1 + e0 * e1 for _, _, e0, e1 in pairs],
    )


def lane_entry(fractions: Fractions, batching: K) -> Words:
    """The working copy a0, a1, e0, e1 of a layer's two halves: flat (4, 64, 5), unused lanes zero."""
    n, e = fractions
    half, weight = len(n) // 2, batching * HALF
    a = [x + weight * (1 + y) for x, y in zip(n, e, strict=True)]
    entry = np.zeros((4, TILE, 5), np.uint32)
    for k, part in enumerate((a[:half], a[half:], e[:half], e[half:])):
        entry[k, :half] = interleaved(part).reshape(half, 5)
    return entry.reshape(-1)


def prove_lane_rounds(rounds: LayerRounds, entry: Words, lane_point: Sequence[K]) -> list[K]:
    """The last rounds of a layer; returns its halves n0, n1, e0, e1."""
    from core_vm.stark.gkr.round_kernels import lane_message

    half = 1 << len(lane_point)
    for number, weights in enumerate(eq_lanes(lane_point)[1:]):
        half //= 2
        lane_message(entry, half, number > 0, weights, *rounds.round_words)
        rounds.exchange()
    *words, _ = rounds.round_words
    halves = np.empty(4 * DEGREE, np.uint32)
    lane_message(entry, 0, len(lane_point) > 0, entry, *words, halves)
    values = halves.tolist()
    return [K(*values[at : at + DEGREE]) for at in range(0, len(values), DEGREE)]
