"""What the tree's verifier rejects before any sumcheck, and the public messages."""

from __future__ import annotations

import random
from dataclasses import replace
from math import prod

import numpy as np
import pytest

from core_vm.air.grouping import Grouping
from core_vm.air.public import PublicMessage
from core_vm.air.table import MAX_ENTRIES, Bus
from core_vm.errors import LogUpRejection, UsageError
from core_vm.field.extension import DEGREE, K, eq_table
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import RATE
from core_vm.stark.gkr.verifier import Fingerprint, PublicPart, num_root_values, num_rounds, public_part, verify_gkr
from core_vm.transcript.channel import VerifierChannel
from core_vm.transcript.numbers import NUMBERS
from core_vm.transcript.sponge import Event, Transcript
from tests.elements import random_element, random_point

BUS = Bus("bus", 3, ("a", "b"))
CELLS = Bus("cells", 4, ("a", "b"), permutation=True)
BETA = [K(3, 1), K(4, 1), K(5, 9), K(2, 6), K(5, 3)]
FINGERPRINT = Fingerprint(K(1, 2, 3), eq_table(BETA))
NOTHING = PublicPart(K.zero, K.one, K.one)
ONE_GROUP, FOUR_GROUPS, EIGHT_GROUPS = (Grouping((), 0, bits) for bits in (0, 2, 3))


def channel_with(*elements: K) -> VerifierChannel:
    return VerifierChannel(np.array([c for e in elements for c in e.c], np.uint32))


def verify(elements: list[K], grouping: Grouping = ONE_GROUP, public: PublicPart = NOTHING) -> None:
    verify_gkr(channel_with(*elements), 0, grouping, public)


# ------------------------------------------------------------------------------------------------------ one group
def test_a_zero_denominator_at_the_root_is_rejected():
    with pytest.raises(LogUpRejection, match="zero"):
        verify([K(0), K(P - 1)])


def test_a_sum_other_than_the_public_one_is_rejected():
    verify([K(6), K(2)], public=replace(NOTHING, fractions=K(P - 2)))
    with pytest.raises(LogUpRejection, match="balance"):
        verify([K(6), K(2)], public=replace(NOTHING, fractions=K(P - 3)))


def test_without_factors_public_messages_must_balance_alone():
    verify([K(0), K(2)], public=PublicPart(K.zero, K(3, 4), K(3, 4)))
    with pytest.raises(LogUpRejection, match="sent is not what is received"):
        verify([K(0), K(2)], public=PublicPart(K.zero, K(3, 4), K(3, 5)))


# ---------------------------------------------------------------------------------------------------- more groups
def balanced(grouping: Grouping, seed: int) -> tuple[list[K], PublicPart]:
    """Roots of all groups, and what is public, which balance: as the message has them."""
    rng = random.Random(seed)
    sent, received, fractions, public_sent = random_point(rng, 4)
    num_fractions = grouping.groups - 2
    numerators, denominators = random_point(rng, num_fractions), random_point(rng, num_fractions)
    total = sum((n * d.inverse() for n, d in zip(numerators, denominators, strict=True)), fractions)
    numerators[-1] = numerators[-1] - total * denominators[-1]
    public = PublicPart(fractions, public_sent, sent * public_sent * received.inverse())
    return [sent - 1, received - 1, *numerators, *(d - 1 for d in denominators)], public


@pytest.mark.parametrize("grouping", [FOUR_GROUPS, EIGHT_GROUPS])
def test_roots_that_balance_are_joined_at_a_random_point(grouping: Grouping):
    roots, public = balanced(grouping, 1)
    assert len(roots) == num_root_values(grouping)
    channel = channel_with(*roots)
    claim = verify_gkr(channel, 0, grouping, public)
    channel.finish()
    highest_first = claim.point
    assert len(highest_first) == grouping.group_bits
    shares = eq_table(highest_first[::-1])
    numerators, fractions = roots[2 : grouping.groups], roots[grouping.groups :]
    n = [K.zero, K.zero, *numerators]
    assert claim.n == sum((s * x for s, x in zip(shares, n, strict=True)), K.zero)
    assert claim.e == sum((s * x for s, x in zip(shares, [*roots[:2], *fractions], strict=True)), K.zero)


@pytest.mark.parametrize("grouping", [FOUR_GROUPS, EIGHT_GROUPS])
def test_every_root_is_part_of_a_balance(grouping: Grouping):
    """One that is another than it should be is rejected, by the balance that it is part of."""
    roots, public = balanced(grouping, 2)
    for place in range(len(roots)):
        changed = [*roots]
        changed[place] = changed[place] + 1
        with pytest.raises(LogUpRejection, match="sent is not" if place < 2 else "do not balance with the public"):
            verify(changed, grouping, public)


@pytest.mark.parametrize("grouping", [FOUR_GROUPS, EIGHT_GROUPS])
def test_the_products_are_not_those_of_the_other_side(grouping: Grouping):
    (sent, received, *others), public = balanced(grouping, 3)
    with pytest.raises(LogUpRejection, match="sent is not"):
        verify([received, sent, *others], grouping, public)
    with pytest.raises(LogUpRejection, match="sent is not"):
        verify([sent, received, *others], grouping, replace(public, sent=public.received, received=public.sent))


