"""Where a table set's interactions stand in the GKR tree.

Messages of permutation buses are factors of two products, of what is sent and of what is received; all others are
fractions of one sum. The verifier has to see each apart. So the tree ends in groups of 2^inner_bits positions: the
first is of what is sent, the second of what is received, and all others of fractions. Where there are no factors, there
is one group, of fractions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core_vm.air.table import Interaction


class Side(Enum):
    """What becomes of an interaction in the tree."""

    FRACTION = "fraction"
    SENT = "sent"
    RECEIVED = "received"

    @staticmethod
    def of(interaction: Interaction) -> Side:
        if not interaction.bus.permutation:
            return Side.FRACTION
        return Side.RECEIVED if interaction.receives else Side.SENT


@dataclass(frozen=True, slots=True)
class Grouping:
    """`positions[i]` is where interaction i stands: its group is `positions[i] >> inner_bits`."""

    positions: tuple[int, ...]
    inner_bits: int
    group_bits: int

    @staticmethod
    def of(sides: Sequence[Side]) -> Grouping:
        """The least tree, and of those of one size the one with the fewest groups."""
        counts = Counter(sides)
        factors = max(counts[Side.SENT], counts[Side.RECEIVED])
        fractions = counts[Side.FRACTION]
        inner_bits, group_bits = _bits(max(1, fractions)), 0
        if factors:
            inner_bits, group_bits = min(
                (_with_groups(factors, fractions, bits) for bits in range(2, 2 + _bits(fractions + 2))), key=sum
            )
        nexts = {Side.SENT: 0, Side.RECEIVED: 1 << inner_bits, Side.FRACTION: 2 << inner_bits if group_bits else 0}
        positions = list[int]()
        for side in sides:
            positions.append(nexts[side])
            nexts[side] += 1
        return Grouping(tuple(positions), inner_bits, group_bits)

    @property
    def groups(self) -> int:
        return 1 << self.group_bits

    @property
    def factor_groups(self) -> int:
        """How many of the groups, the first ones, are of factors."""
        return 2 if self.group_bits else 0


def _with_groups(factors: int, fractions: int, group_bits: int) -> tuple[int, int]:
    """The inner bits that 2^group_bits groups need."""
    in_each = -(-fractions // ((1 << group_bits) - 2))
    return max(_bits(factors), _bits(max(1, in_each))), group_bits


def _bits(number: int) -> int:
    """The least k with 2^k >= number, for number >= 1."""
    return (number - 1).bit_length()
