"""The rounds of one layer of the fraction tree as the prover's control flow sees them: messages out, challenges in.

Between two rounds nothing becomes an object but the challenge. What a round computes with stays in words, from the
kernels that sum to those that fold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core_vm.air.table import LOG_TILE
from core_vm.errors import WitnessError
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.stark.eq_tables import point_weights
from core_vm.stark.gkr.round_kernels import BATCHING, CLAIM, DIFFERENCE, LEADING, LINEAR, MESSAGE, STATE_WORDS
from core_vm.stark.gkr.verifier import join_halves
from core_vm.stark.words import Words, interleaved

if TYPE_CHECKING:
    from core_vm.transcript.channel import ProverChannel


class LayerClaim(NamedTuple):
    """`GkrClaim`, with the point in words. `changes` are what N and E have more at 1 than at 0 along the point's first
    coordinate; they are not known of groups."""

    point: Words
    n: K
    e: K
    changes: tuple[K, K] = (K.zero, K.zero)


class LayerWeights(NamedTuple):
    """`PointWeights` of a point of the tree: of its tile bits; of positions, inner bits and groups; and of its last
    variables, lanes and groups. `of_lanes` are the weights of the 64 lanes alone, as planes."""

    tiles: list[Words]
    positions: list[Words]
    last: list[Words]
    of_lanes: Words
    inverses: Words

    @staticmethod
    def of(point: Words, tile_rounds: int, whole: int, group_bits: int) -> LayerWeights:
        """`whole` rounds are over whole tiles, the first of them over tile bits. A point lists groups from the highest
        bit, behind the lanes; the position's weights need them behind its inner bits, from the lowest."""
        bounds, ends = DEGREE * whole, len(point) - DEGREE * group_bits
        groups = np.ascontiguousarray(point[ends:].reshape(-1, DEGREE)[::-1]).reshape(-1)
        twice = np.concatenate([point[:bounds], groups, point[bounds:]])
        tiles, positions, last, inverses = point_weights(twice, min(tile_rounds, whole), whole + group_bits)
        of_lanes = last[0].reshape(-1, 1 << group_bits, DEGREE).sum(axis=1, dtype=np.uint64) % np.uint64(P)
        planes = np.ascontiguousarray(of_lanes.T.astype(np.uint32)).reshape(-1)
        of_rounds = np.concatenate([inverses[:bounds], inverses[bounds + len(groups) :]])
        return LayerWeights(tiles, positions, last, planes, of_rounds)


class LayerRounds:
    """What leads from the claim `above` to one about the layer below. `state` is what `round_kernels` says; `whole` is
    how many rounds are over whole tiles, `tile_rounds` of them over tile bits."""

    def __init__(self, channel: ProverChannel, above: LayerClaim, tile_rounds: int, group_bits: int = 0) -> None:
        self.channel, self.point = channel, above.point
        self.batching = channel.challenge("gkr_batching")
        self.whole = max(0, len(above.point) // DEGREE - LOG_TILE - group_bits)
        self.weights = LayerWeights.of(above.point, tile_rounds, self.whole, group_bits)
        self.state = np.zeros(STATE_WORDS, np.uint32)
        claim, change = (n + self.batching * e for n, e in ((above.n, above.e), above.changes))
        self.state[BATCHING:LEADING] = interleaved([self.batching, claim, change])
        self.bound: list[K] = []
        self._point_below = np.empty(len(above.point) + DEGREE, np.uint32)

    @property
    def words(self) -> tuple[Words, Words, int, Words]:
        """The last arguments of a kernel that makes this round's message."""
        return self.point, self.weights.inverses, len(self.bound), self.state

    def exchange(self) -> None:
        """Send the message that is ready, and draw the challenge."""
        self.channel.send_coefficients("gkr_round", self.state[MESSAGE : MESSAGE + 2 * DEGREE].tolist())
        r = self.channel.challenge("gkr_round")
        self.state[:DEGREE] = [c * MONTGOMERY_R % P for c in r.c]
        self.bound.append(r)
        at = DEGREE * len(self.bound)
        self._point_below[at : at + DEGREE] = self.state[:DEGREE]

    def forget_retired(self) -> None:
        """All interactions take part from now on."""
        self.state[LINEAR:MESSAGE] = 0

    def end(self, check: bool) -> LayerClaim:
        """Send the layer's halves, which are ready, and join them."""
        values = self.state[MESSAGE:].tolist()
        halves = [K(*values[at : at + DEGREE]) for at in range(0, len(values), DEGREE)]
        if check and self.state[CLAIM:DIFFERENCE].any():  # the last kernel took the halves' value from it
            raise WitnessError("a layer of the fraction tree does not match its halves: memory or a kernel is at fault")
        self.channel.send_extension("gkr_halves", halves)
        r = self.channel.challenge("gkr_half")
        self._point_below[:DEGREE] = interleaved([r])
        n0, n1, e0, e1 = halves
        return LayerClaim(self._point_below, *join_halves(halves, r), (n1 - n0, e1 - e0))
