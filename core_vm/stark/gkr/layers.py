"""Which entries of the fraction tree can be other than zero, layer by layer, and what becomes of them (prover side).

Layer 0 are the input tiles. Step k leads from layer k to layer k + 1 and joins entries 2x and 2x + 1 of a group: while
tile bits are combined these groups are interactions, afterwards all positions are one, numbered 0, 1, ... An
interaction of an empty table has no entry anywhere. Entries of a layer are numbered in the order of their groups. The
last layer has an entry for each group of the `Grouping` that is not empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core_vm.air.grouping import Grouping
from core_vm.host.distinct import distinct
from core_vm.stark.words import Int64

MISSING = -1


@dataclass(frozen=True, slots=True)
class Step:
    """For every entry of the upper layer: its left and right child among the entries of the lower one, or MISSING; its
    number in its group, and the group: the position of an interaction, or 0 once all positions are one group.
    `children`, (n + 1, 2), ends with those of a missing entry: where MISSING finds them."""

    children: Int64
    number: Int64
    group: Int64

    @staticmethod
    def of(left: Int64, right: Int64, number: Int64, group: Int64) -> Step:
        """From children apart."""
        children = np.full((len(left) + 1, 2), MISSING, np.int64)
        children[:-1, 0], children[:-1, 1] = left, right
        return Step(children, number, group)


def ended(values: Int64, missing: int = MISSING) -> Int64:
    """The values, and behind them what MISSING finds."""
    longer = np.empty(len(values) + 1, np.int64)
    longer[:-1], longer[-1] = values, missing
    return longer


class Layers:
    """`counts[k]` are the entries of every interaction of `interactions`, for the layers up to `tile_bits`, where each
    has one, and `slots[k]` is the place among `interactions` of each entry's; `steps[k]` is step k; `sizes[k]` is how
    many entries layer k has; `is_factor` tells which of `interactions` are factors; `last` are the groups of positions
    that the entries of the last layer are of."""

    def __init__(
        self, tiles: Int64, tile_bits: int, positions: Int64, is_factor: npt.NDArray[np.bool_], grouping: Grouping
    ) -> None:
        """`tiles`, `positions`, `is_factor`: of every interaction of the set; those of empty tables have no tiles."""
        self.tile_bits, self.depth = tile_bits, tile_bits + grouping.inner_bits
        self.interactions = np.flatnonzero(tiles)
        self.positions, self.is_factor = positions[self.interactions], is_factor[self.interactions]
        self.counts, self.steps = [tiles[self.interactions]], []
        for _ in range(tile_bits):
            self.counts.append((self.counts[-1] + 1) // 2)
            self.steps.append(self._tile_step(*self.counts[-2:]))
        numbers = self.positions
        for bits in reversed(range(grouping.inner_bits)):
            self.steps.append(_position_step(numbers, grouping.groups << bits + 1))
            numbers = self.steps[-1].number
        self.last = numbers
        self.slots = [np.repeat(np.arange(len(self.interactions)), counts) for counts in self.counts]
        self.sizes = [int(self.counts[0].sum()), *(len(step.number) for step in self.steps)]

    @cached_property
    def only_from(self) -> Int64:
        """The first layer on which each interaction has one entry."""
        return np.asarray(np.sum(np.stack(self.counts) > 1, axis=0, dtype=np.int64))

    @cached_property
    def interaction_pairs(self) -> Int64:
        """The pairs that the first interaction round joins: rows (first, second, number, from which layer on both have
        one entry)."""
        if self.depth == self.tile_bits:
            everything = np.arange(self.sizes[-1])
            return np.stack([everything, np.full_like(everything, MISSING), everything, self.only_from], axis=1)
        step = self.steps[self.tile_bits]
        return np.concatenate([step.children[:-1], np.stack([step.number, self.bare_from[1]], axis=1)], axis=1)

    @cached_property
    def bare_from(self) -> list[Int64]:
        """For the layers from `tile_bits` on, of each entry: the first layer on which every interaction that it is made
        of has one entry. From there on all these entries' right halves are missing."""
        found = [self.only_from]
        for step in self.steps[self.tile_bits :]:
            found.append(ended(found[-1], 0)[step.children[:-1]].max(axis=1))
        return found

    def grandchildren(self, child: int) -> Int64:
        """The children's children of each entry of layer child + 2, and of a missing one, (n + 1, 4)."""
        return self.steps[child].children[self.steps[child + 1].children].reshape(-1, 4)

    def has_tile_rounds(self, child: int) -> bool:
        """Whether the sumcheck on layer `child` begins with rounds over tile bits. Only there are interactions lone,
        and factors apart from fractions."""
        return child + 1 < self.tile_bits

    def short(self, layer: int) -> npt.NDArray[np.bool_]:
        """Of the interactions that have a tile, which have short entries (see `tree`) on a layer above the inputs."""
        return self.is_factor & (self.counts[layer] > 1) & self.has_tile_rounds(layer)

    def numbers(self, layer: int) -> Int64:
        """Each entry's number in its interaction, for a layer up to `tile_bits`."""
        return _inside(self.counts[layer])

    def starts(self, layer: int) -> Int64:
        """The first entry of each interaction, for a layer up to `tile_bits`."""
        return np.cumsum(self.counts[layer]) - self.counts[layer]

    def _tile_step(self, below: Int64, above: Int64) -> Step:
        number = _inside(above)
        slot = np.repeat(np.arange(len(above)), above)
        left = (np.cumsum(below) - below)[slot] + 2 * number
        right = np.where(2 * number + 1 < below[slot], left + 1, MISSING)
        return Step.of(left, right, number, self.positions[slot])


def _inside(counts: Int64) -> Int64:
    """0, 1, ..., count - 1 for each count."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _position_step(numbers: Int64, size: int) -> Step:
    """The step from the entries of these numbers below `size`, which is even."""
    place = np.full(size, MISSING, np.int64)
    place[numbers] = np.arange(len(numbers))
    above = distinct(numbers >> 1)
    return Step.of(place[2 * above], place[2 * above + 1], above, np.zeros_like(above))
