"""Kernel of the lowest layers: the leaves, which are not kept, and their sums."""

from __future__ import annotations

import numpy as np

from core_vm.field.kernel_cache import njit
from core_vm.stark.gkr_kernels import ZERO_TILE, combine_tile
from core_vm.stark.leaf_kernels import write_leaf
from core_vm.stark.packed_fractions import FRACTION_WORDS, LEAF_WORDS


@njit
def _combine_leaves(children, leaves, i, memory, target, first, last):
    """Entries [first, last) of interaction i's layer above the leaves."""
    start, stop = leaves.starts[i], leaves.starts[i + 1]
    for x in range(first, last):
        left, right = start + 2 * x, ZERO_TILE
        write_leaf(leaves, left, children, LEAF_WORDS)
        if left + 1 < stop:
            right = 2 * LEAF_WORDS
            write_leaf(leaves, left + 1, children, right)
        combine_tile(children, LEAF_WORDS, right, True, memory, target + x * FRACTION_WORDS)


@njit
def _combine_entries(memory, child, count, target, first, last):
    """Entries [first, last) of an interaction's layer, whose child layer has `count` tiles from word `child`."""
    for x in range(first, last):
        left = child + 2 * x * FRACTION_WORDS
        right = left + FRACTION_WORDS if 2 * x + 1 < count else ZERO_TILE
        combine_tile(memory, left, right, None, memory, target + x * FRACTION_WORDS)


@njit(cache=True, nogil=True)
def write_low_layers(children, leaves, memory, offsets, starts, first_interaction, first_chunk, start, stop):
    """The `depth` layers above the leaves, in chunks [start, stop) of 2^depth tiles of one table.

    A chunk's columns stay in the cache for all of the table's interactions, and so do its fractions from layer to
    layer. `offsets` and `starts` say where each layer lies and where in it each interaction begins (the leaves' own
    come first); `first_interaction` and `first_chunk` are the tables' first ones. `children` has room for leaf tiles.
    """
    depth = len(offsets) - 1
    table = np.searchsorted(first_chunk, start, side="right") - 1
    for chunk in range(start, stop):
        while chunk >= first_chunk[table + 1]:
            table += 1
        number = chunk - first_chunk[table]
        for i in range(first_interaction[table], first_interaction[table + 1]):
            for layer in range(1, depth + 1):
                first, count = number << (depth - layer), starts[layer - 1, i + 1] - starts[layer - 1, i]
                last = min((number + 1) << (depth - layer), starts[layer, i + 1] - starts[layer, i])
                target = offsets[layer] + starts[layer, i] * FRACTION_WORDS
                if layer == 1:
                    _combine_leaves(children, leaves, i, memory, target, first, last)
                else:
                    child = offsets[layer - 1] + starts[layer - 1, i] * FRACTION_WORDS
                    _combine_entries(memory, child, count, target, first, last)
