"""All circuits of a machine, by name: the order is that of their keys in the tree.

One lift a profile and a height; lifts of two shards of the first profile, which is what long runs are mostly made of
and the only one of which two fit a recursion proof; and one circuit each of the programs that take recursion proofs.

The shrink and the final are not among them. Their proofs have other shapes, and what is said under a key of the tree is
believed of proofs in the shape R alone. Their keys are known beside the tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core_vm.pcs.whir.config import LOG_SEGMENTS
from recursion.regime import Regime


class Program(StrEnum):
    """What a circuit does."""

    LIFT = "lift"
    JOIN = "join"
    CLOSE = "close"
    RESOLVE = "resolve"
    BATCH = "batch"
    SHRINK = "shrink"
    FINAL = "final"


_ONE_EACH = (Program.JOIN, Program.CLOSE, Program.RESOLVE, Program.BATCH)


@dataclass(frozen=True, slots=True)
class CircuitName:
    """`profile`, `log_segment` and `num_shards` are of lifts alone; `profile` is its number in the machine. `regime` is
    of the shrink and the final."""

    program: Program
    profile: int = 0
    log_segment: int = 0
    num_shards: int = 0
    regime: Regime = Regime.LIST

    def __str__(self) -> str:
        if self.program is not Program.LIFT:
            return f"{self.program}{self.regime.suffix}"
        return f"lift-{self.num_shards}-profile-{self.profile}-height-{self.log_segment}"


def catalogue(num_profiles: int, log_segments: Sequence[int] = LOG_SEGMENTS) -> tuple[CircuitName, ...]:
    """The circuits of a machine with so many profiles, in the order of their keys."""
    single = [
        CircuitName(Program.LIFT, profile, height, 1) for profile in range(num_profiles) for height in log_segments
    ]
    double = [CircuitName(Program.LIFT, 0, height, 2) for height in log_segments]
    return (*single, *double, *(CircuitName(program) for program in _ONE_EACH))
