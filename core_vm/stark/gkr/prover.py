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
from core_vm.stark.gkr.layer_rounds import LayerRounds
from core_vm.stark.gkr.layers import pick
from core_vm.stark.gkr.tile_rounds import LayerSumcheck, threads_for
from core_vm.stark.gkr.tree import Fractions, FractionTree, input_room
from core_vm.stark.gkr.verifier import GkrClaim, join_halves, layer_value
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
        rounds = _begin_layer(channel, claim)
        halves = prove_lane_rounds(rounds, lane_entry(fractions, rounds.batching), claim.point)
        claim = _end_layer(rounds, halves, check)
    for child in reversed(range(tree.layers.depth)):
        rounds = _begin_layer(channel, claim)
        halves = _prove_layer(rounds, memory, tree, child, claim.point, threads)
        claim = _end_layer(rounds, halves, check)
    return claim


def _begin_layer(channel: ProverChannel, above: GkrClaim) -> LayerRounds:
    batching = channel.challenge("gkr_batching")
    return LayerRounds(channel, above.point, above.n + batching * above.e, batching)


def _prove_layer(
    rounds: LayerRounds, memory: Words, tree: FractionTree, child: int, point: list[K], threads: int
) -> list[K]:
    """A layer of whole tiles; returns its halves."""
    whole = len(point) - LOG_TILE
    if not whole:
        return prove_lane_rounds(rounds, lane_entry(_halves(memory, tree, child), rounds.batching), point)
    tile_rounds = max(0, tree.layers.tile_bits - 1 - child)
    points = point[:tile_rounds], point[tile_rounds:whole]
    entry = LayerSumcheck(rounds, memory, tree, child, *points, eq_lanes(point[whole:])[0], threads).prove()
    return prove_lane_rounds(rounds, entry, point[whole:])


def _end_layer(rounds: LayerRounds, halves: list[K], check: bool) -> GkrClaim:
    if check and layer_value(halves, rounds.batching) != rounds.claim:
        raise WitnessError("a layer of the fraction tree does not match its halves: memory or a kernel is at fault")
    rounds.channel.send_extension("gkr_halves", halves)
    r = rounds.channel.challenge("gkr_half")
    return GkrClaim([r, *rounds.bound], *join_halves(halves, r))


def _halves(memory: Words, tree: FractionTree, child: int) -> Fractions:
    """The fractions of the layer that has two tiles."""
    step, missing = tree.layers.steps[child], tree.missing(child)
    places = [pick(tree.places[child], half, missing) for half in (step.left, step.right)]
    left, right = (tree.tile_fractions(memory, child, int(half[0]) if len(half) else missing) for half in places)
    return left[0] + right[0], left[1] + right[1]
