"""What verification hands back. It exists only after everything held."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerifiedRun:
    """What a valid proof proves, and what checking it took.

    `input_bound`: exactly the input that the caller named was bound as public. `security_bits`: the weakest term of the
    proof system, proven, round by round.
    """

    program_id: str
    exit_code: int
    output: bytes
    shards: int
    input_bound: bool
    security_bits: float
    seconds: float
