"""Kernels that fill the fraction tree: the lowest layers from the trace, the others from those below."""

from __future__ import annotations

import numpy as np

from core_vm.field.packed import LANES, ext_store, ext_zero
from core_vm.field.packed.prefetch import prefetch_to_write
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.stark.gkr.child_kernels import ZERO_TILE, ask_for, child_tile
from core_vm.stark.gkr.input_kernels import write_codes
from core_vm.stark.gkr.packed_factors import ask_for_factor, load_factor, product
from core_vm.stark.gkr.packed_fractions import (
    FRACTION_BLOCK,
    PLANES,
    block_words,
    cross,
    load_fraction,
    plus_numerators,
)
from core_vm.stark.words import FRACTION_WORDS, INPUT_WORDS, K_TILE

BLOCKS = FRACTION_WORDS // FRACTION_BLOCK


@borrowing_njit(inline="always")
def _combine_block(children, left, right, inputs, memory, target, b):
    """Block b of the sum of the fractions of two tiles, lane by lane. What lies a tile behind it is what will be
    written next."""
    n0, e0 = load_fraction(children, left + b * block_words(inputs), inputs)
    n1, e1 = load_fraction(children, right + b * block_words(inputs), inputs)
    to = target + b * FRACTION_BLOCK
    prefetch_to_write(memory, to + FRACTION_WORDS, to + FRACTION_WORDS + PLANES)
    ext_store(memory, to, LANES, plus_numerators(cross(n0, e0, n1, e1), n0, n1))
    prefetch_to_write(memory, to + FRACTION_WORDS + PLANES, to + FRACTION_WORDS + FRACTION_BLOCK)
    ext_store(memory, to + PLANES, LANES, product(e0, e1))


@borrowing_njit
def _combine_tile(children, left, right, inputs, memory, target):
    for b in range(BLOCKS):
        _combine_block(children, left, right, inputs, memory, target, b)


@borrowing_njit(cache=True, nogil=True)
def combine_layer(memory, children, inputs, rows, start, stop):
    """Rows [start, stop) of the entries that fill a layer: target, left child, right child."""
    for row in range(start, stop):
        ahead = min(row + 1, stop - 1)
        left = child_tile(children, inputs, rows[row, 1], 0)
        right = child_tile(children, inputs, rows[row, 2], 1)
        for b in range(BLOCKS):
            ask_for(children, inputs, rows[ahead, 1], b)
            ask_for(children, inputs, rows[ahead, 2], b)
            _combine_block(children, left, right, inputs, memory, rows[row, 0], b)


@borrowing_njit
def _multiply_tiles(children, left, right, inputs, memory, target, whole):
    """The products of two tiles, lane by lane, as a short entry, or as a whole fraction."""
    for b in range(BLOCKS):
        e = product(load_factor(children, left, b, inputs), load_factor(children, right, b, inputs))
        if whole:
            to = target + b * FRACTION_BLOCK
            ext_store(memory, to, LANES, ext_zero())
            ext_store(memory, to + PLANES, LANES, e)
        else:
            to = target + b * PLANES
            prefetch_to_write(memory, to + K_TILE, to + K_TILE + PLANES)
            ext_store(memory, to, LANES, e)


@borrowing_njit(cache=True, nogil=True)
def multiply_layer(memory, rows, start, stop):
    """Rows [start, stop) of the entries that fill a layer above the lowest: target, left child, right child, and
    whether the target is a whole fraction."""
    for row in range(start, stop):
        ahead = min(row + 1, stop - 1)
        for b in range(BLOCKS):
            ask_for_factor(memory, None, rows[ahead, 1], b)
            ask_for_factor(memory, None, rows[ahead, 2], b)
        _multiply_tiles(memory, rows[row, 1], rows[row, 2], None, memory, rows[row, 0], rows[row, 3])


@borrowing_njit
def _join_tiles(children, left, right, inputs, memory, target, words):
    """Two fractions' sum, if `words` is 0; otherwise two factors' product, in an entry of so many words."""
    if words:
        _multiply_tiles(children, left, right, inputs, memory, target, words == FRACTION_WORDS)
    else:
        _combine_tile(children, left, right, inputs, memory, target)


@borrowing_njit
def _join_inputs(children, inputs, code, count, memory, target, words, first, last):
    """Entries [first, last) of an interaction's layer above its inputs: `count` tiles, the first of this code."""
    for x in range(first, last, 2):
        tiles = min(4, 2 * (last - x), count - 2 * x)
        write_codes(inputs, code + 2 * x, tiles, children, INPUT_WORDS)
        for k in range(0, tiles, 2):
            left = (1 + k) * INPUT_WORDS
            right = left + INPUT_WORDS if k + 1 < tiles else ZERO_TILE
            to = target + (x + k // 2) * (words or FRACTION_WORDS)
            _join_tiles(children, left, right, inputs, memory, to, words)


@borrowing_njit
def _join_entries(memory, child, count, target, words, first, last):
    """Entries [first, last) of an interaction's layer, whose child layer has `count` tiles from word `child`: of
    factors short ones."""
    below = K_TILE if words else FRACTION_WORDS
    for x in range(first, last):
        left = child + 2 * x * below
        right = left + below if 2 * x + 1 < count else ZERO_TILE
        _join_tiles(memory, left, right, None, memory, target + x * (words or FRACTION_WORDS), words)


@borrowing_njit(cache=True, nogil=True)
def write_low_layers(children, inputs, memory, bases, counts, words, first_interaction, first_chunk, start, stop):
    """The `depth` layers above the inputs, in chunks [start, stop) of 2^depth tiles of one table.

    A chunk's columns stay in the cache for all of the table's interactions, and so do its fractions from layer to
    layer. `bases`, `counts` and `words` are `FractionTree.interaction_places` (the inputs' own come first, with the
    first one's code); an only entry above another shares its place. `first_interaction` and
    `first_chunk` are the tables' first ones. `children` has room for input tiles.
    """
    depth = len(bases) - 1
    table = np.searchsorted(first_chunk, start, side="right") - 1
    for chunk in range(start, stop):
        while chunk >= first_chunk[table + 1]:
            table += 1
        number = chunk - first_chunk[table]
        for i in range(first_interaction[table], first_interaction[table + 1]):
            for layer in range(1, depth + 1):
                count, target = counts[layer - 1, i], bases[layer, i]
                first, last = number << (depth - layer), min((number + 1) << (depth - layer), counts[layer, i])
                if layer == 1:
                    _join_inputs(children, inputs, bases[0, i], count, memory, target, words[layer, i], first, last)
                elif count > 1:
                    _join_entries(memory, bases[layer - 1, i], count, target, words[layer, i], first, last)
