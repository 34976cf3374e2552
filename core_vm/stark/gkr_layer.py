"""One layer of the fraction tree in memory, and the sumcheck that leads from its parent's claim to its own (prover
side)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.extension import K
from core_vm.field.koalabear import P, inverse
from core_vm.field.threads import run_ranges
from core_vm.stark.leaves import Leaves
from core_vm.stark.words import Integers, Words, eq_suffixes, interleaved, weighted_lanes
from core_vm.stark.workspace import aligned_words

LEAF_WORDS, FRACTION_WORDS, ENTRY_WORDS = 6 * TILE, 10 * TILE, 20 * TILE
# The child tiles of two partners.
LEAF_SLOTS = 4
HALF = inverse(2)
# Below this many tiles a second thread costs more than it gives.
MIN_TILES_PER_THREAD = 32


def threads_for(tiles: int, threads: int) -> int:
    """How many threads so many tiles are worth."""
    return max(1, min(threads, tiles // MIN_TILES_PER_THREAD))


@dataclass(frozen=True, slots=True)
class Layer:
    """Where a layer lies, and the first entry of each group, as the step from the layer *to its parent* groups it."""

    offset: int
    starts: Integers
    leaves: Leaves | None = None

    @property
    def end(self) -> int:
        """Where the next layer may begin. The leaf layer takes no room: its tiles are computed when they are needed."""
        return self.offset + (0 if self.leaves is not None else int(self.starts[-1]) * FRACTION_WORDS)

    def children(self, memory: Words) -> Words:
        """What a kernel on one thread reads the layer's tiles from: `memory`, or room to write leaf tiles to."""
        if self.leaves is None:
            return memory
        room = aligned_words((1 + LEAF_SLOTS) * LEAF_WORDS)
        room[:LEAF_WORDS] = 0  # stands for every missing fraction
        return room


