"""Kernel of the leaf layer: every interaction's multiplicity and fingerprint on every row, from the committed columns.

Linear combinations come as tuples (first, terms, coefficients): interaction i has the terms from first[i] to first[i +
1], each the word where a column's first tile starts and the words from tile to tile; and a coefficient, one word or
five.
"""

from __future__ import annotations

import numpy as np

from core_vm.field.kernel_cache import njit
from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul_base, ext_splat, ext_store, load, splat, store
from core_vm.stark.gkr_kernels import BLOCKS
from core_vm.stark.packed_fractions import LEAF_BLOCK, LEAF_WORDS


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
    for b in range(BLOCKS):
        total = ext_splat(constants, constant, 1)
        for term in range(first[i], first[i + 1]):
            value = load(source, terms[term, 0] + tile * terms[term, 1] + b * LANES)
            total = ext_add(total, ext_mul_base(ext_splat(coefficients, 5 * term, 1), value))
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


@njit(cache=True, nogil=True)
def write_leaves(
    source, keys, tiles, starts, multiplicity, message, key_message, constants, memory, leaf, start, stop
):  # fmt: skip
    """Leaf tiles [start, stop): tile t of interaction i is at number starts[i] + t.

    `multiplicity` and `message` combine columns of `source`, the dense vector; `key_message` combines closed-form
    columns, which lie in `keys`; d - 1 starts from `constants`. An interaction of an empty table has one tile, which
    is zero.
    """
    i = np.searchsorted(starts, start, side="right") - 1
    for number in range(start, stop):
        while number >= starts[i + 1]:
            i += 1
        tile, target = number - starts[i], leaf + number * LEAF_WORDS
        if tile >= tiles[i]:
            memory[target : target + LEAF_WORDS] = 0
            continue
        _multiplicity_tile(source, multiplicity, i, tile, memory, target)
        _fingerprint_tile(source, message, i, tile, constants, 5 * i, memory, target)
        if key_message[0][i] < key_message[0][i + 1]:
            _add_keys(keys, key_message, i, tile, memory, target)
