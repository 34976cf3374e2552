"""What verification hands back. It exists only after everything held."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerifiedRun:
    """What a valid proof proves, and what checking it took.

    `kind` is "shards", "folded" or "final"; only the first says of how many shards it is made, else `shards` is None.
    `regime` is the decoding regime that a final proof is sound in, "list" or "unique"; None for the others, which are
    in the latter.

    `input_bound`: exactly the input that the caller named was bound as public. `public_input_bytes`: the length of the
    public input, whether the caller named it or not; None if the input is private.

    `security_bits`: the weakest term of the proof system, proven, round by round. `collision_bits`: what a collision of
    the hash costs, 2^collision_bits permutations, which the terms do not contain. Both are rounded down.
    """

    kind: str
    program_id: str
    exit_code: int
    output: bytes
    shards: int | None
    input_bound: bool
    public_input_bytes: int | None
    security_bits: float
    collision_bits: float
    seconds: float
    regime: str | None = None