def planes_of_blocks(words: Words, num_planes: int) -> Words:
    """A tile as the kernels store it, in blocks of LANES lanes, as (num_planes, 64)."""
    from core_vm.field.lanes import LANES

    return words.reshape(TILE // LANES, num_planes, LANES).transpose(1, 0, 2).reshape(num_planes, TILE)


def halved(starts: Integers) -> Integers:
    """Group starts after one step: each group keeps half its entries, rounded up."""
    return np.concatenate([[0], np.cumsum((np.diff(starts) + 1) // 2)]).astype(np.int64)


def single_group(starts: Integers) -> Integers:
    """The same entries as one group."""
    return starts[[0, -1]].copy()


@dataclass(frozen=True, slots=True)
class Round:
    """A round over whole tiles: its coordinate, how entries are grouped before and after, and the weights of the
    rest."""

    z: K
    starts: Integers
    pairs: Integers
    weights: Words
    group_weights: Words


def plan_rounds(starts: Integers, tile_point: Sequence[K], interaction_point: Sequence[K]) -> list[Round]:
    """The tile and interaction rounds of a layer with these entries (grouped by interaction if tile_point is not
    empty)."""
    one = interleaved([K.one])
    tiles, interactions = eq_suffixes(tile_point), eq_suffixes(interaction_point)
    rounds = []
    for number, z in enumerate(tile_point):
        rounds.append(Round(z, starts, halved(starts), tiles[number + 1], interactions[0]))
        starts = rounds[-1].pairs
    for number, z in enumerate(interaction_point):
        starts = single_group(starts)
        rounds.append(Round(z, starts, halved(starts), interactions[number + 1], one))
        starts = rounds[-1].pairs
    return rounds


class LayerSumcheck:
    """The rounds over whole tiles: sums of each round's cofactor, and folding. Room for the copies is behind the
    child."""

    def __init__(
        self,
        memory: Words,
        child: Layer,
        parent: Layer,
        rounds: list[Round],
        lane_weights: Words,
        batching: K,
        threads: int,
    ) -> None:
        self.memory, self.child, self.parent, self.rounds, self.threads = memory, child, parent, rounds, threads
        self.lane_weights, self.batching = lane_weights, batching
        self.parent_starts = halved(child.starts)
        self.missing = child.end
        self.areas = (child.end + ENTRY_WORDS, child.end + (1 + int(rounds[0].pairs[-1])) * ENTRY_WORDS)

    def first_sums(self) -> tuple[K, K]:
        """The first round's cofactor at 0, and its coefficient of X^2."""
        from core_vm.stark.gkr_kernels import first_round_sums

        this, batching = self.rounds[0], interleaved([self.batching])

        def work(ranges: Integers, total: Words) -> None:
            first_round_sums(
                self.memory, self.child.children(self.memory), self.child.offset, self.child.leaves,
                self.child.starts, self.parent.offset, self.parent_starts, this.starts, this.pairs, this.weights,
                this.group_weights, batching, ranges, total,
            )  # fmt: skip

        return self._add_up(work, this.pairs, self._ranges(this.pairs, 4))

    def fold(self, number: int, r: K) -> tuple[K, K]:
        """Bind round `number`'s variable to r; returns the next round's sums (after the last round they mean
        nothing)."""
        from core_vm.stark.gkr_kernels import first_fold_and_sum, fold_and_sum

        this, after = self.rounds[number], self._after(number)
        source, target = self.areas[(number + 1) % 2], self.areas[number % 2]
        constants = interleaved([r, self.batching * HALF])
        if not number:
            self._write_missing_entry()
        tail = (target, self.missing, constants, after.starts, after.pairs, after.weights, after.group_weights)

        def work(ranges: Integers, total: Words) -> None:
            if number:
                start, stop = ranges[0]
                fold_and_sum(self.memory, source, this.starts, this.pairs, *tail, start, stop, total)
            else:
                first_fold_and_sum(
                    self.memory, self.child.children(self.memory), self.child.offset, self.child.leaves,
                    self.child.starts, self.parent_starts, this.starts, this.pairs, *tail, ranges, total,
                )  # fmt: skip

        return self._add_up(work, after.pairs, None if number else self._ranges(after.pairs, 8))

    def entry(self) -> Words:
        """a0, a1, e0, e1 on 64 lanes once all rounds are bound: flat (4, 64, 5)."""
        at = self.areas[(len(self.rounds) - 1) % 2]
        planes = planes_of_blocks(self.memory[at : at + ENTRY_WORDS], 20)
        return np.ascontiguousarray(planes.reshape(4, 5, TILE).transpose(0, 2, 1)).reshape(-1)

    def _write_missing_entry(self) -> None:
        """a0 = a1 = lambda/2, e0 = e1 = 0: what a missing partner is. It lies over the parent layer, which is done
        with."""
        from core_vm.field.lanes import LANES

        entry = self.memory[self.missing : self.missing + ENTRY_WORDS].reshape(-1, 4, 5, LANES)
        entry[:, :2] = interleaved([self.batching * HALF]).reshape(5, 1)
        entry[:, 2:] = 0

    def _after(self, number: int) -> Round:
        if number + 1 < len(self.rounds):
            return self.rounds[number + 1]
        one, single = interleaved([K.one]), np.array([0, 1], np.int64)
        return Round(K.zero, single, single, one, one)

    def _ranges(self, pairs: Integers, tiles: int) -> Integers | None:
        return None if self.child.leaves is None else self.child.leaves.ranges(pairs, tiles)

    def _add_up(self, work: Callable[[Integers, Words], None], pairs: Integers, ranges: Integers | None) -> tuple[K, K]:
        def part(start: int, stop: int) -> Words:
            total = np.zeros(10 * TILE, np.uint32)
            work(np.array([[start, stop]]) if ranges is None else ranges[start:stop], total)
            return total

        count = int(pairs[-1])
        parts = run_ranges(part, count if ranges is None else len(ranges), threads_for(count, self.threads))
        sums = np.asarray(np.sum(np.stack(parts), axis=0, dtype=np.uint64)) % np.uint64(P)
        at_zero, leading = weighted_lanes(self.lane_weights, sums)
        return at_zero, leading
