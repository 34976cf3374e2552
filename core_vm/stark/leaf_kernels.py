"""The leaf layer, which is never stored: whoever needs a tile of it computes it from the trace.

Linear combinations come as tuples (first, terms, coefficients): interaction i has the terms from first[i] to first[i +
1], each the word where a column's first tile starts and the words from tile to tile; and a coefficient, one word or
five. A leaf layer comes as `Leaves`; None stands for any other layer.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload

from core_vm.field.kernel_cache import njit
from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul_base, ext_splat, ext_store, load, splat, store
from core_vm.stark.leaves import Leaves
from core_vm.stark.packed_fractions import FRACTION_WORDS, LEAF_BLOCK, LEAF_WORDS
from core_vm.stark.packed_linear import ext_mul_base_pairs
from core_vm.stark.packed_prefetch import prefetch

TILE = 64
BLOCKS = TILE // LANES
# A pair of a sumcheck's first round has four child tiles; the next pair's are prefetched.
TILES_AHEAD = 4


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
def write_leaf(leaves, number, target, at):
    """Leaf tile `number` to word `at` of `target`. An interaction of an empty table has one tile, which is zero."""
    i = np.searchsorted(leaves.starts, number, side="right") - 1
    tile = number - leaves.starts[i]
    if tile >= leaves.tiles[i]:
        target[at : at + LEAF_WORDS] = 0
        return
    _multiplicity_tile(leaves.source, leaves.multiplicity, i, tile, target, at)
    _fingerprint_tile(leaves.source, leaves.message, i, tile, leaves.constants, 5 * i, target, at)
    if leaves.key_message[0][i] < leaves.key_message[0][i + 1]:
        _add_keys(leaves.keys, leaves.key_message, i, tile, target, at)


def child_tile(children, leaves, offset, number, slot):
    """The word of `children` where tile `number` of a layer is, which starts at word `offset`; a leaf tile is written
    there, behind a tile of zeros and `slot` others."""


@overload(child_tile)
def _child_tile(children, leaves, offset, number, slot):
    if isinstance(leaves, types.BaseNamedTuple) and leaves.instance_class is Leaves:

        def write(children, leaves, offset, number, slot):
            at = (1 + slot) * LEAF_WORDS
            write_leaf(leaves, number, children, at)
            return at

        return write

    def find(children, leaves, offset, number, slot):
        at = offset + number * FRACTION_WORDS
        prefetch(children, at + TILES_AHEAD * FRACTION_WORDS, at + (TILES_AHEAD + 1) * FRACTION_WORDS)
        return at

    return find


@njit(cache=True, nogil=True)
def leaf_tile(leaves, number, target):
    """Leaf tile `number` alone."""
    write_leaf(leaves, number, target, 0)
