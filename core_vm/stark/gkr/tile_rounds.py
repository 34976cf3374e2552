"""The sumcheck that leads from a claim about one layer of the fraction tree to its child layer: the rounds over whole
tiles (prover side).

An interaction that has one entry x left retires from the tile rounds: in every further one its partner is a missing
entry m, and binding the variable to r makes of it m + (1 - r) (x - m). So it is m + s (x - m) when s is the product of
those factors, and there the layer's summand is s L + s^2 Q, with L and Q linear and quadratic in x - m; at x, where the
interaction retires, the cofactor is L + Q and its coefficient of X^2 is Q. The sums of L and Q over all retired
interactions are all that the tile rounds need; the interaction rounds begin with their entries brought up to date.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import P
from core_vm.host.memory import aligned_zeros
from core_vm.host.threads import run_ranges
from core_vm.stark.gkr.layer_rounds import LayerRounds
from core_vm.stark.gkr.round_kernels import BATCHING, CLAIM
from core_vm.stark.gkr.tree import Area, FractionTree, input_room, planes_of_blocks
from core_vm.stark.words import ENTRY_WORDS, K_TILE, Int64, Words, interleaved

# Where the sums over those that retire begin.
RETIRED = 2 * K_TILE
# Four sums of fractions and four of factors.
SUMS_WORDS = 8 * K_TILE
# Below this many pairs a second thread costs more than it gives.
MIN_PAIRS_PER_THREAD = 192
ONE = interleaved([K.one])
NOT_BARE = -1
"""As a child layer: there are no lone entries, whose right halves are missing."""


def threads_for(pairs: int, threads: int) -> int:
    """How many threads so many pairs of tiles are worth."""
    return max(1, min(threads, pairs // MIN_PAIRS_PER_THREAD))


class LayerSumcheck:
    """The rounds over whole tiles on the child layer: sums of each round's cofactor, and folding."""

    def __init__(self, rounds: LayerRounds, memory: Words, tree: FractionTree, child: int, threads: int) -> None:
        self.rounds, self.memory, self.tree, self.child, self.threads = rounds, memory, tree, child, threads
        self.layers = tree.layers
        self.weights = rounds.weights
        self.areas = tree.working_areas(child)
        self.missing, self.retired = self.areas.missing, self.areas.retired
        self.grandchildren = tree.places[child][tree.layers.grandchildren(child)]
        self.lone = self._lone_rows()
        self.bare_child = child if self.layers.has_tile_rounds(child) else NOT_BARE

    def prove(self) -> Words:
        """All rounds, of which there is one at least. Returns n0, a1, e0, e1 on 64 lanes, group by group in each, as
        planes (4, 5, 64 groups)."""
        from core_vm.stark.gkr.round_kernels import tile_message

        sums = self._first_sums()
        for number in range(self.rounds.whole):
            pair_weights = self._weights(self.child + 1 + number)[0]
            tile_message(sums, self.weights.of_lanes, pair_weights, *self.rounds.words)
            self.rounds.exchange()
            sums = self._fold(number)
        return self._entry()

    def _first_sums(self) -> Words:
        """The first round's sums but those at X = 0, which nobody needs; those of lone fractions among what has retired
        just now."""
        from core_vm.stark.gkr.factor_kernels import first_factor_sums
        from core_vm.stark.gkr.first_kernels import first_round_sums

        rows, factors = self.tree.lists.first_sums(self.child, self.grandchildren)
        weights, batching = self._weights(self.child + 1), interleaved([self.rounds.batching])

        def work(start: int, stop: int, total: Words) -> None:
            first_round_sums(self._children(), self._inputs(), rows, *weights, batching, start, stop, total)

        def work_on_factors(start: int, stop: int, total: Words) -> None:
            first_factor_sums(self._children(), self._inputs(), factors, *weights, start, stop, total)

        sums = self._add_up((work, len(rows)), (work_on_factors, len(factors)))
        if len(self.lone):
            sums[RETIRED : RETIRED + K_TILE] = self._lone_sum(batching)[:K_TILE]
        return sums

    def _fold(self, number: int) -> Words:
        """Bind round `number`'s variable to its challenge; returns the next round's sums (zeros after the last)."""
        layer = self.child + 2 + number
        sums = (self._later_fold if number else self._first_fold)(layer)
        if layer != self.layers.tile_bits:
            return sums
        self.rounds.forget_retired()
        return self._bring_retired_up_to_date()

    def _entry(self) -> Words:
        depth, layers = self.layers.depth, self.layers
        first = self.retired if depth == layers.tile_bits else self._area(depth).fractions
        entry = np.empty((4, DEGREE, TILE, self.tree.groups), np.uint32)
        places = dict.fromkeys(range(self.tree.groups), self.missing)
        places |= {group: first + number * ENTRY_WORDS for number, group in enumerate(layers.last.tolist())}
        for group, at in places.items():
            planes = planes_of_blocks(self.memory[at : at + ENTRY_WORDS], 4 * DEGREE)
            entry[:, :, :, group] = planes.reshape(4, DEGREE, TILE)
        return entry.reshape(4, DEGREE, -1)

    def _first_fold(self, layer: int) -> Words:
        from core_vm.stark.gkr.factor_kernels import first_factor_fold_and_sum
        from core_vm.stark.gkr.first_kernels import first_fold_and_sum

        self._write_missing_entry()
        fractions, factors = self.tree.lists.first_fold(self.child, self.grandchildren)
        target, weights = self._area(layer), self._weights(layer)
        inputs = None if self.child else self.tree.inputs.folded_by(self.rounds.bound[0])

        def work(start: int, stop: int, total: Words) -> None:
            first_fold_and_sum(
                self.memory, self._children(), inputs, *fractions, target.fractions, self.retired,
                self.missing, self.rounds.state, *weights, start, stop, total,
            )  # fmt: skip

        def work_on_factors(start: int, stop: int, total: Words) -> None:
            first_factor_fold_and_sum(
                self.memory, self._children(), inputs, *factors, target.factors, self.retired,
                self.rounds.state, *weights, start, stop, total,
            )  # fmt: skip

        return self._add_up((work, len(fractions.rows)), (work_on_factors, len(factors.rows)))

    def _later_fold(self, layer: int) -> Words:
        from core_vm.stark.gkr.factor_kernels import fold_factors_and_sum
        from core_vm.stark.gkr.fold_kernels import fold_and_sum

        fractions, factors = self.tree.lists.fold(layer - 1)
        source, target, weights = self._area(layer - 1), self._area(layer), self._weights(layer)
        entries = self.retired if layer - 1 == self.layers.tile_bits else source.fractions

        def work(start: int, stop: int, total: Words) -> None:
            fold_and_sum(
                self.memory, entries, *fractions, target.fractions, self.retired, self.missing, self.bare_child,
                self.rounds.state, *weights, start, stop, total,
            )  # fmt: skip

        def work_on_factors(start: int, stop: int, total: Words) -> None:
            fold_factors_and_sum(
                self.memory, source.factors, *factors, target.factors, self.retired, self.rounds.state, *weights,
                start, stop, total,
            )  # fmt: skip

        return self._add_up((work, len(fractions.rows)), (work_on_factors, len(factors.rows)))

    def _lone_rows(self) -> Int64:
        """Of every lone fraction: the place of its interaction, its code, and its position."""
        slots = self.tree.lists.lone(self.child)
        codes = self.tree.places[self.child][self.layers.starts(self.child)[slots]] if len(slots) else slots
        return np.stack([slots, codes, self.layers.positions[slots]], axis=1)

    def _lone_sum(self, batching: Words) -> Words:
        from core_vm.stark.gkr.first_kernels import lone_sums

        def work(start: int, stop: int, total: Words) -> None:
            lone_sums(
                self._children(), self._inputs(), self.lone, self.weights.positions[0], batching, start, stop, total
            )  # fmt: skip

        return self._add_up((work, len(self.lone)))

    def _write_lone_entries(self, scale: Words) -> None:
        from core_vm.stark.gkr.first_kernels import write_lone_entries

        def work(start: int, stop: int) -> None:
            write_lone_entries(
                self.memory, self._children(), self._inputs(), self.lone, self.retired, scale, self.rounds.state,
                start, stop,
            )  # fmt: skip

        run_ranges(work, len(self.lone), threads_for(len(self.lone), self.threads))

    def _bring_retired_up_to_date(self) -> Words:
        from core_vm.stark.gkr.fold_kernels import shrink_and_sum

        layers, scales = self.layers, [K.one]
        for r in reversed(self.rounds.bound):
            scales.append(scales[-1] * (1 - r))  # scales[k]: of an entry that retired at layer tile_bits - k
        self._write_lone_entries(interleaved(scales[-1:]))
        after = layers.tile_bits - np.maximum(layers.only_from, self.child + 2)
        after[self.lone[:, 0]] = 0
        pairs, words = layers.interaction_pairs, interleaved(scales)
        weights = self._weights(layers.tile_bits)[0]

        def work(start: int, stop: int, total: Words) -> None:
            shrink_and_sum(
                self.memory, self.retired, self.missing, self.bare_child, pairs, np.where(after, after, -1), words,
                self.rounds.state, weights, start, stop, total,
            )  # fmt: skip

        return self._add_up((work, len(pairs)))

    def _write_missing_entry(self) -> None:
        """n0 = 0, a1 = lambda, e0 = e1 = 0. It lies over the parent layer, which is done with."""
        from core_vm.field.packed.lanes import LANES

        entry = self.memory[self.missing : self.missing + ENTRY_WORDS].reshape(-1, 4, 5, LANES)
        entry[...] = 0
        entry[:, 1] = self.rounds.state[BATCHING:CLAIM].reshape(DEGREE, 1)

    def _area(self, layer: int) -> Area:
        return self.areas.rounds[(layer - self.child) % 2]

    def _inputs(self) -> object:
        return None if self.child else self.tree.inputs

    def _children(self) -> Words:
        """What a kernel on one thread reads the child layer from: `memory`, or room to write input tiles to."""
        return self.memory if self.child else input_room()

    def _weights(self, layer: int) -> tuple[Words, Words]:
        """The weights of the pairs of a layer's entries, by number and by group."""
        positions = self.weights.positions
        if layer < self.layers.tile_bits:
            return self.weights.tiles[layer - self.child], positions[0]
        first = max(self.layers.tile_bits, self.child + 1)
        return positions[min(layer + 1 - first, len(positions) - 1)], ONE

    def _add_up(self, *works: tuple[Callable[[int, int, Words], None], int]) -> Words:
        """The eight sums of `total` in the kernels, lane by lane, over so many rows of each work."""
        if self.threads == 1:
            total = aligned_zeros(SUMS_WORDS)
            for work, rows in works:
                if rows:
                    work(0, rows, total)
            return total
        parts: list[Words] = []
        for work, rows in works:

            def part(start: int, stop: int, work: Callable[[int, int, Words], None] = work) -> Words:
                total = aligned_zeros(SUMS_WORDS)
                work(start, stop, total)
                return total

            parts += run_ranges(part, rows, threads_for(rows, self.threads))
        if len(parts) > 1:
            return np.asarray(np.sum(np.stack(parts), axis=0, dtype=np.uint64) % np.uint64(P), np.uint32)
        return parts[0] if parts else np.zeros(SUMS_WORDS, np.uint32)
