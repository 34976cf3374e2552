"""The last six variables of the fraction tree: fractions on at most 64 lanes, where scalar steps suffice (prover
side)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.extension import K
from core_vm.stark.eq_tables import eq_lanes
from core_vm.stark.gkr.tile_rounds import HALF
from core_vm.stark.gkr.tree import Fractions
from core_vm.stark.sumcheck import difference_from, send_round
from core_vm.stark.words import Words, elements_of, interleaved

if TYPE_CHECKING:
    from core_vm.transcript.channel import ProverChannel


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


def prove_lane_rounds(
    channel: ProverChannel, entry: Words, lane_point: Sequence[K], lane_inverses: Sequence[K], claim: K, batching: K
) -> tuple[list[K], list[K], K]:
    """The last rounds of a layer; `lane_inverses` are those of the point's coordinates.

    Returns the challenges, the layer's halves (n0, n1, e0, e1), and the last claim.
    """
    from core_vm.stark.gkr.lane_kernels import lane_fold, lane_sums

    bound, words, sums = [], interleaved([batching]), np.empty(10, np.uint32)
    half = 1 << len(lane_point)
    for z, inverse, weights in zip(lane_point, lane_inverses, eq_lanes(lane_point)[1:], strict=True):
        half //= 2
        lane_sums(entry, half, weights, words, sums)
        at_zero, leading = elements_of(sums)
        r, claim = send_round(channel, "gkr_round", claim, z, [difference_from(claim, inverse, at_zero), leading])
        lane_fold(entry, half, interleaved([r]))
        bound.append(r)
    a0, a1, e0, e1 = elements_of(entry.reshape(4, -1)[:, :5].reshape(-1))
    weight = batching * HALF
    return bound, [a0 - weight * (1 + e0), a1 - weight * (1 + e1), e0, e1], claim
