"""Where the entries of the fraction tree lie in memory (prover side).

The leaf layer has no room here: its tiles are computed anew each time they are needed, or kept by `Leaves`. The entries
of the levels above lie one level behind the other, but for those whose sibling is missing: their sum is the one child
itself, and they share its place. A sumcheck on a level overwrites the levels above it, which are done with.
"""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K, from_planes
from core_vm.memory import aligned_words
from core_vm.stark.gkr_levels import Levels, pick
from core_vm.stark.gkr_work import WorkLists
from core_vm.stark.leaf_forms import leaf_forms
from core_vm.stark.leaves import NO_LEAF, Leaves
from core_vm.stark.shape import ShardShape
from core_vm.stark.words import ENTRY_WORDS, FRACTION_WORDS, LEAF_WORDS, Integers, Words

# The child tiles of two partners.
LEAF_SLOTS = 4
Fractions = tuple[list[K], list[K]]


class FractionTree:
    """`places[k]` are the words where the entries of level k lie, for the leaves their codes; `ends[k]` is where the
    levels up to k end; `joined[k]` are rows (target, left child, right child) that fill level k + 1."""

    def __init__(self, tables: TableSet, shape: ShardShape, leaves: Leaves) -> None:
        forms = leaf_forms(tables)
        tiles = np.array(shape.tiles, np.int64)[forms.tables]
        self.leaves = leaves
        self.levels = levels = Levels(tiles, shape.tile_bits, shape.interaction_bits)
        self.lists = WorkLists(levels, forms.tables)
        codes = forms.first_codes(shape.tiles)[levels.interactions][levels.slots(0)] + levels.numbers(0)
        self.places, self.ends = [codes], [FRACTION_WORDS]  # behind the tile of zeros
        self.joined = [self._place(level) for level in range(levels.depth)]

    def missing(self, level: int) -> int:
        """What stands for the place of a missing entry: the tile of zeros, or no leaf."""
        return 0 if level else NO_LEAF

    def _place(self, level: int) -> Integers:
        step, missing = self.levels.steps[level], self.missing(level)
        left, right = (pick(self.places[level], side, missing) for side in (step.left, step.right))
        if not level:
            stored = np.ones(len(left), np.bool_)
        elif level < self.levels.tile_bits:
            stored = self.levels.counts[level][self.levels.slots(level + 1)] > 1
        else:
            stored = (left != missing) & (right != missing)
        start = self.ends[-1]
        count = int(np.count_nonzero(stored))
        places = np.where(stored, start + FRACTION_WORDS * (np.cumsum(stored) - 1), left + right)  # missing is 0 here
        self.places.append(places)
        self.ends.append(start + FRACTION_WORDS * count)
        return np.stack([places, left, right], axis=1)[stored]

    def interaction_places(self, depth: int) -> tuple[Integers, Integers]:
        """Where each interaction's entries start and how many there are, on levels 0 to `depth`: (depth + 1,
        interactions). Level 0 has codes. An entry that shares its child's place counts."""
        interactions = len(self.lists.tables)
        bases, counts = (np.zeros((depth + 1, interactions), np.int64) for _ in range(2))
        for level in range(depth + 1):
            counts[level, self.levels.interactions] = self.levels.counts[level]
            bases[level, self.levels.interactions] = self.places[level][self.levels.starts(level)]
        return bases, counts

    def working_areas(self, child: int) -> tuple[int, int, int, int]:
        """Where the sumcheck on level `child` keeps: the missing entry, the entries of every other round, those of the
        rounds between, and the retired ones."""
        missing = self.ends[child]
        rooms, levels = [0, 0], self.levels
        for level in range(child + 2, levels.depth + 1):
            tiles = level <= levels.tile_bits
            room = int(levels.counts[level][levels.counts[level] > 1].sum()) if tiles else levels.sizes[level]
            rooms[(level - child) % 2] = max(rooms[(level - child) % 2], room)
        first = missing + ENTRY_WORDS
        second = first + rooms[0] * ENTRY_WORDS
        return missing, first, second, second + rooms[1] * ENTRY_WORDS

    @property
    def words(self) -> int:
        """How many words of memory the tree needs: all stored levels, about ten words a leaf, and any level with the
        working copies of its sumcheck behind it."""
        retired = len(self.levels.interactions) * ENTRY_WORDS
        copies = [self.working_areas(child)[3] + retired for child in range(self.levels.depth - 1)]
        return max([self.ends[-1], *copies])

    def tile_fractions(self, memory: Words, level: int, place: int) -> Fractions:
        """The 64 fractions of the entry at `place` (or of that code) of a level; zeros for a missing one."""
        from core_vm.stark.leaf_kernels import leaf_tile

        if place == self.missing(level):
            return [K.zero] * TILE, [K.zero] * TILE
        words = memory[place : place + FRACTION_WORDS]
        if not level:
            words = aligned_words(LEAF_WORDS)
            leaf_tile(self.leaves, place, words)
        planes = planes_of_blocks(words, len(words) // TILE)
        numerators = np.zeros((5, TILE), np.uint32)
        numerators[: len(planes) - 5] = planes[:-5]
        return from_planes(numerators), from_planes(planes[-5:])


def leaf_room() -> Words:
    """Room for the leaf tiles that a kernel on one thread computes, behind a tile of zeros for the missing ones."""
    room = aligned_words((1 + LEAF_SLOTS) * LEAF_WORDS)
    room[:LEAF_WORDS] = 0
    return room


def planes_of_blocks(words: Words, num_planes: int) -> Words:
    """A tile as the kernels store it, in blocks of LANES lanes, as (num_planes, 64)."""
    from core_vm.field.lanes import LANES

    return words.reshape(TILE // LANES, num_planes, LANES).transpose(1, 0, 2).reshape(num_planes, TILE)
