"""The last six variables of the fraction tree: fractions on at most 64 lanes (prover side).

Fractions of a layer are interleaved, (2, lanes, 5): the numerators, and e = d - 1.
"""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.extension import DEGREE
from core_vm.stark.gkr.layer_rounds import LayerRounds
from core_vm.stark.gkr.round_kernels import FOLD, FRACTIONS, READY, combine_lanes, lane_message
from core_vm.stark.words import Words


def layer_above(fractions: Words) -> Words:
    """Lane l with lane l + half: the fractions of one layer further up."""
    above = np.empty((2, fractions.shape[1] // 2, DEGREE), np.uint32)
    combine_lanes(fractions.reshape(-1), above.reshape(-1))
    return above


def prove_fractions(rounds: LayerRounds, fractions: Words) -> None:
    """All rounds of a layer of at most 128 fractions. Its halves are ready to be sent then."""
    half = fractions.shape[1] // 2
    entry = np.zeros((2, 2, TILE, DEGREE), np.uint32)
    entry[:, :, :half] = fractions.reshape(2, 2, half, DEGREE)
    _prove(rounds, entry.reshape(-1), FRACTIONS)


def prove_entry(rounds: LayerRounds, entry: Words) -> None:
    """The last rounds of a layer, from the entry n0, a1, e0, e1, flat (4, 64, 5), of the tile rounds. Then its halves
    are ready."""
    _prove(rounds, entry, READY)


def _prove(rounds: LayerRounds, entry: Words, form: int) -> None:
    tables = rounds.weights.lanes
    half = 1 << len(tables) - 1
    for weights in tables[1:]:
        half //= 2
        lane_message(entry, half, form, weights, *rounds.words)
        rounds.exchange()
        form = FOLD
    lane_message(entry, 0, form, tables[-1], *rounds.words)
