"""What the bytes of a proof of shards claim, read without verifying anything."""

from __future__ import annotations

from dataclasses import dataclass

from core_vm.stark.length import least_opening_words
from core_vm.statement.encoding import VERSION, Kind
from core_vm.statement.proof import RunProof


@dataclass(frozen=True, slots=True)
class ShardSummary:
    """`instructions` is None for the shard that halts: its last time is not public."""

    instructions: int | None
    bytes: int
    halted: bool


@dataclass(frozen=True, slots=True)
class ProofSummary:
    """Claims of an unverified proof. `entry` is a byte address; sizes are in bytes.

    `public_input_bytes` is None where the input is private. `claims` is how many claims the run makes about others.
    `entry` and `shards` are None for a folded proof, which does not say where the program starts, nor how long it ran.
    `regime` is that of a final proof: "list" or "unique".
    """

    kind: str
    version: int
    program_id: str
    entry: int | None
    exit_code: int
    output_bytes: int
    public_input_bytes: int | None
    claims: int
    shards: tuple[ShardSummary, ...] | None
    total_bytes: int
    regime: str | None = None


def summarise(data: bytes) -> ProofSummary:
    """Raises MalformedProof for bytes that are no proof."""
    proof = RunProof.from_bytes(data, least_opening_words())
    shards = tuple(
        ShardSummary(None if s.halted else (s.end_time - 1) // 4, 4 * len(s.words), s.halted) for s in proof.shards
    )
    return ProofSummary(
        Kind.SHARDS.name.lower(),
        VERSION,
        proof.program_id,
        proof.entry,
        proof.exit_code,
        len(proof.output),
        proof.public_input.length if proof.public_input else None,
        sum(shard.num_claims for shard in proof.shards),
        shards,
        len(data),
    )
