"""The rounds over lanes alone: layers of at most 128 fractions, from the root to the last, as a verifier reads them."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.air.grouping import Grouping
from core_vm.errors import WitnessError
from core_vm.field.extension import DEGREE, K, eq_table, inner
from core_vm.stark.gkr.lane_rounds import layer_above, prove_fractions
from core_vm.stark.gkr.layer_rounds import LayerClaim, LayerRounds
from core_vm.stark.gkr.verifier import PublicPart, verify_gkr
from core_vm.stark.words import Words, elements_of, interleaved
from core_vm.transcript.channel import ProverChannel, VerifierChannel
from tests.elements import random_point


def random_layers(lanes: int) -> list[Words]:
    """From so many random fractions to the root."""
    words = interleaved(random_point(random.Random(lanes), 2 * lanes))
    layers = [words.reshape(2, lanes, DEGREE)]
    while layers[-1].shape[1] > 1:
        layers.append(layer_above(layers[-1]))
    return layers


def prove(channel: ProverChannel, layers: list[Words], change: int = 0, check: bool = True) -> LayerClaim:
    """`change` is added to the root's numerator."""
    n, e = elements_of(layers[-1].reshape(-1))
    claim = LayerClaim(np.zeros(0, np.uint32), n + change, e)
    channel.send_extension("gkr_root", [claim.n, claim.e])
    for fractions in reversed(layers[:-1]):
        rounds = LayerRounds(channel, claim, 0)
        prove_fractions(rounds, fractions)
        claim = rounds.end(check)
    return claim


@pytest.mark.parametrize("lanes", [1, 2, 4, 16, 128])
def test_the_verifier_reads_what_is_sent_and_is_left_with_the_same_true_claim(lanes: int) -> None:
    channel, layers = ProverChannel(log=[]), random_layers(lanes)
    claim = prove(channel, layers)
    n, e = elements_of(layers[-1].reshape(-1))
    reader = VerifierChannel(channel.words, log=[])
    public = PublicPart(-n * (1 + e).inverse(), K.one, K.one)
    left = verify_gkr(reader, lanes.bit_length() - 1, Grouping((), 0, 0), public)
    reader.finish()
    assert (left.point, left.n, left.e) == (elements_of(claim.point), claim.n, claim.e)
    assert reader.log == channel.log
    weights = eq_table(left.point[::-1])
    assert [left.n, left.e] == [inner(weights, elements_of(part.reshape(-1))) for part in layers[0]]


def test_fractions_are_added_up() -> None:
    fractions, above = (elements_of(layer.reshape(-1)) for layer in random_layers(2))
    n0, n1, e0, e1 = fractions
    n, e = above
    assert 1 + e == (1 + e0) * (1 + e1)
    assert n * ((1 + e0) * (1 + e1)).inverse() == n0 * (1 + e0).inverse() + n1 * (1 + e1).inverse()


@pytest.mark.parametrize("lanes", [2, 16])
def test_a_layer_that_does_not_have_the_claimed_value_is_noticed(lanes: int) -> None:
    layers = random_layers(lanes)
    with pytest.raises(WitnessError, match="does not match its halves"):
        prove(ProverChannel(), layers, change=1)
    prove(ProverChannel(), layers, change=1, check=False)
