"""The prover's side of the fraction tree: build its layers, then one sumcheck a layer from the root to the leaves.

Layer 0 is the leaf layer. Step k combines entries 2x and 2x + 1 of a group: while tile bits are combined a group is an
interaction, afterwards all interactions are one group; what remains are 64 fractions, one a lane, for `gkr_lanes`.
The layers above the leaves lie one behind the other in `memory`: a sumcheck on a layer overwrites the layers above it,
which are done with. The leaf layer is more than all of them together, and is computed anew each time it is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from core_vm.air.table import LOG_TILE, TILE
from core_vm.errors import WitnessError
from core_vm.field.extension import K, from_planes
from core_vm.field.threads import run_ranges
from core_vm.stark.gkr_lanes import Fractions, combine_lanes, lane_entry, prove_lane_rounds
from core_vm.stark.gkr_layer import (
    ENTRY_WORDS,
    FRACTION_WORDS,
    LEAF_WORDS,
    Layer,
    LayerSumcheck,
    halved,
    plan_rounds,
    planes_of_blocks,
    single_group,
    threads_for,
)
from core_vm.stark.leaves import Leaves
from core_vm.stark.logup_gkr import GkrClaim, join_halves, layer_value
from core_vm.stark.proof import ShardShape
from core_vm.stark.sumcheck import difference_from, inverses, send_round
from core_vm.stark.words import Integers, Words, eq_lanes
from core_vm.stark.workspace import aligned_words

if TYPE_CHECKING:
    from core_vm.hash.transcript import ProverChannel


def plan_layers(leaves: Leaves, shape: ShardShape) -> list[Layer]:
    """All layers of whole tiles, the leaves first; the last has one tile."""
    layers, starts, offset = [], leaves.starts, FRACTION_WORDS  # behind the tile of zeros
    for step in range(shape.tile_bits + shape.interaction_bits + 1):
        if step >= shape.tile_bits:
            starts = single_group(starts)
        layers.append(Layer(offset, starts, None if step else leaves))
        offset, starts = layers[-1].end, halved(starts)
    return layers


def tree_words(layers: Sequence[Layer]) -> int:
    """How many words `memory` needs: all layers above the leaves, 10 words a leaf, and any layer with the working
    copies of its sumcheck behind it."""
    need = layers[-1].end
    for child, parent in pairwise(layers):
        first = halved(parent.starts)
        entries = 1 + int(first[-1]) + int(halved(first)[-1])
        need = max(need, child.end + entries * ENTRY_WORDS)
    return need


def build_layers(memory: Words, layers: Sequence[Layer], threads: int) -> None:
    """Fill every layer above the first of these."""
    from core_vm.stark.gkr_kernels import combine_layer

    for child, parent in pairwise(layers):
        starts = halved(child.starts)

        def work(
            start: int, stop: int, child: Layer = child, parent: Layer = parent, starts: Integers = starts
        ) -> None:
            children = child.children(memory)
            combine_layer(
                memory, children, child.offset, child.leaves, child.starts, parent.offset, starts, start, stop
            )  # fmt: skip

        total = int(starts[-1])
        run_ranges(work, total, threads_for(total, threads))


def tile_fractions(memory: Words, layer: Layer, tile: int) -> Fractions:
    """The 64 fractions of a tile; zeros beyond the layer's last."""
    from core_vm.stark.leaf_kernels import leaf_tile

    if tile >= layer.starts[-1]:
        return [K.zero] * TILE, [K.zero] * TILE
    if layer.leaves is None:
        at = layer.offset + tile * FRACTION_WORDS
        words = memory[at : at + FRACTION_WORDS]
    else:
        words = aligned_words(LEAF_WORDS)
        leaf_tile(layer.leaves, tile, words)
    planes = planes_of_blocks(words, len(words) // TILE)
    numerators = np.zeros((5, TILE), np.uint32)
    numerators[: len(planes) - 5] = planes[:-5]
    return from_planes(numerators), from_planes(planes[-5:])


def lane_layers(memory: Words, top: Layer) -> list[Fractions]:
    """The layers of 64, 32, ..., 1 fractions above the last layer of whole tiles."""
    layers = [tile_fractions(memory, top, 0)]
    while len(layers[-1][0]) > 1:
        layers.append(combine_lanes(layers[-1]))
    return layers


def prove_gkr(
    channel: ProverChannel,
    memory: Words,
    layers: Sequence[Layer],
    shape: ShardShape,
    public: K,
    threads: int,
    check: bool,
) -> GkrClaim:
    """Prove that the leaves' fractions and `public` add up to zero, in the order that `verify_gkr` reads.

    Raises WitnessError if they do not and `check` is set.
    """
    lanes = lane_layers(memory, layers[-1])
    n, e = lanes[-1][0][0], lanes[-1][1][0]
    if check and n + public * (1 + e):
        raise WitnessError("the buses do not balance; `check_trace` names the messages")
    channel.send_extension("gkr_root", [n, e])
    claim = GkrClaim([], n, e)
    for fractions in reversed(lanes[:-1]):
        batching = channel.challenge("gkr_batching")
        entry = lane_entry(fractions, batching)
        bound, halves, _ = prove_lane_rounds(channel, entry, claim.point, claim.n + batching * claim.e, batching)
        claim = _join(channel, halves, bound)
    for child, parent in zip(reversed(layers[:-1]), reversed(layers[1:]), strict=True):
        claim = _prove_layer(channel, memory, child, parent, shape, claim, threads, check)
    return claim


def _prove_layer(
    channel: ProverChannel, memory: Words, child: Layer, parent: Layer, shape: ShardShape, above: GkrClaim,
    threads: int, check: bool,
) -> GkrClaim:  # fmt: skip
    batching = channel.challenge("gkr_batching")
    claim, bound = above.n + batching * above.e, []
    whole = len(above.point) - LOG_TILE
    first_interaction = whole - min(shape.interaction_bits, whole)
    rounds = plan_rounds(parent.starts, above.point[:first_interaction], above.point[first_interaction:whole])
    lane_point = above.point[whole:]
    if rounds:
        sumcheck = LayerSumcheck(memory, child, parent, rounds, eq_lanes(lane_point)[0], batching, threads)
        at_zero, leading = sumcheck.first_sums()
        for number, (this, inverse) in enumerate(zip(rounds, inverses(above.point[:whole]), strict=True)):
            message = [difference_from(claim, inverse, at_zero), leading]
            r, claim = send_round(channel, "gkr_round", claim, this.z, message)
            at_zero, leading = sumcheck.fold(number, r)
            bound.append(r)
        entry = sumcheck.entry()
    else:
        n, e = (low + high for low, high in zip(*(tile_fractions(memory, child, tile) for tile in (0, 1)), strict=True))
        entry = lane_entry((n, e), batching)
    lane_bound, halves, claim = prove_lane_rounds(channel, entry, lane_point, claim, batching)
    if check and layer_value(halves, batching) != claim:
        raise WitnessError("a layer of the fraction tree does not match its halves: memory or a kernel is at fault")
    return _join(channel, halves, [*bound, *lane_bound])


def _join(channel: ProverChannel, halves: list[K], bound: list[K]) -> GkrClaim:
    channel.send_extension("gkr_halves", halves)
    r = channel.challenge("gkr_half")
    n, e = join_halves(halves, r)
    return GkrClaim([r, *bound], n, e)
