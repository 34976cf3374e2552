"""What can be folded next: lifts of shards that are proved, joins of ranges that touch. No step waits for all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
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
    with an even number waits for the next one. Joins take whichever neighbour is there: the tree has any form.
    """

    def __init__(self) -> None:
        self.ready: deque[Lift[S] | Join[R]] = deque()
        self._waiting: dict[int, tuple[S, object]] = {}
        self._starts: dict[int, tuple[int, R]] = {}
        self._stops: dict[int, int] = {}
        self._total: int | None = None

    def add_shard(self, number: int, shard: S, pair_with: object) -> None:
        """`pair_with` is equal for shards of which two can be lifted together, None for one that is lifted alone."""
        self._waiting[number] = shard, pair_with
        self._pair(number)

    def end(self, total: int) -> None:
        """There are so many shards."""
        self._total = total
        self._pair(total - 1)

    def add_range(self, start: int, stop: int, proof: R) -> None:
        """A lift or a join is done."""
        if start in self._stops:
            first = self._stops.pop(start)
            _, left = self._starts.pop(first)
            self.ready.append(Join(first, stop, left, proof))
        elif stop in self._starts:
            last, right = self._starts.pop(stop)
            del self._stops[last]
            self.ready.append(Join(start, last, proof, right))
        else:
            self._starts[start], self._stops[stop] = (stop, proof), start

    def whole(self) -> R | None:
        """The proof of all shards, once it is there."""
        stop, proof = self._starts.get(0, (None, None))
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


def taken(plan: FoldPlan[S, R]) -> Iterator[Lift[S] | Join[R]]:
    """All that is ready, and what becomes ready meanwhile."""
    while plan.ready:
        yield plan.ready.popleft()
