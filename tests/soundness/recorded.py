"""One honest proof of `everything`, with what prover and verifier logged."""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.transcript.sponge import Event
from tests.soundness.recording import Reading, RecordingProver, RecordingVerifier, recording
from tests.soundness.runs import QUICK, TABLES, everything


@cache
def recorded() -> tuple[np.ndarray, list[Event], list[Event], list[Reading]]:
    """(words, prover's log, verifier's log, what the verifier read) of one honest proof."""
    shard = everything()
    with recording():
        words = prove_shard(TABLES, shard.trace(), shard.public, config=QUICK)
        verify_shard(TABLES, words, shard.public, QUICK)
    return words, RecordingProver.last.log, RecordingVerifier.last.log, RecordingVerifier.last.readings
