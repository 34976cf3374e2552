"""Marks of the memory tree's nodes, by which the interpreter knows what a shard has opened; see `touch_kernels`."""

from __future__ import annotations

from typing import Final

import numpy as np

from core_vm.host.distinct import distinct
from core_vm.machine.execute.arena import new_marks
from core_vm.state.memory_map import (
    LEAF_BYTES,
    NUM_REGISTER_LEAVES,
    REGISTER_LEAF,
    RESERVED_NODE,
    TREE_DEPTH,
)

LOADED: Final = 1
"""The mark of what is not all zero when the run begins, for all that is known."""
MOST_SHARDS: Final = 127
"""A mark, of a byte, tells so many shards from one another."""
_NUM_TOP_LEVELS: Final = 16
"""Below each node of this depth the marks of the leaves fill a page of memory."""
_FORGOTTEN_AT_ONCE: Final = 2**10


def initial_marks(regions: list[tuple[int, int]]) -> np.ndarray:
    """The marks of a run before its first shard. `regions` are the (byte address, size) that are loaded."""
    marks = new_marks()
    for address, size in regions:
        if size:
            mark_loaded(marks, address // LEAF_BYTES, (address + size - 1) // LEAF_BYTES)
    # The reserved region's digest is not that of empty memory.
    level, index = RESERVED_NODE
    mark_loaded(marks, index << level, index << level)
    return marks


def mark_loaded(marks: np.ndarray, first: int, last: int) -> None:
    """Mark the leaves first .. last and all nodes above them."""
    first, last = first + (1 << TREE_DEPTH), last + (1 << TREE_DEPTH)
    while last:
        marks[first : last + 1] = LOADED
        first, last = first >> 1, last >> 1


def forget_shards(marks: np.ndarray) -> None:
    """Every mark of a shard becomes that of what is not all zero: so shards are counted from the beginning again.

    What lies below a node without a mark has none either, and is not looked at: it takes no memory.
    """
    top = marks[: 2 << _NUM_TOP_LEVELS]
    np.minimum(top, LOADED, out=top)
    marked = np.flatnonzero(top[1 << _NUM_TOP_LEVELS :])
    for depth in range(1, TREE_DEPTH - _NUM_TOP_LEVELS + 1):
        first = 1 << _NUM_TOP_LEVELS + depth
        below = marks[first : 2 * first].reshape(1 << _NUM_TOP_LEVELS, -1)
        for start in range(0, len(marked), _FORGOTTEN_AT_ONCE):
            some = marked[start : start + _FORGOTTEN_AT_ONCE]
            below[some] = np.minimum(below[some], LOADED)


def register_nodes() -> np.ndarray:
    """The places in the marks of the registers' leaves and of all nodes above them: every shard changes these."""
    nodes = (1 << TREE_DEPTH) + REGISTER_LEAF + np.arange(NUM_REGISTER_LEAVES)
    levels = [nodes]
    while levels[-1][-1] > 1:
        levels.append(distinct(levels[-1] >> 1))
    return np.concatenate(levels)
