"""The last variables of the fraction tree, six of lanes and those of groups (prover side).

Fractions of a layer are interleaved, (2, n, 5): the numerators, and e = d - 1, lane by lane, and group by group in
each. All n count as lanes here.
"""

from __future__ import annotations

import numpy as np

from core_vm.field.extension import DEGREE
from core_vm.stark.gkr.lane_kernels import FOLD, FRACTIONS, LEAST_WIDTH, READY, combine_lanes, lane_message
from core_vm.stark.gkr.layer_rounds import LayerRounds
from core_vm.stark.words import Words


def layer_above(fractions: Words) -> Words:
    """Lane l with lane l + half: the fractions of one layer further up."""
    above = np.empty((2, fractions.shape[1] // 2, DEGREE), np.uint32)
    combine_lanes(fractions.reshape(-1), above.reshape(-1))
    return above


def prove_fractions(rounds: LayerRounds, fractions: Words) -> None:
    """All rounds of a layer that has no round over whole tiles. Its halves are ready to be sent then."""
    _prove(rounds, fractions.reshape(4, -1, DEGREE).transpose(0, 2, 1), FRACTIONS)


def prove_entry(rounds: LayerRounds, entry: Words) -> None:
    """The last rounds of a layer, from the entry n0, a1, e0, e1, (4, 5, n), of the tile rounds. Then its halves are
    ready."""
    _prove(rounds, entry, READY)


def _prove(rounds: LayerRounds, planes: Words, form: int) -> None:
    lanes = planes.shape[-1]
    wide = np.zeros((4, DEGREE, max(LEAST_WIDTH, lanes)), np.uint32)
    wide[:, :, :lanes] = planes
    tables, entry = rounds.weights.last, wide.reshape(-1)
    half = 1 << len(tables) - 1
    for weights in tables[1:]:
        half //= 2
        lane_message(entry, half, form, weights, *rounds.words)
        rounds.exchange()
        form = FOLD
    lane_message(entry, 0, form, tables[-1], *rounds.words)
