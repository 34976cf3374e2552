"""News of long work, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total`, which is None as long as it is not known, in the unit of the stage.

    Proving: "execute" (shards cut so far), "prove" (shards proved), "lift" (shards folded), "join" (joins made),
    "batch" (proofs joined). Verifying: "verify" (shards verified), "input" and "output" (bytes hashed).
    `seconds_left` is None where nobody can tell.
    """

    stage: str
    done: int
    total: int | None
    seconds_left: float | None = None


OnProgress = Callable[[Progress], None]
