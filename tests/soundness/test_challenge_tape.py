"""An altered message against the honest challenges: every message is also checked by itself, not only absorbed.

If Fiat-Shamir were broken for a message, a prover could change it and keep its challenges. With the challenges fixed to
the honest ones, a change that is still accepted would show a message that nothing checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.errors import Rejection
from core_vm.field.koalabear import P
from core_vm.stark.verifier import verify_shard
from core_vm.transcript.channel import VerifierChannel
from core_vm.transcript.sponge import Kind
from tests.soundness.recorded import recorded
from tests.soundness.recording import SQUEEZED
from tests.soundness.runs import QUICK, TABLES, everything

ONLY_ABSORBED = ("fingerprint_grinding", "whir_work")
"""A nonce means nothing but through the challenge after it."""


class TapeChannel(VerifierChannel):
    """A verifier's channel whose challenges come from a tape."""

    tape: Iterator[tuple[int, ...]]

    def squeeze(self, kind: Kind, label: str, count: int) -> list[int]:
        values = list(next(self.tape, (1,) * count))
        return values[:count] + [1] * (count - len(values))


def verify_on_tape(words: np.ndarray) -> None:
    _, _, log, _ = recorded()
    TapeChannel.tape = iter([event.values for event in log if event.kind in SQUEEZED])
    with patch("core_vm.stark.verifier.VerifierChannel", TapeChannel):
        verify_shard(TABLES, words, everything().public, QUICK)


def test_the_honest_proof_is_accepted_on_its_own_tape() -> None:
    verify_on_tape(recorded()[0])


def test_every_message_is_checked_on_the_honest_tape() -> None:
    words, _, _, readings = recorded()
    labels: dict[str, list[int]] = {}
    for reading in readings:
        if reading.stop > reading.start:
            labels.setdefault(reading.label, []).append((reading.start + reading.stop) // 2)
    for label in sorted(set(labels) - set(ONLY_ABSORBED)):
        places = labels[label]
        for place in {places[0], places[len(places) // 2], places[-1]}:
            changed = words.copy()
            changed[place] = (int(changed[place]) + 1) % P
            with pytest.raises(Rejection):
                verify_on_tape(changed)
