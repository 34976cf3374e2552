"""The prover's side of the fraction tree: build its layers, then one sumcheck a layer from the root to the inputs.

Layer 0 is the input layer. While tile bits are combined, entries are grouped by interaction, afterwards all
interactions are one group; what remains are 64 fractions, one a lane, for `lane_rounds`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core_vm.errors import WitnessError
from core_vm.field.extension import K
from core_vm.host.threads import run_ranges
from core_vm.stark.gkr.lane_rounds import layer_above, prove_entry, prove_fractions
from core_vm.stark.gkr.layer_rounds import LayerClaim, LayerRounds
from core_vm.stark.gkr.tile_rounds import LayerSumcheck, threads_for
from core_vm.stark.gkr.tree import FractionTree, input_room
from core_vm.stark.gkr.verifier import GkrClaim
from core_vm.stark.words import Words, elements_of

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


def lane_layers(memory: Words, tree: FractionTree) -> list[Words]:
    """The layers of 64, 32, ..., 1 fractions above the last layer of whole tiles."""
    depth = tree.layers.depth
    layers = [tree.tile_fractions(memory, depth, int(tree.places[depth][0]))]
    while layers[-1].shape[1] > 1:
        layers.append(layer_above(layers[-1]))
    return layers


def prove_gkr(
    channel: ProverChannel, memory: Words, tree: FractionTree, public: K, threads: int, check: bool
) -> GkrClaim:
    """Prove that the inputs' fractions and `public` add up to zero, in the order that `verify_gkr` reads.

    Raises WitnessError if they do not and `check` is set.
    """
    lanes = lane_layers(memory, tree)
    n, e = elements_of(lanes[-1].reshape(-1))
    if check and n + public * (1 + e):
        raise WitnessError("the buses do not balance; `check_trace` names the messages")
    channel.send_extension("gkr_root", [n, e])
    claim = LayerClaim(np.zeros(0, np.uint32), n, e)
    for fractions in reversed(lanes[:-1]):
        rounds = LayerRounds(channel, claim, 0)
        prove_fractions(rounds, fractions)
        claim = rounds.end(check)
    for child in reversed(range(tree.layers.depth)):
        rounds = LayerRounds(channel, claim, max(0, tree.layers.tile_bits - 1 - child))
        if rounds.whole:
            prove_entry(rounds, LayerSumcheck(rounds, memory, tree, child, threads).prove())
        else:
            prove_fractions(rounds, _two_tiles(memory, tree, child))
        claim = rounds.end(check)
    return GkrClaim(elements_of(claim.point), claim.n, claim.e)


def _two_tiles(memory: Words, tree: FractionTree, child: int) -> Words:
    """The fractions of the layer that has two tiles."""
    (places,) = tree.places[child][tree.layers.steps[child].children[:1]]
    return np.concatenate([tree.tile_fractions(memory, child, int(place)) for place in places], axis=1)