def test_a_factor_does_not_pay_for_a_fraction():
    """A message of a lookup among the factors leaves both balances wrong, as a factor among the fractions does."""
    d, other = random_point(random.Random(4), 2)
    looked_up, fraction = [K.one, -K.one], d - 1  # 1 / d - 1 / d
    verify([other - 1, other - 1, *looked_up, fraction, fraction], FOUR_GROUPS)
    moved = [other * d - 1, other - 1, K.zero, -K.one, K.zero, fraction]
    with pytest.raises(LogUpRejection, match="sent is not"):
        verify(moved, FOUR_GROUPS)
    with pytest.raises(LogUpRejection, match="do not balance with the public"):
        verify(moved, FOUR_GROUPS, replace(NOTHING, received=d))


@pytest.mark.parametrize("group", [2, 3])
def test_no_group_of_fractions_has_a_zero_denominator(group: int):
    """With a zero numerator in the sum, the equation alone would hold."""
    roots = [K.zero] * 6
    roots[group + 2] = -K.one
    with pytest.raises(LogUpRejection, match="product of all fingerprints is zero"):
        verify(roots, FOUR_GROUPS)


def test_products_may_be_zero_only_together():
    """No denominator is cleared there: what is sent and what is received are compared as they are."""
    zero, other = -K.one, random_element(random.Random(5))
    verify([zero, zero, K.zero, K.zero, K.zero, K.zero], FOUR_GROUPS)
    for factors in ([zero, other], [other, zero]):
        with pytest.raises(LogUpRejection, match="sent is not"):
            verify([*factors, K.zero, K.zero, K.zero, K.zero], FOUR_GROUPS)


def test_rounds_of_the_groups_come_in_every_layer():
    assert num_rounds(5, ONE_GROUP) == 0 + 1 + 2 + 3 + 4
    assert num_rounds(5, FOUR_GROUPS) == 2 + 3 + 4 + 5 + 6


# ------------------------------------------------------------------------------------------------ public messages
def test_public_messages_are_signed_fractions():
    weights = FINGERPRINT.weights
    denominator = FINGERPRINT.alpha + weights[0] * 3 + weights[1] * 10 + weights[2] * 20
    assert denominator == FINGERPRINT.of(3, (10, 20))
    part = public_part(NUMBERS, FINGERPRINT, [PublicMessage(BUS, 2, (10, 20)), PublicMessage(BUS, -1, (10, 20))])
    assert part.fractions * denominator == K.one
    assert part.sent == part.received == K.one


def test_public_messages_of_a_permutation_bus_are_factors_of_their_side():
    """One that is not there is the factor 1, as a fraction's numerator is 0."""
    sent, absent, received = (1, 2), (3, 4), (5, 6)
    part = public_part(
        NUMBERS,
        FINGERPRINT,
        [
            PublicMessage(CELLS, 1, sent),
            PublicMessage(CELLS, 1, absent, present=0),
            PublicMessage(CELLS, -1, received),
            PublicMessage(CELLS, -1, absent, present=0),
            PublicMessage(BUS, -1, absent, present=0),
        ],
    )
    assert part == PublicPart(K.zero, FINGERPRINT.of(4, sent), FINGERPRINT.of(4, received))


def test_the_weights_of_places_are_those_of_a_fingerprint_less_one():
    alpha, bus, first, second, *_ = FINGERPRINT.place_weights
    assert alpha + bus * 4 + first * 10 + second * 20 == FINGERPRINT.of(4, (10, 20)) - 1


def test_a_fingerprint_s_weights_are_drawn_and_tell_all_entries_apart():
    """Both ends draw it by one source. Entry j is weighed by eq(beta, j), the bus first."""
    log: list[Event] = []
    drawn = Fingerprint.draw(Transcript(log=log))
    assert [event.label for event in log] == ["logup_alpha", "logup_beta"]
    alpha, *beta = [K(*event.values[at : at + DEGREE]) for event in log for at in range(0, len(event.values), RATE)]
    assert drawn.alpha == alpha
    assert len(drawn.weights) == 1 + MAX_ENTRIES
    for j, weight in enumerate(drawn.weights):
        assert weight == prod((y if j >> k & 1 else 1 - y for k, y in enumerate(beta)), start=K.one)


def test_a_public_message_with_a_zero_fingerprint_is_rejected():
    """A factor may be zero: it is no denominator."""
    weights = eq_table(BETA)
    alpha = -(weights[0] * 3 + weights[1] * 10 + weights[2] * 20)
    with pytest.raises(LogUpRejection, match="zero fingerprint"):
        public_part(NUMBERS, Fingerprint(alpha, weights), [PublicMessage(BUS, 1, (10, 20))])
    alpha = alpha - weights[0]
    assert public_part(NUMBERS, Fingerprint(alpha, weights), [PublicMessage(CELLS, 1, (10, 20))]).sent == K.zero


@pytest.mark.parametrize("sign", [0, 2, -2, P - 1])
def test_a_public_message_of_a_permutation_bus_is_sent_or_received_once(sign: int):
    with pytest.raises(UsageError, match="sent once or received once"):
        PublicMessage(CELLS, sign, (10, 20))
