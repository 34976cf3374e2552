"""Kernel of the lowest layers: every interaction's multiplicity and fingerprint on every row, and their sums.

Linear combinations come as tuples (first, terms, coefficients): interaction i has the terms from first[i] to first[i +
1], each the word where a column's first tile starts and the words from tile to tile; and a coefficient, one word or
five.
"""

from __future__ import annotations

import numpy as np

from core_vm.field.kernel_cache import njit
from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul_base, ext_splat, ext_store, load, splat, store
from core_vm.stark.gkr_kernels import BLOCKS, ZERO_TILE, combine_tile
from core_vm.stark.packed_fractions import FRACTION_WORDS, LEAF_BLOCK, LEAF_WORDS, tile_words
from core_vm.stark.packed_linear import ext_mul_base_pairs


@njit
def _multiplicity_tile(source, combination, i, tile, memory, target):
    first, terms, coefficients = combination
    for b in range(BLOCKS):
        total = splat(np.uint32(0))
        for term in range(first[i], first[i + 1]):
            value = load(source, terms[term, 0] + tile * terms[term, 1] + b * LANES)
            total = total + splat(coefficients[term]) * value
        store(memory, target + b * LEAF_BLOCK, total)


@njit
def _fingerprint_tile(source, combination, i, tile, constants, constant, memory, target):
    first, terms, coefficients = combination
    last = first[i + 1]
    for b in range(BLOCKS):
        total = ext_splat(constants, constant, 1)
        for term in range(first[i], last - 1, 2):
            value = load(source, terms[term, 0] + tile * terms[term, 1] + b * LANES)
            after = load(source, terms[term + 1, 0] + tile * terms[term + 1, 1] + b * LANES)
            weight, weight_after = ext_splat(coefficients, 5 * term, 1), ext_splat(coefficients, 5 * term + 5, 1)
            total = ext_add(total, ext_mul_base_pairs(weight, value, weight_after, after))
        if (last - first[i]) % 2:
            value = load(source, terms[last - 1, 0] + tile * terms[last - 1, 1] + b * LANES)
            total = ext_add(total, ext_mul_base(ext_splat(coefficients, 5 * last - 5, 1), value))
        ext_store(memory, target + b * LEAF_BLOCK + LANES, LANES, total)


@njit
def _add_keys(keys, combination, i, tile, memory, target):
    first, terms, coefficients = combination
    for b in range(BLOCKS):
        total = ext_load(memory, target + b * LEAF_BLOCK + LANES, LANES)
        for term in range(first[i], first[i + 1]):
            value = load(keys, terms[term, 0] + tile * terms[term, 1] + b * LANES)
            total = ext_add(total, ext_mul_base(ext_splat(coefficients, 5 * term, 1), value))
        ext_store(memory, target + b * LEAF_BLOCK + LANES, LANES, total)


@njit
def _write_leaf(source, keys, tiles, multiplicity, message, key_message, constants, i, tile, memory, target):
    """A tile of interaction i. An interaction of an empty table has one tile, which is zero."""
    if tile >= tiles[i]:
        memory[target : target + LEAF_WORDS] = 0
        return
    _multiplicity_tile(source, multiplicity, i, tile, memory, target)
    _fingerprint_tile(source, message, i, tile, constants, 5 * i, memory, target)
    if key_message[0][i] < key_message[0][i + 1]:
        _add_keys(keys, key_message, i, tile, memory, target)


@njit
def _combine_entries(memory, child, leaf, count, target, first, last):
    """Entries [first, last) of an interaction's layer, whose child layer has `count` tiles from word `child`."""
    for x in range(first, last):
        left = child + 2 * x * tile_words(leaf)
        right = left + tile_words(leaf) if 2 * x + 1 < count else ZERO_TILE
        combine_tile(memory, left, right, leaf, target + x * FRACTION_WORDS)


@njit(cache=True, nogil=True)
def write_low_layers(
    source, keys, tiles, multiplicity, message, key_message, constants,
    memory, offsets, starts, first_interaction, first_chunk, start, stop,
):  # fmt: skip
    """The leaf layer and the `depth` layers above it, in chunks [start, stop) of 2^depth tiles of one table.

    A chunk's columns stay in the cache for all of the table's interactions, and so do its fractions from layer to
    layer. `offsets` and `starts` say where each layer lies and where in it each interaction begins;
    `first_interaction` and `first_chunk` are the tables' first ones. `multiplicity` and `message` combine columns of
    `source`, the dense vector; `key_message` combines closed-form columns, which lie in `keys`; d - 1 starts from
    `constants`.
    """
    depth = len(offsets) - 1
    table = np.searchsorted(first_chunk, start, side="right") - 1
    for chunk in range(start, stop):
        while chunk >= first_chunk[table + 1]:
            table += 1
        number = chunk - first_chunk[table]
        for i in range(first_interaction[table], first_interaction[table + 1]):
            leaves = offsets[0] + starts[0, i] * LEAF_WORDS
            for tile in range(number << depth, min((number + 1) << depth, starts[0, i + 1] - starts[0, i])):
                target = leaves + tile * LEAF_WORDS
                _write_leaf(
                    source, keys, tiles, multiplicity, message, key_message, constants, i, tile, memory, target
                )  # fmt: skip
            for layer in range(1, depth + 1):
                first, count = number << (depth - layer), starts[layer - 1, i + 1] - starts[layer - 1, i]
                last = min((number + 1) << (depth - layer), starts[layer, i + 1] - starts[layer, i])
                target = offsets[layer] + starts[layer, i] * FRACTION_WORDS
                if layer == 1:
                    _combine_entries(memory, leaves, True, count, target, first, last)
                else:
                    child = offsets[layer - 1] + starts[layer - 1, i] * FRACTION_WORDS
                    _combine_entries(memory, child, None, count, target, first, last)
