"""Channels that keep a typed log, and for every word of a proof which message it was read for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np

from core_vm.hash.poseidon2 import RATE
from core_vm.transcript.channel import ProverChannel, VerifierChannel
from core_vm.transcript.sponge import Event, Kind

SQUEEZED = (Kind.CHALLENGE, Kind.INDICES, Kind.WORK)


def elements(event: Event) -> int:
    """Challenges take the first five elements of a block each; indices and work take one element each."""
    return -(-len(event.values) // RATE) if event.kind == Kind.CHALLENGE else len(event.values)


@dataclass(frozen=True)
class Reading:
    """Words [start, stop) were read as `label`; `events_before` transcript events had happened by then."""

    label: str
    start: int
    stop: int
    is_hint: bool
    events_before: int


class RecordingVerifier(VerifierChannel):
    """A verifier's channel with a log and a list of what was read."""

    last: RecordingVerifier
    log: list[Event]

    def __init__(self, words: np.ndarray, permute: Any = None, log: list[Event] | None = None) -> None:
        super().__init__(words, permute, [] if log is None else log)
        self.readings: list[Reading] = []
        self._reading_hint = False
        RecordingVerifier.last = self

    def receive_hint(self, label: str, count: int) -> np.ndarray:
        self._reading_hint = True
        try:
            return super().receive_hint(label, count)
        finally:
            self._reading_hint = False

    def read(self, label: str, count: int) -> np.ndarray:
        start = self.position
        values = super().read(label, count)
        self.readings.append(Reading(label, start, start + count, self._reading_hint, len(self.log)))
        return values


class RecordingProver(ProverChannel):
    """A prover's channel with a log."""

    last: RecordingProver
    log: list[Event]

    def __init__(self, permute: Any = None, log: list[Event] | None = None) -> None:
        super().__init__(permute, [] if log is None else log)
        RecordingProver.last = self


@contextmanager
def recording() -> Iterator[None]:
    """Within, `prove_shard` and `verify_shard`, `prove_keyed` and `verify_keyed` use the channels above."""
    with (
        patch("core_vm.stark.prover.ProverChannel", RecordingProver),
        patch("core_vm.stark.keyed_prover.ProverChannel", RecordingProver),
        patch("core_vm.stark.verifier.VerifierChannel", RecordingVerifier),
        patch("core_vm.stark.keyed.VerifierChannel", RecordingVerifier),
    ):
        yield
