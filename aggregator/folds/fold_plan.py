"""What can be folded next: lifts of shards that are proved, joins of ranges that touch. No step waits for all.

The tree of the joins follows from the number of shards alone: in whatever order results come, the same command makes
the same ranges, so that what was kept of an earlier try is of use, and the same proof.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Lift(Generic[S]):
    """Shards in a row, of which one recursion proof is to be made; `start` is the number of the first."""

    start: int
    shards: tuple[S, ...]

    @property
    def stop(self) -> int:
        return self.start + len(self.shards)


@dataclass(frozen=True, slots=True)
class Join(Generic[R]):
    """Two ranges of shards that touch, to be made one."""

    start: int
    stop: int
    left: R
    right: R


class FoldPlan(Generic[S, R]):
    """`S` stands for proofs of shards, `R` for recursion proofs of ranges of them.

    Two neighbours are lifted together where they are of one `shape` that allows it, a third less work; for that a shard
    with an even number waits for the next one. A range of 2^k shards is made of its two halves, and begins at a
    multiple of 2^k; at the end of the run some are shorter, or have one half only.
    """

    def __init__(self) -> None:
        self.ready: deque[Lift[S] | Join[R]] = deque()
        self._waiting: dict[int, tuple[S, object]] = {}
        self._ranges: dict[int, tuple[int, R]] = {}
        self._total: int | None = None

    def add_shard(self, number: int, shard: S, pair_with: object) -> None:
        """`pair_with` is equal for shards of which two can be lifted together, None for one that is lifted alone."""
        self._waiting[number] = shard, pair_with
        self._pair(number)

    def end(self, total: int) -> None:
        """There are so many shards."""
        self._total = total
        self._pair(total - 1)
        last = next((start for start, (stop, _) in self._ranges.items() if stop == total), None)
        if last is not None:
            self.add_range(last, *self._ranges.pop(last))

    def add_range(self, start: int, stop: int, proof: R) -> None:
        """A lift or a join is done."""
        size = 1 << (stop - start - 1).bit_length()
        while stop == self._total and start and start % (2 * size) == 0:
            size *= 2  # nothing comes to the right of it, so it is the larger range as well
        middle = start + size
        if start % (2 * size):
            first = start - size
            if self._ranges.get(first, (None,))[0] == start:
                self.ready.append(Join(first, stop, self._ranges.pop(first)[1], proof))
                return
        elif self._ranges.get(middle, (None,))[0] in (middle + size, self._total or middle + size):
            last, right = self._ranges.pop(middle)
            self.ready.append(Join(start, last, proof, right))
            return
        self._ranges[start] = stop, proof

    def whole(self) -> R | None:
        """The proof of all shards, once it is there."""
        stop, proof = self._ranges.get(0, (None, None))
        return proof if self._total is not None and stop == self._total else None

    def _pair(self, number: int) -> None:
        first = number - number % 2
        members = [n for n in (first, first + 1) if n in self._waiting]
        if len(members) == 2:
            (left, pair_left), (right, pair_right) = (self._waiting.pop(n) for n in members)
            if pair_left is not None and pair_left == pair_right:
                self.ready.append(Lift(first, (left, right)))
            else:
                self.ready += [Lift(first, (left,)), Lift(first + 1, (right,))]
        elif members and self._is_alone(first):
            self.ready.append(Lift(first, (self._waiting.pop(first)[0],)))

    def _is_alone(self, first: int) -> bool:
        return first + 1 == self._total
