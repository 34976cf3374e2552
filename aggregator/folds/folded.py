"""What folding hands back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Folded:
    """A proof of one piece and what it took: how many lifts and joins, seconds by the clock.
    `reused`: folds of any kind that were found in the store."""

    proof: bytes
    statements: int
    lifts: int
    joins: int
    reused: int
    seconds: float
