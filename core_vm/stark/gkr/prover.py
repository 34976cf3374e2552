"""The prover's side of the fraction tree: build its layers, then one sumcheck a layer from the root to the inputs.

Layer 0 is the input layer. While tile bits are combined, entries are grouped by interaction, afterwards all
interactions are one group; what remains are 64 fractions, one a lane, for `lane_rounds`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core_vm.air.table import LOG_TILE
from core_vm.errors import WitnessError
from core_vm.field.extension import K
from core_vm.host.threads import run_ranges
from core_vm.stark.eq_tables import eq_lanes
from core_vm.stark.gkr.lane_rounds import combine_lanes, lane_entry, prove_lane_rounds
from core_vm.stark.gkr.layers import pick
from core_vm.stark.gkr.tile_rounds import LayerSumcheck, threads_for
from core_vm.stark.gkr.tree import Fractions, FractionTree, input_room
from core_vm.stark.gkr.verifier import GkrClaim, join_halves, layer_value
from core_vm.stark.sumcheck import difference_from, inverses, send_round
from core_vm.stark.words import Words

if TYPE_CHECKING:
    from core_vm.transcript.channel import ProverChannel


def build_layers(memory: Words, tree: FractionTree, first: int, threads: int) -> None:
    """Fill every layer above layer `first`."""
    from core_vm.stark.gkr.tree_kernels import combine_layer

    for layer in range(first, tree.layers.depth):

        def work(start: int, stop: int, layer: int = layer) -> None:
            children, inputs = (memory, None) if layer else (input_room(), tree.inputs)
            combine_layer(memory, children, inputs, tree.joined[layer], start, stop)

        total = len(tree.joined[layer])
        run_ranges(work, total, threads_for(total, threads))


def lane_layers(memory: Words, tree: FractionTree) -> list[Fractions]:
    """The layers of 64, 32, ..., 1 fractions above the last layer of whole tiles."""
    depth = tree.layers.depth
    top = int(tree.places[depth][0]) if tree.layers.sizes[depth] else tree.missing(depth)
    layers = [tree.tile_fractions(memory, depth, top)]
    while len(layers[-1][0]) > 1:
        layers.append(combine_lanes(layers[-1]))
    return layers


def prove_gkr(
    channel: ProverChannel, memory: Words, tree: FractionTree, public: K, threads: int, check: bool
) -> GkrClaim:
    """Prove that the inputs' fractions and `public` add up to zero, in the order that `verify_gkr` reads.

    Raises WitnessError if they do not and `check` is set.
    """
    lanes = lane_layers(memory, tree)
    n, e = lanes[-1][0][0], lanes[-1][1][0]
    if check and n + public * (1 + e):
        raise WitnessError("the buses do not balance; `check_trace` names the messages")
    channel.send_extension("gkr_root", [n, e])
    claim = GkrClaim([], n, e)
    for fractions in reversed(lanes[:-1]):
        batching = channel.challenge("gkr_batching")
        entry = lane_entry(fractions, batching)
        start = claim.n + batching * claim.e
        bound, halves, _ = prove_lane_rounds(channel, entry, claim.point, inverses(claim.point), start, batching)
        claim = _join(channel, halves, bound)
    for child in reversed(range(tree.layers.depth)):
        claim = _prove_layer(channel, memory, tree, child, claim, threads, check)
    return claim


def _prove_layer(
    channel: ProverChannel, memory: Words, tree: FractionTree, child: int, above: GkrClaim, threads: int, check: bool
) -> GkrClaim:
    batching = channel.challenge("gkr_batching")
    claim, bound = above.n + batching * above.e, []
    whole = len(above.point) - LOG_TILE
    tile_rounds = max(0, tree.layers.tile_bits - 1 - child)
    lane_point, inverse = above.point[whole:], inverses(above.point)
    if whole:
        points = above.point[:tile_rounds], above.point[tile_rounds:whole]
        sumcheck = LayerSumcheck(memory, tree, child, *points, eq_lanes(lane_point)[0], batching, threads)
        at_zero, leading = sumcheck.first_sums()
        for number, z in enumerate(above.point[:whole]):
            message = [difference_from(claim, inverse[number], at_zero), leading]
            r, claim = send_round(channel, "gkr_round", claim, z, message)
            at_zero, leading = sumcheck.fold(number, r)
            bound.append(r)
        entry = sumcheck.entry()
    else:
        entry = lane_entry(_halves(memory, tree, child), batching)
    lane_bound, halves, claim = prove_lane_rounds(channel, entry, lane_point, inverse[whole:], claim, batching)
    if check and layer_value(halves, batching) != claim:
        raise WitnessError("a layer of the fraction tree does not match its halves: memory or a kernel is at fault")
    return _join(channel, halves, [*bound, *lane_bound])


def _halves(memory: Words, tree: FractionTree, child: int) -> Fractions:
    """The fractions of the layer that has two tiles."""
    step, missing = tree.layers.steps[child], tree.missing(child)
    places = [pick(tree.places[child], half, missing) for half in (step.left, step.right)]
    left, right = (tree.tile_fractions(memory, child, int(half[0]) if len(half) else missing) for half in places)
    return left[0] + right[0], left[1] + right[1]


def _join(channel: ProverChannel, halves: list[K], bound: list[K]) -> GkrClaim:
    channel.send_extension("gkr_halves", halves)
    r = channel.challenge("gkr_half")
    n, e = join_halves(halves, r)
    return GkrClaim([r, *bound], n, e)
