"""The parameters of a shard proof that are not decided by its tables, in one place; all of them enter the
transcript."""

from __future__ import annotations

from dataclasses import dataclass, field

from core_vm.air.table import LOG_TILE, MAX_ENTRIES
from core_vm.arguments import rely_on
from core_vm.pcs.whir.config import STANDARD as STANDARD_WHIR
from core_vm.pcs.whir.config import WhirConfig, WhirShape

PROTOCOL_VERSION = 10
# Coordinates of beta: 32 weights, for the bus number and up to 31 entries of a message.
NUM_BETA = 5
# `soundness`: 2^30 messages (the verifier's bound) of 32 entries leave 119.9 bits without it.
FINGERPRINT_GRINDING_BITS = 9

rely_on(1 << NUM_BETA == 1 + MAX_ENTRIES, "every entry of a message, and its bus, has a weight of its own")


@dataclass(frozen=True, slots=True)
class StarkConfig:
    """`whir.security_bits` is the target that every term of the proof must reach."""

    whir: WhirConfig = field(default_factory=lambda: STANDARD_WHIR)
    fingerprint_grinding_bits: int = FINGERPRINT_GRINDING_BITS

    @property
    def target_bits(self) -> int:
        """What prover and verifier demand of every term."""
        return self.whir.security_bits

    def parameters(self) -> list[int]:
        """Canonical field elements that name the protocol and this configuration; the first thing absorbed."""
        own = [PROTOCOL_VERSION, LOG_TILE, NUM_BETA, self.fingerprint_grinding_bits]
        return [*own, *self.whir.parameters()]

    def opening_shape(self, log_segment: int) -> WhirShape:
        """How a committed vector of segments of this height is opened."""
        return WhirShape.canonical(log_segment, self.whir)


STANDARD = StarkConfig()
