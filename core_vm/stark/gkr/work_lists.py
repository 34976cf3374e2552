"""What a sumcheck on a layer of the fraction tree does in each round, as lists for its kernels (prover side).

A list has a row for every pair of entries whose sum the next message needs; folding produces the pair. An interaction
that has one entry left has only missing partners in the tile rounds to come. It *retires*: its entry is put aside, to
wait for the interaction rounds, and its part of the messages until then has a closed form (see `tile_rounds`). Rows of
interactions that retire come last. An interaction with one entry on the child layer itself is *lone*: it stays outside
from the first round on, unless the interaction rounds begin at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_vm.stark.gkr.inputs import LOG_CODE
from core_vm.stark.gkr.layers import MISSING, Layers, Step, ended
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
    entries, and of a missing one (their place among those of their kind that stay, or among all interactions if they
    retire), the pair's number and group, whether it stays, the place of its interaction, whether it is of factors that
    are apart, and whether its sum is needed."""

    first: Int64
    second: Int64
    targets: Int64
    number: Int64
    group: Int64
    stays: npt.NDArray[np.bool_]
    slot: Int64
    is_factor: npt.NDArray[np.bool_]
    summed: bool


class Kinds(NamedTuple):
    """Fractions, and factors that are apart."""

    fractions: WorkList
    factors: WorkList


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

    def fold(self, layer: int) -> Kinds:
        """Rows: the four entries of `layer` (their places among those that have not retired) that make the pair, its
        two targets, number and group, and for either target the layer from which on its right half is missing."""
        return self.folds[layer - 2]

    def lone(self, child: int) -> Int64:
        """Which interactions are lone in the sumcheck on layer `child`, by their place."""
        counts = self.layers.counts[child] if self.layers.has_tile_rounds(child) else np.zeros(0, np.int64)
        return np.flatnonzero(counts == 1)

    def first_sums(self, child: int, grandchildren: Int64) -> tuple[Int64, Int64]:
        """Rows of fractions and of factors: the pair's four grandchildren, number, group. `grandchildren` are where
        `Layers.grandchildren` are."""
        layers, step = self.layers, self.layers.steps[child + 1]

        def rows(pairs: Int64) -> Int64:
            rows = np.empty((len(pairs), 6), np.int64)
            rows[:, :4], rows[:, 4], rows[:, 5] = grandchildren[pairs], step.number[pairs], step.group[pairs]
            return rows

        if not layers.has_tile_rounds(child):
            return rows(np.arange(len(step.number))), rows(np.zeros(0, np.int64))
        slots = layers.slots[child + 2]
        pairs = self._working(child, slots, step.number, INPUTS_AT_ONCE // 4)
        is_factor = layers.is_factor[slots[pairs]]
        return rows(pairs[~is_factor]), rows(pairs[is_factor])

    def first_fold(self, child: int, grandchildren: Int64) -> Kinds:
        """Rows: the eight entries of layer `child` that make the pair, its two targets, number, group."""
        outcome = self.outcome(child + 2)

        def rows(pairs: Int64) -> Int64:
            rows = np.empty((len(pairs), 12), np.int64)
            for side, entries in enumerate((outcome.first[pairs], outcome.second[pairs])):
                rows[:, 4 * side : 4 * side + 4] = grandchildren[entries]
                rows[:, 8 + side] = outcome.targets[entries]
            rows[:, 10], rows[:, 11] = outcome.number[pairs], outcome.group[pairs]
            return rows

        pairs = np.arange(len(outcome.number))
        if self.layers.has_tile_rounds(child):
            pairs = self._working(child, outcome.slot, outcome.number, INPUTS_AT_ONCE // 8)
        return _kinds(outcome, pairs, rows)

    def _working(self, child: int, slots: Int64, number: Int64, at_once: int) -> Int64:
        """The pairs of interactions that are not lone on layer `child`. Those that read inputs come in the order of
        tables, `at_once` of every interaction before the next ones."""
        pairs = np.flatnonzero((self.layers.counts[child] > 1)[slots])
        if child:
            return pairs
        tables = self.tables[self.layers.interactions][slots[pairs]]
        return pairs[np.argsort(tables << LOG_CODE | number[pairs] // at_once, kind="stable")]

    def _outcome(self, layer: int) -> Outcome:
        layers = self.layers
        if layer < layers.tile_bits:
            step, slots = layers.steps[layer], layers.slots[layer]
            stays, is_factor = layers.counts[layer] > 1, layers.is_factor
            of_kinds = [np.cumsum((stays & kind)[slots]) - 1 for kind in (is_factor, ~is_factor)]
            targets = np.where(stays[slots], np.where(is_factor[slots], *of_kinds), slots)
            slot = layers.slots[layer + 1]
            pairs = step.number, step.group, stays[slot], slot, is_factor[slot]
            return Outcome(*_sides(step), ended(targets), *pairs, True)
        everything = np.arange(layers.sizes[layer])
        if layer == layers.tile_bits or layer == layers.depth:
            zeros, stays = np.zeros_like(everything), np.full(len(everything), layer > layers.tile_bits)
            is_factor = layers.is_factor if layer == layers.tile_bits else np.zeros(len(everything), np.bool_)
            pairs = zeros, zeros, stays, everything, is_factor
            return Outcome(everything, zeros + MISSING, ended(everything), *pairs, False)
        step = layers.steps[layer]
        first, second = _sides(step)
        stays = np.ones(len(first), np.bool_)
        return Outcome(first, second, ended(everything), step.number, step.group, stays, first, ~stays, True)

    def _fold(self, layer: int) -> Kinds:
        outcome = self.outcome(layer + 1)
        sources = self.outcome(layer).targets[self.layers.steps[layer].children]

        def rows(pairs: Int64) -> Int64:
            rows = np.empty((len(pairs), 10), np.int64)
            for side, entries in enumerate((outcome.first[pairs], outcome.second[pairs])):
                rows[:, 2 * side : 2 * side + 2] = sources[entries]
                rows[:, 4 + side] = outcome.targets[entries]
                rows[:, 8 + side] = self._bare_from(layer + 1, entries)
            rows[:, 6], rows[:, 7] = outcome.number[pairs], outcome.group[pairs]
            return rows

        pairs = np.arange(len(outcome.number))
        if layer < self.layers.tile_bits:
            pairs = np.flatnonzero((self.layers.counts[layer] > 1)[outcome.slot])
        return _kinds(outcome, pairs, rows)

    def _bare_from(self, layer: int, entries: Int64) -> Int64 | int:
        """See `Layers.bare_from`; never for what the tile rounds fold, which is no lone entry."""
        if layer <= self.layers.tile_bits:
            return NEVER
        return ended(self.layers.bare_from[layer - self.layers.tile_bits], 0)[entries]


def _sides(step: Step) -> tuple[Int64, Int64]:
    """The left and the right children."""
    left, right = np.ascontiguousarray(step.children[:-1].T)
    return left, right


def _kinds(outcome: Outcome, pairs: Int64, rows: Callable[[Int64], Int64]) -> Kinds:
    """The lists of these pairs of an outcome, those first that stay; `rows` makes them."""
    is_factor = outcome.is_factor[pairs]
    fractions, factors = (_list(outcome, pairs[kind], rows) for kind in (~is_factor, is_factor))
    return Kinds(fractions, factors)


def _list(outcome: Outcome, pairs: Int64, rows: Callable[[Int64], Int64]) -> WorkList:
    stays = outcome.stays[pairs]
    live = int(np.count_nonzero(stays))
    if 0 < live < len(pairs):
        pairs = np.concatenate([pairs[stays], pairs[~stays]])
    return WorkList(rows(pairs), live, len(pairs) if outcome.summed else 0)
