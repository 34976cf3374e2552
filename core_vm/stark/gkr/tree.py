"""Where the entries of the fraction tree lie in memory (prover side).

The input layer has no room here: its tiles are computed anew each time they are needed, or kept by `Inputs`. The
entries of the layers above lie one layer behind the other, but for those whose sibling is missing: their sum is the
one child itself, and they share its place. A sumcheck on a layer overwrites the layers above it, which are done with.

A factor has no numerator. While an interaction of factors has several entries, they are *short*: tiles of e alone. Its
only entry is a fraction like any other, whose numerators are zero: so nothing that follows the tile bits tells them
apart. The layer from which interactions are joined, and the one below it, have no short entries either.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from core_vm.air.table import TILE
from core_vm.air.table_set import TableSet
from core_vm.field.extension import DEGREE
from core_vm.host.memory import aligned_words
from core_vm.stark.gkr.input_forms import input_forms
from core_vm.stark.gkr.inputs import NO_INPUT, ROOM_WORDS, Inputs
from core_vm.stark.gkr.layers import Layers, ended
from core_vm.stark.gkr.work_lists import WorkLists
from core_vm.stark.shape import ShardShape
from core_vm.stark.words import ENTRY_WORDS, FACTOR_ENTRY_WORDS, FRACTION_WORDS, INPUT_WORDS, K_TILE, Int64, Words


class Joined(NamedTuple):
    """What fills a layer: rows (target, left child, right child) of fractions; and rows of factors, which say besides
    whether the target is a whole fraction, 1 or 0."""

    fractions: Int64
    factors: Int64


class Area(NamedTuple):
    """Where the entries of a round are."""

    fractions: int
    factors: int


class Areas(NamedTuple):
    """Where a sumcheck keeps: the missing entry; the entries of every other round, and those of the rounds between; and
    the retired ones."""

    missing: int
    rounds: tuple[Area, Area]
    retired: int


NOTHING_JOINED = Joined(np.zeros((0, 3), np.int64), np.zeros((0, 4), np.int64))
# The layers above 32 tiles of an interaction are some 80 KiB, which a core's own cache holds.
LOW_DEPTH = 5


def low_depth(tile_bits: int) -> int:
    """How many layers above the inputs are built together with them."""
    return min(LOW_DEPTH, tile_bits)


class FractionTree:
    """`places[k]` are the words where the entries of layer k lie, for the inputs their codes, and behind them what
    stands for a missing entry; `ends[k]` is where the layers up to k end; `joined[k]` fills layer k + 1, if it is
    none of the low ones."""

    def __init__(self, tables: TableSet, shape: ShardShape, inputs: Inputs) -> None:
        forms, grouping = input_forms(tables), shape.grouping
        tiles = np.array(shape.tiles, np.int64)[forms.tables]
        self.inputs, self.grouping = inputs, grouping
        self.layers = layers = Layers(tiles, shape.tile_bits, forms.positions, forms.is_factor, grouping)
        self.lists = WorkLists(layers, forms.tables)
        codes = forms.first_codes(shape.tiles)[layers.interactions][layers.slots[0]] + layers.numbers(0)
        self.places, self.ends = [ended(codes, NO_INPUT)], [FRACTION_WORDS]  # behind the tile of zeros
        self.joined = [self._place(layer) for layer in range(layers.depth)]

    @property
    def groups(self) -> int:
        return self.grouping.groups

    def missing(self, layer: int) -> int:
        """What stands for the place of a missing entry: the tile of zeros, or no input."""
        return 0 if layer else NO_INPUT

    def _place(self, layer: int) -> Joined:
        """Places for layer + 1."""
        if layer < self.layers.tile_bits:
            places, words = self._places_of_tiles(layer)
        else:
            left, right = self.places[layer][self.layers.steps[layer].children[:-1]].T
            words = np.where((left != 0) & (right != 0), FRACTION_WORDS, 0)
            places = np.where(words, self.ends[-1] + np.cumsum(words) - words, left + right)  # missing is 0 here
        self.places.append(ended(places, 0))
        self.ends.append(self.ends[-1] + int(words.sum()))
        return self._joined(layer, places, words) if layer >= low_depth(self.layers.tile_bits) else NOTHING_JOINED

    def _places_of_tiles(self, layer: int) -> tuple[Int64, Int64]:
        """Of the entries of layer + 1, while tile bits are combined: their places, and how many words they have, 0 for
        those that share their child's place."""
        layers, numbers = self.layers, self.layers.steps[layer].number
        several, counts = layers.counts[layer] > 1, layers.counts[layer + 1]
        words = np.where(layers.short(layer + 1), K_TILE, FRACTION_WORDS) * (several | (layer == 0))
        ends = self.ends[-1] + np.cumsum(words * counts)
        first = np.where(words, ends - words * counts, self.places[layer][layers.starts(layer)])
        each = np.repeat(words, counts)
        return np.repeat(first, counts) + numbers * each, each

    def _joined(self, layer: int, places: Int64, words: Int64) -> Joined:
        left, right = self.places[layer][self.layers.steps[layer].children[:-1]].T
        is_factor = np.zeros(len(places), np.bool_)
        if self.layers.has_tile_rounds(layer):
            is_factor = self.layers.is_factor[self.layers.slots[layer + 1]]
        rows = np.stack([places, left, right, words == FRACTION_WORDS], axis=1).astype(np.int64, copy=False)
        return Joined(np.ascontiguousarray(rows[(words > 0) & ~is_factor, :3]), rows[(words > 0) & is_factor])

    def interaction_places(self, depth: int) -> tuple[Int64, Int64, Int64]:
        """Where each interaction's entries start, how many there are, and how many words each has if it is a product of
        factors that are apart, otherwise 0, on layers 0 to `depth`: (depth + 1, interactions). Layer 0 has codes. An
        entry that shares its child's place counts."""
        layers, interactions = self.layers, len(self.lists.tables)
        bases, counts, words = (np.zeros((depth + 1, interactions), np.int64) for _ in range(3))
        for layer in range(depth + 1):
            counts[layer, layers.interactions] = layers.counts[layer]
            bases[layer, layers.interactions] = self.places[layer][layers.starts(layer)]
            if layer and layers.has_tile_rounds(layer - 1):
                lengths = np.where(layers.short(layer), K_TILE, FRACTION_WORDS)
                words[layer, layers.interactions] = np.where(layers.is_factor, lengths, 0)
        return bases, counts, words

    def working_areas(self, child: int) -> Areas:
        """Where the sumcheck on layer `child` keeps what it works on, behind that layer."""
        ends = [self.ends[child] + ENTRY_WORDS]
        for first in (child + 2, child + 3):
            for rooms, words in zip(self._rooms, (ENTRY_WORDS, FACTOR_ENTRY_WORDS), strict=True):
                ends.append(ends[-1] + max(rooms[first::2], default=0) * words)
        return Areas(self.ends[child], (Area(*ends[:2]), Area(*ends[2:4])), ends[4])

    @cached_property
    def _rooms(self) -> tuple[list[int], list[int]]:
        """How many entries of each layer do not retire: fractions, and factors."""
        layers = self.layers
        several = [counts * (counts > 1) for counts in layers.counts]
        fractions, factors = ([int(n[kind].sum()) for n in several] for kind in (~layers.is_factor, layers.is_factor))
        return fractions + layers.sizes[len(several) :], factors

    @property
    def words(self) -> int:
        """How many words of memory the tree needs: all stored layers, five or ten words an input, and any layer with
        the working copies of its sumcheck behind it."""
        retired = len(self.layers.interactions) * ENTRY_WORDS
        copies = [self.working_areas(child).retired + retired for child in range(self.layers.depth - 1)]
        return max([self.ends[-1], *copies])

    def fractions(self, memory: Words, layer: int) -> Words:
        """All fractions of a layer that has no more than two entries a group, (2, k, 64, groups, 5): numerators and e,
        of the k entries that a group can have. Zeros for missing ones."""
        layers, last = self.layers, self.layers.depth - layer
        found = np.zeros((2, 1 << last, TILE, self.groups, DEGREE), np.uint32)
        for entry, group in enumerate(layers.last.tolist()):
            children = layers.steps[layer].children[entry].tolist() if last else [entry]
            for k, child in enumerate(children):
                found[:, k, :, group] = self._tile_fractions(memory, layer, int(self.places[layer][child]))
        return found

    def _tile_fractions(self, memory: Words, layer: int, place: int) -> Words:
        """The 64 fractions of the entry at `place` (or of that code) of a layer, (2, 64, 5)."""
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
    """Room for what a kernel on one thread computes of the inputs, behind a tile of zeros for the missing ones."""
    room = aligned_words(ROOM_WORDS)
    room[:INPUT_WORDS] = 0
    return room


def planes_of_blocks(words: Words, num_planes: int) -> Words:
    """A tile as the kernels store it, in blocks of LANES lanes, as (num_planes, 64)."""
    from core_vm.field.packed.lanes import LANES

    return words.reshape(TILE // LANES, num_planes, LANES).transpose(1, 0, 2).reshape(num_planes, TILE)
