"""What a sumcheck on a layer of the fraction tree does in each round, as lists for its kernels (prover side).

A list has a row for every pair of entries whose sum the next message needs; folding produces the pair. An interaction
that has one entry left has only missing partners in the tile rounds to come. It *retires*: its entry is put aside, to
wait for the interaction rounds, and its part of the messages until then has a closed form (see `tile_rounds`). Rows of
interactions that retire come last. An interaction with one entry on the child layer itself is *lone*: it stays outside
from the first round on, unless the interaction rounds begin at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_vm.stark.gkr.layers import MISSING, Layers, pick
from core_vm.stark.words import Int64

# How many input tiles of an interaction are computed before the next interaction's: their columns stay in the cache.
INPUTS_AT_ONCE = 32
NEVER = np.iinfo(np.int64).max
"""No layer."""


class WorkList(NamedTuple):
    """The first `live` of `rows` do not retire, and the first `summed` have a sum that someone needs."""

    rows: Int64
    live: int
    summed: int


class Outcome(NamedTuple):
    """The entries of a layer as a fold leaves them, in pairs: `first` and `second` of each pair, `targets` of the
    entries (their place among those that stay, or among all interactions if they retire), the pair's number and group,
    whether it stays, the place of its interaction, and whether its sum is needed."""

    first: Int64
    second: Int64
    targets: Int64
    number: Int64
    group: Int64
    stays: npt.NDArray[np.bool_]
    slot: Int64
    summed: bool


class WorkLists:
    """The lists of all rounds. Those of `folds` serve the sumchecks of all layers below."""

    def __init__(self, layers: Layers, tables: Int64) -> None:
        """`tables`: of every interaction of the set."""
        self.layers, self.tables = layers, tables
        self.outcomes = [self._outcome(layer) for layer in range(2, layers.depth + 1)]
        self.folds = [self._fold(layer) for layer in range(2, layers.depth)]

    def outcome(self, layer: int) -> Outcome:
        """What a fold leaves at `layer`, which is 2 at least."""
        return self.outcomes[layer - 2]

    def fold(self, layer: int) -> WorkList:
        """Rows: the four entries of `layer` (their places among those that have not retired) that make the pair, its
        two targets, number and group, and for either target the layer from which on its right half is missing."""
        return self.folds[layer - 2]

    def lone(self, child: int) -> Int64:
        """Which interactions are lone in the sumcheck on layer `child`, by their place."""
        counts = self.layers.counts[child] if child + 1 < self.layers.tile_bits else np.zeros(0, np.int64)
        return np.flatnonzero(counts == 1)

    def first_sums(self, child: int, codes: Int64, missing: int, places: Int64) -> WorkList:
        """Rows: where the pair's first entry is, the codes of its four children, number, group. `codes` tell where the
        entries of layer `child` are, `missing` that there is none; `places` tell about the layer above."""
        below, step = self.layers.steps[child], self.layers.steps[child + 1]
        children = [
            pick(codes, pick(half, side), missing)
            for side in (step.left, step.right)
            for half in (below.left, below.right)
        ]
        rows = np.stack([pick(places, step.left, 0), *children, step.number, step.group], axis=1)
        if child + 1 < self.layers.tile_bits:
            together = self.layers.counts[child][self.layers.slots(child + 2)] > 1
            rows, number, group = rows[together], step.number[together], step.group[together]
            rows = self._by_columns(rows, number // (INPUTS_AT_ONCE // 4), group, child)
        return WorkList(rows, len(rows), len(rows))

    def first_fold(self, child: int, codes: Int64, missing: int) -> WorkList:
        """Rows: the codes of the eight entries of layer `child` that make the pair, its two targets, number, group."""
        below, step, outcome = self.layers.steps[child], self.layers.steps[child + 1], self.outcome(child + 2)
        children = [
            pick(codes, pick(half, pick(side, entry)), missing)
            for entry in (outcome.first, outcome.second)
            for side in (step.left, step.right)
            for half in (below.left, below.right)
        ]
        targets = [pick(outcome.targets, entry) for entry in (outcome.first, outcome.second)]
        rows = np.stack([*children, *targets, outcome.number, outcome.group], axis=1)
        order = np.arange(len(rows))
        if child + 1 < self.layers.tile_bits:
            order = order[self.layers.counts[child][outcome.slot] > 1]
            chunk = outcome.number[order] // (INPUTS_AT_ONCE // 8)
            order = self._by_columns(order, chunk, outcome.group[order], child)
        return _staying_first(rows[order], outcome.stays[order], outcome.summed)

    def _by_columns(self, rows: Int64, chunk: Int64, interaction: Int64, child: int) -> Int64:
        """Rows that read inputs in the order of tables, a few tiles of every interaction before the next few."""
        if child:
            return rows
        return rows[np.lexsort((interaction, chunk, self.tables[interaction]))]

    def _outcome(self, layer: int) -> Outcome:
        layers = self.layers
        if layer < layers.tile_bits:
            step, slots = layers.steps[layer], layers.slots(layer)
            stays = layers.counts[layer] > 1
            targets = np.where(stays[slots], np.cumsum(stays[slots]) - 1, slots)
            slot = layers.slots(layer + 1)
            return Outcome(step.left, step.right, targets, step.number, step.group, stays[slot], slot, True)
        everything = np.arange(layers.sizes[layer])
        if layer == layers.tile_bits or layer == layers.depth:
            zeros, stays = np.zeros_like(everything), np.full(len(everything), layer > layers.tile_bits)
            return Outcome(everything, zeros + MISSING, everything, zeros, zeros, stays, everything, False)
        step = layers.steps[layer]
        stays = np.ones(len(step.left), np.bool_)
        return Outcome(step.left, step.right, everything, step.number, step.group, stays, step.left, True)

    def _fold(self, layer: int) -> WorkList:
        step, outcome = self.layers.steps[layer], self.outcome(layer + 1)
        places = self.outcome(layer).targets
        sources = [
            pick(places, pick(half, entry))
            for entry in (outcome.first, outcome.second)
            for half in (step.left, step.right)
        ]
        targets = [pick(outcome.targets, entry) for entry in (outcome.first, outcome.second)]
        bare = [self._bare_from(layer + 1, entry) for entry in (outcome.first, outcome.second)]
        rows, stays = np.stack([*sources, *targets, outcome.number, outcome.group, *bare], axis=1), outcome.stays
        if layer < self.layers.tile_bits:
            working = self.layers.counts[layer][outcome.slot] > 1
            rows, stays = rows[working], stays[working]
        return _staying_first(rows, stays, outcome.summed)

    def _bare_from(self, layer: int, entries: Int64) -> Int64:
        """See `Layers.bare_from`; never for what the tile rounds fold, which is no lone entry."""
        if layer <= self.layers.tile_bits:
            return np.full(len(entries), NEVER)
        return pick(self.layers.bare_from[layer - self.layers.tile_bits], entries, 0)


def _staying_first(rows: Int64, stays: npt.NDArray[np.bool_], summed: bool) -> WorkList:
    live = int(np.count_nonzero(stays))
    if 0 < live < len(rows):
        rows = np.concatenate([rows[stays], rows[~stays]])
    return WorkList(rows, live, len(rows) if summed else 0)
