"""What the verification of a batch hands back. It exists only after everything held."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchedRun:
    """A statement of a verified batch: of which program, whoever uses it has to compare."""

    program_id: str
    exit_code: int
    output: bytes
    public_input_bytes: int | None


@dataclass(frozen=True, slots=True)
class VerifiedBatch:
    """What a valid batch proves, see `VerifiedRun` for the figures and the regime."""

    statements: tuple[BatchedRun, ...]
    security_bits: float
    collision_bits: float
    seconds: float
    regime: str | None = None
