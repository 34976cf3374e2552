"""The shares eq(z_position, i) of interactions in the GKR claim, i their positions, as the verifier adds up with them.

The share of position 16 h + l is a product: that of block h, eq of the upper coordinates, times that of lane l, eq of
the lowest four. So a sum over interactions is a sum over blocks of what is added up within the block; a position that
has no interaction adds nothing. Of whole numbers few different sums occur there, since runs of one kind of message look
alike from block to block; and where they are constant on an aligned piece of a block, or of the blocks, the piece has
one share: the sum of those of its halves, down from one, the sum of all lanes.

Nothing here depends on a value: which sums there are follows from the tables (`bus_plan`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core_vm.air.table_set import TableSet
from core_vm.field.extension import K
from core_vm.stark.gkr.verifier import Fingerprint
from core_vm.stark.zerocheck.bus_plan import LANES, LOG_LANES, Pattern, Run

if TYPE_CHECKING:
    from core_vm.transcript.arithmetic import Arithmetic, Value


class PieceSums:
    """Sums of weights times whole numbers. Each sum over an aligned piece is made once."""

    def __init__(self, weights: Sequence[Value], total: Value | None = None) -> None:
        """`total` is the sum of all weights, if it is known; then they are as many as a power of two."""
        self._weights = weights
        self._pieces: dict[tuple[int, int], Value] = {} if total is None else {(0, len(weights)): total}
        self._sums: dict[tuple[int, Pattern], Value] = {}

    def piece(self, start: int, size: int) -> Value:
        """The sum of `size` weights, a power of two, from `start`, a multiple of it, on."""
        if size == 1:
            return self._weights[start]
        if (start, size) not in self._pieces:
            half = size // 2
            self._pieces[start, size] = self.piece(start, half) + self.piece(start + half, half)
        return self._pieces[start, size]

    def of(self, pattern: Pattern, start: int = 0) -> Value:
        """sum_l pattern[l] weights[start + l]; an integer only if it is zero, or of integers."""
        value = pattern[0]
        if all(other == value for other in pattern):
            return self.piece(start, len(pattern)) * value if value else 0
        if (start, pattern) not in self._sums:
            half = len(pattern) // 2
            parts = (self.of(pattern[:half], start), self.of(pattern[half:], start + half))
            self._sums[start, pattern] = total_of(parts)
        return self._sums[start, pattern]


class Shares:
    """All shares, times the weights of a message's places where they are wanted (`air.table_set`)."""

    def __init__(
        self, arithmetic: Arithmetic, point: Sequence[K], num_positions: int, weights: Sequence[Value]
    ) -> None:
        """`point` are the coordinates of positions, lowest first; only the first positions are wanted. `weights[0]`,
        that of numerators, is one."""
        self._arithmetic, self.weights = arithmetic, weights
        self._lanes = [*point[:LOG_LANES], *[K.zero] * (LOG_LANES - len(point))]
        num_blocks = -(-num_positions // LANES)
        self._of_blocks = arithmetic.eq_table(point[LOG_LANES:], num_blocks)
        self._sums_of_blocks = PieceSums(self._of_blocks)
        self._tables: dict[int, list[Value]] = {}
        self._sums: dict[int, PieceSums] = {}

    @staticmethod
    def of(arithmetic: Arithmetic, tables: TableSet, point: Sequence[K], fingerprint: Fingerprint, kappa: K) -> Shares:
        """The shares of n_i + kappa (d_i - 1)."""
        weights = [1, *(kappa * weight for weight in fingerprint.place_weights)]
        return Shares(arithmetic, point, 1 + max(tables.grouping.positions, default=0), weights)

    def _table(self, place: int) -> list[Value]:
        """The shares of the lanes of a block times the weight of this place."""
        if place not in self._tables:
            self._tables[place] = self._arithmetic.eq_table(self._lanes, LANES, self.weights[place])
        return self._tables[place]

    def of_pattern(self, place: int, pattern: Pattern) -> Value:
        """The place's weight times the sum of the shares of a block's lanes times these numbers."""
        if place not in self._sums:
            self._sums[place] = PieceSums(self._table(place), self.weights[place])
        return self._sums[place].of(pattern)

    def of_runs(self, runs: Iterable[Run], value_of: Any) -> Value:
        """The sum over blocks of their share times value_of(what the run has in each of its blocks)."""
        return total_of([self._sums_of_blocks.piece(run.start, run.size) * value_of(run.content) for run in runs])

    def in_block(self, values: Mapping[int, Mapping[int, Value]]) -> Value:
        """The sum over places and lanes of a block of values[place][lane] times weight and share."""
        weights: list[Value] = []
        found: dict[int, Value] = {}
        for place, of_place in values.items():
            for lane, value in of_place.items():
                found[len(weights) + lane] = value
            weights += self._table(place)
        return self._arithmetic.sparse_inner(weights, found)

    def over_blocks(self, values: Mapping[int, Value]) -> Value:
        """The sum over blocks, at least one, of their share times what is given."""
        return self._arithmetic.sparse_inner(self._of_blocks, values)


def total_of(terms: Iterable[Value]) -> Value:
    """Integers that are zero are left out: they are no terms of the verifier's, and known to whoever reads the tables.
    Without any term, the integer zero."""
    total: Value = 0
    for term in terms:
        if isinstance(term, int) and term == 0:
            continue
        total = term if isinstance(total, int) and total == 0 else total + term
    return total
