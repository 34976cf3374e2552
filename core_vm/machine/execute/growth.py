"""How large the shards of a run are cut: they grow with the run, and sooner if its length is known.

Each shard opens anew the memory that it touches, and is lifted and joined by itself if it is folded: so few large ones
cost least. But those of a short run are to keep all workers busy, and larger shards are more fresh memory in each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

SHARDS_OF_A_SIZE: Final = 8
"""As many as keep two workers busy."""


def shard_limit(index: int, first: int, largest: int, of_a_size: int = SHARDS_OF_A_SIZE, is_long: bool = False) -> int:
    """Shard `index` of a run has fewer cells: twice as many after every `of_a_size` shards, the first of which are as
    good as done if the run is known to be long."""
    ahead = of_a_size - 1 if is_long else 0
    return min(largest, first << min((index + ahead) // of_a_size, 64))


class Growth:
    """From shards of `first` cells to shards of `largest`. A run is long if `of_a_size` of the first ones do not hold
    it."""

    def __init__(self, first: int, largest: int, of_a_size: int = SHARDS_OF_A_SIZE) -> None:
        self._first, self._largest, self._of_a_size = first, largest, of_a_size
        self._is_long: bool | None = None  # not known

    def limit(self, index: int, outlasts: Callable[[int, int], bool] | None) -> int:
        """Shard `index` of the run has fewer cells. outlasts(shards, cells) says whether so many shards of that size do
        not hold the run, by executing it: so it is asked once at most, and not before there is a second shard."""
        if index == 0 or self._first >= self._largest:
            return self._first
        if self._is_long is None:
            self._is_long = outlasts is not None and outlasts(self._of_a_size, self._first)
        return shard_limit(index, self._first, self._largest, self._of_a_size, self._is_long)
