"""What the tree's verifier rejects before any sumcheck, and the public messages."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.public import PublicMessage
from core_vm.air.table import Bus
from core_vm.errors import LogUpRejection
from core_vm.field.extension import K, eq_table
from core_vm.field.koalabear import P
from core_vm.stark.gkr.verifier import Fingerprint, public_sum, verify_gkr
from core_vm.transcript.channel import VerifierChannel
from core_vm.transcript.numbers import NUMBERS

BUS = Bus("bus", 3, ("a", "b"))
BETA = [K(3, 1), K(4, 1), K(5, 9), K(2, 6), K(5, 3)]


def channel_with(*elements: K) -> VerifierChannel:
    return VerifierChannel(np.array([c for e in elements for c in e.c], np.uint32))


def test_a_zero_denominator_at_the_root_is_rejected():
    with pytest.raises(LogUpRejection, match="zero"):
        verify_gkr(channel_with(K(0), K(P - 1)), 0, K.zero)


def test_a_sum_other_than_the_public_one_is_rejected():
    verify_gkr(channel_with(K(6), K(2)), 0, K(P - 2))
    with pytest.raises(LogUpRejection, match="balance"):
        verify_gkr(channel_with(K(6), K(2)), 0, K(P - 3))


def test_public_messages_are_signed_fractions():
    fingerprint = Fingerprint(K(1, 2, 3), eq_table(BETA))
    weights = fingerprint.weights
    denominator = fingerprint.alpha + weights[0] * 3 + weights[1] * 10 + weights[2] * 20
    total = public_sum(NUMBERS, fingerprint, [PublicMessage(BUS, 2, (10, 20)), PublicMessage(BUS, -1, (10, 20))])
    assert total * denominator == K.one


def test_a_public_message_with_a_zero_fingerprint_is_rejected():
    weights = eq_table(BETA)
    alpha = -(weights[0] * 3 + weights[1] * 10 + weights[2] * 20)
    with pytest.raises(LogUpRejection, match="zero fingerprint"):
        public_sum(NUMBERS, Fingerprint(alpha, weights), [PublicMessage(BUS, 1, (10, 20))])
