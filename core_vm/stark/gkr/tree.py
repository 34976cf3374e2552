"""Where the entries of the fraction tree lie in memory (prover side).

The input layer has no room here: its tiles are computed anew each time they are needed, or kept by `Inputs`. The
entries of the layers above lie one layer behind the other, but for those whose sibling is missing: their sum is the
one child itself, and they share its place. A sumcheck on a layer overwrites the layers above it, which are done with.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from core_vm.air.table import TILE
from core_vm.air.table_set import TableSet
from core_vm.field.extension import DEGREE
from core_vm.host.memory import aligned_words
from core_vm.stark.gkr.input_forms import input_forms
from core_vm.stark.gkr.inputs import NO_INPUT, Inputs
from core_vm.stark.gkr.layers import Layers, ended
from core_vm.stark.gkr.work_lists import WorkLists
from core_vm.stark.shape import ShardShape
from core_vm.stark.words import ENTRY_WORDS, FRACTION_WORDS, INPUT_WORDS, Int64, Words

# The child tiles of two partners.
INPUT_SLOTS = 4


class FractionTree:
    """`places[k]` are the words where the entries of layer k lie, for the inputs their codes, and behind them what
    stands for a missing entry; `ends[k]` is where the layers up to k end; `joined[k]` are rows (target, left child,
    right child) that fill layer k + 1."""

    def __init__(self, tables: TableSet, shape: ShardShape, inputs: Inputs) -> None:
        forms = input_forms(tables)
        tiles = np.array(shape.tiles, np.int64)[forms.tables]
        self.inputs = inputs
        self.layers = layers = Layers(tiles, shape.tile_bits, shape.interaction_bits)
        self.lists = WorkLists(layers, forms.tables)
        codes = forms.first_codes(shape.tiles)[layers.interactions][layers.slots[0]] + layers.numbers(0)
        self.places, self.ends = [ended(codes, NO_INPUT)], [FRACTION_WORDS]  # behind the tile of zeros
        self.joined = [self._place(layer) for layer in range(layers.depth)]

    def missing(self, layer: int) -> int:
        """What stands for the place of a missing entry: the tile of zeros, or no input."""
        return 0 if layer else NO_INPUT

    def _place(self, layer: int) -> Int64:
        missing = self.missing(layer)
        left, right = self.places[layer][self.layers.steps[layer].children[:-1]].T
        if not layer:
            stored = np.ones(len(left), np.bool_)
        elif layer < self.layers.tile_bits:
            stored = self.layers.counts[layer][self.layers.slots[layer + 1]] > 1
        else:
            stored = (left != missing) & (right != missing)
        start = self.ends[-1]
        count = int(np.count_nonzero(stored))
        places = np.where(stored, start + FRACTION_WORDS * (np.cumsum(stored) - 1), left + right)  # missing is 0 here
        self.places.append(ended(places, 0))
        self.ends.append(start + FRACTION_WORDS * count)
        return np.stack([places, left, right], axis=1)[stored]

    def interaction_places(self, depth: int) -> tuple[Int64, Int64]:
        """Where each interaction's entries start and how many there are, on layers 0 to `depth`: (depth + 1,
        interactions). Layer 0 has codes. An entry that shares its child's place counts."""
        interactions = len(self.lists.tables)
        bases, counts = (np.zeros((depth + 1, interactions), np.int64) for _ in range(2))
        for layer in range(depth + 1):
            counts[layer, self.layers.interactions] = self.layers.counts[layer]
            bases[layer, self.layers.interactions] = self.places[layer][self.layers.starts(layer)]
        return bases, counts

    def working_areas(self, child: int) -> tuple[int, int, int, int]:
        """Where the sumcheck on layer `child` keeps: the missing entry, the entries of every other round, those of the
        rounds between, and the retired ones."""
        missing = self.ends[child]
        first = missing + ENTRY_WORDS
        second = first + max(self._rooms[child + 2 :: 2], default=0) * ENTRY_WORDS
        return missing, first, second, second + max(self._rooms[child + 3 :: 2], default=0) * ENTRY_WORDS

    @cached_property
    def _rooms(self) -> list[int]:
        """How many entries of each layer do not retire."""
        counts = [int(counts[counts > 1].sum()) for counts in self.layers.counts]
        return counts + self.layers.sizes[len(counts) :]

    @property
    def words(self) -> int:
        """How many words of memory the tree needs: all stored layers, about ten words an input, and any layer with the
        working copies of its sumcheck behind it."""
        retired = len(self.layers.interactions) * ENTRY_WORDS
        copies = [self.working_areas(child)[3] + retired for child in range(self.layers.depth - 1)]
        return max([self.ends[-1], *copies])

    def tile_fractions(self, memory: Words, layer: int, place: int) -> Words:
        """The 64 fractions of the entry at `place` (or of that code) of a layer, (2, 64, 5): numerators and e. Zeros
        for a missing one."""
        from core_vm.stark.gkr.input_kernels import input_tile

        fractions = np.zeros((2, TILE, DEGREE), np.uint32)
        if place == self.missing(layer):
            return fractions
        words = memory[place : place + FRACTION_WORDS]
        if not layer:
            words = aligned_words(INPUT_WORDS)
            input_tile(self.inputs, place, words)
        planes = planes_of_blocks(words, len(words) // TILE).T
        fractions[0, :, : planes.shape[1] - DEGREE] = planes[:, :-DEGREE]
        fractions[1] = planes[:, -DEGREE:]
        return fractions


def input_room() -> Words:
    """Room for the input tiles that a kernel on one thread computes, behind a tile of zeros for the missing ones."""
    room = aligned_words((1 + INPUT_SLOTS) * INPUT_WORDS)
    room[:INPUT_WORDS] = 0
    return room


def planes_of_blocks(words: Words, num_planes: int) -> Words:
    """A tile as the kernels store it, in blocks of LANES lanes, as (num_planes, 64)."""
    from core_vm.field.packed.lanes import LANES

    return words.reshape(TILE // LANES, num_planes, LANES).transpose(1, 0, 2).reshape(num_planes, TILE)
