"""The prover's side of the fraction tree: build its layers, then one sumcheck a layer from the root to the inputs.

Layer 0 is the input layer. While tile bits are combined, entries are grouped by interaction, afterwards all
positions are one; what remains are 64 fractions of each group, one a lane, for `lane_rounds`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core_vm.air.grouping import Grouping
from core_vm.errors import LogUpRejection, WitnessError
from core_vm.field.extension import DEGREE, K
from core_vm.host.threads import run_ranges
from core_vm.stark.gkr.lane_rounds import layer_above, prove_entry, prove_fractions
from core_vm.stark.gkr.layer_rounds import LayerClaim, LayerRounds
from core_vm.stark.gkr.tile_rounds import LayerSumcheck, threads_for
from core_vm.stark.gkr.tree import FractionTree, input_room
from core_vm.stark.gkr.verifier import GkrClaim, PublicPart, claim_of_groups, require_balance, root_values
from core_vm.stark.words import Int64, Words, elements_of, interleaved
from core_vm.transcript.numbers import NUMBERS

if TYPE_CHECKING:
    from core_vm.transcript.channel import ProverChannel


def build_layers(memory: Words, tree: FractionTree, first: int, threads: int) -> None:
    """Fill every layer above layer `first`."""
    from core_vm.stark.gkr.tree_kernels import combine_layer, multiply_layer

    for layer in range(first, tree.layers.depth):
        fractions, factors = tree.joined[layer]

        def work(start: int, stop: int, layer: int = layer, rows: Int64 = fractions) -> None:
            children, inputs = (memory, None) if layer else (input_room(), tree.inputs)
            combine_layer(memory, children, inputs, rows, start, stop)

        def work_on_factors(start: int, stop: int, rows: Int64 = factors) -> None:
            multiply_layer(memory, rows, start, stop)

        run_ranges(work, len(fractions), threads_for(len(fractions), threads))
        run_ranges(work_on_factors, len(factors), threads_for(len(factors), threads))


def lane_layers(memory: Words, tree: FractionTree) -> list[Words]:
    """The layers of 64, 32, ..., 1 fractions a group above the last layer of whole tiles, (2, n, 5)."""
    layers = [tree.fractions(memory, tree.layers.depth).reshape(2, -1, DEGREE)]
    while layers[-1].shape[1] > tree.groups:
        layers.append(layer_above(layers[-1]))
    return layers


def prove_gkr(
    channel: ProverChannel, memory: Words, tree: FractionTree, public: PublicPart, threads: int, check: bool
) -> GkrClaim:
    """Prove that the inputs and `public` balance, in the order that `verify_gkr` reads.

    Raises WitnessError if they do not and `check` is set.
    """
    lanes = lane_layers(memory, tree)
    roots = root_values(tree.grouping, *map(elements_of, lanes[-1].reshape(2, -1)))
    if check:
        _check_balance(tree.grouping, roots, public)
    channel.send_extension("gkr_root", roots)
    n, e, point = claim_of_groups(channel, NUMBERS, tree.grouping, roots)
    claim, group_bits = LayerClaim(interleaved(point), n, e), tree.grouping.group_bits
    for fractions in reversed(lanes[:-1]):
        rounds = LayerRounds(channel, claim, 0, group_bits)
        prove_fractions(rounds, fractions)
        claim = rounds.end(check)
    for child in reversed(range(tree.layers.depth)):
        rounds = LayerRounds(channel, claim, max(0, tree.layers.tile_bits - 1 - child), group_bits)
        if rounds.whole:
            prove_entry(rounds, LayerSumcheck(rounds, memory, tree, child, threads).prove())
        else:
            prove_fractions(rounds, tree.fractions(memory, child))
        claim = rounds.end(check)
    return GkrClaim(elements_of(claim.point), claim.n, claim.e)


def _check_balance(grouping: Grouping, roots: list[K], public: PublicPart) -> None:
    try:
        require_balance(NUMBERS, grouping, roots, public)
    except LogUpRejection as error:
        raise WitnessError("the buses do not balance; `check_trace` names the messages") from error
