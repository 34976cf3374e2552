"""What tables contribute to the zerocheck's rounds once they are down to one tile of rows, in closed form.

The partner of a single tile is a missing one, which is zero. At X its columns are therefore t = 1 - X times the tile's,
and its share of the round, linear form and batched constraints summed over the lanes, is a cubic in t. The cubic has no
constant, as the zero row satisfies every constraint. Binding X to r multiplies the columns by 1 - r, so the next round
has the same cubic at (1 - r) t: all such tables together cost three coefficients a round, and no kernel.
"""

from __future__ import annotations

from collections.abc import Sequence

from core_vm.field.extension import K
from core_vm.field.koalabear import inverse

HALF = inverse(2)


class LastTiles:
    """The cubic of all tables with one tile left, and by how much each tile, (area, width), is to be scaled in the
    end."""

    def __init__(self) -> None:
        self.coefficients = [K.zero] * 3
        self.scales: dict[tuple[int, int], K] = {}

    def add(self, tiles: Sequence[tuple[int, int]], values: Sequence[K]) -> None:
        """`values`: what these tiles sum to at X = 0 and -1, that is t = 1 and 2, and their coefficient of X^3."""
        at_one, at_two, cube_in_x = values
        third = -cube_in_x
        both = at_one - third  # the first two coefficients together
        second = (at_two - third * 8) * HALF - both
        self.coefficients = [c + d for c, d in zip(self.coefficients, (both - second, second, third), strict=True)]
        self.scales.update(dict.fromkeys(tiles, K.one))

    def bind(self, r: K) -> None:
        """X is bound to r."""
        t = 1 - r
        first, second, third = self.coefficients
        self.coefficients = [first * t, second * (t * t), third * (t * t * t)]
        self.scales = {tile: scale * t for tile, scale in self.scales.items()}

    def values(self) -> list[K]:
        """The cubic at X = 0 and -1, and its coefficient of X^3."""
        first, second, third = self.coefficients
        return [first + second + third, first * 2 + second * 4 + third * 8, -third]
