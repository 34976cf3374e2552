"""All circuits of a machine, by name: the order is that of their keys in the tree.

One lift a profile and a height that its shards may have; lifts of two shards of the first profile, which is what long
runs are mostly made of and the only one of which two fit a recursion proof; and one circuit each of the programs that
take recursion proofs.

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


def catalogue(largest_heights: Sequence[int]) -> tuple[CircuitName, ...]:
    """The circuits of a machine whose profiles have shards up to these heights, in the order of their keys."""
    heights = [[height for height in LOG_SEGMENTS if height <= largest] for largest in largest_heights]
    single = [
        CircuitName(Program.LIFT, profile, height, 1) for profile, of_it in enumerate(heights) for height in of_it
    ]
    double = [CircuitName(Program.LIFT, 0, height, 2) for height in heights[0]]
    return (*single, *double, *(CircuitName(program) for program in _ONE_EACH))
