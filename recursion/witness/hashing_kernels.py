"""Kernels that hash one level of a witness: LANES compressions or blocks of leaves at once.

What is hashed has cells one after the other in the order of the schedule. A last group that is not whole takes what
follows as well, whose digests are written again when their turn comes; behind the last one there is room for that.
"""

from __future__ import annotations

import numpy as np

from core_vm.field.packed import LANES, monty_add, monty_decode, monty_encode
from core_vm.field.packed.transpose import load_block, load_block_at, store_block
from core_vm.field.scalar_kernels import monty_reduce
from core_vm.hash.packed_poseidon2 import add_blocks, join
from core_vm.hash.poseidon2_kernels import FULL_16, FULL_24, PARTIAL_16, PARTIAL_24, first_block_of_permuted
from core_vm.host.kernel_cache import njit
from recursion.witness.element_kernels import get, multiply, put
from recursion.witness.operations import AT_BIT, AT_DIGEST, AT_INDEX, COMPRESSION_CELLS, LEAF_CELLS

ELEMENT, FOUR, OCTET, PAIR = 5, 4, 8, 16


@njit
def _take_pairs(memory, pairs, start, stop):
    for row in range(start, stop):
        at = pairs[row, PAIR]
        for i in range(PAIR):
            memory[at + i] = memory[pairs[row, i]]


@njit
def _take_steps(memory, steps, start, stop):
    """A node of a path and its sibling: the node is the right one if its index is odd."""
    for row in range(start, stop):
        node, sibling, at = steps[row, 0], steps[row, 2], steps[row, 3]
        index = monty_decode(memory[steps[row, 1]])
        bit = index & 1
        at_node, at_sibling = at + OCTET * bit, at + OCTET * (1 - bit)
        for i in range(OCTET):
            memory[at_node + i] = memory[node + i]
            memory[at_sibling + i] = memory[sibling + i]
        memory[at + AT_BIT], memory[at + AT_INDEX] = monty_encode(bit), monty_encode(index >> 1)


@njit
def _compress(memory, first, count):
    """`count` compressions whose cells start at `first`."""
    for row in range(0, count, LANES):
        at = first + row * COMPRESSION_CELLS
        left = load_block(memory, at, COMPRESSION_CELLS)
        state = join((left, load_block(memory, at + OCTET, COMPRESSION_CELLS)))
        digest = add_blocks(first_block_of_permuted(state, FULL_16, PARTIAL_16), left)
        store_block(memory, at + AT_DIGEST, COMPRESSION_CELLS, digest)


@njit
def _hash_blocks(memory, before, block, first, start, stop):
    """Digests of rows `start` to `stop` of the leaves, whose cells start at `first`."""
    for row in range(start, stop, LANES):
        digest = load_block_at(memory, before, row, 0)
        state = join((digest, load_block_at(memory, block, row, 0), load_block_at(memory, block, row, OCTET)))
        digest = add_blocks(first_block_of_permuted(state, FULL_24, PARTIAL_24), digest)
        store_block(memory, first + row * LEAF_CELLS, LEAF_CELLS, digest)


@njit
def _multiply_bundles(memory, a, b, products):
    """b_j a_i for all elements of two bundles, as numbers 4 j + i."""
    for j in range(FOUR):
        for i in range(FOUR):
            product = multiply(get(memory, a + ELEMENT * i), get(memory, b + ELEMENT * j))
            put(products, ELEMENT * (FOUR * j + i), product)


@njit
def _inner_products(memory, block, products, out):
    """Adds to the element at `out` sixteen words times elements."""
    for c in range(ELEMENT):
        total = memory[out + c]
        for k in range(0, FOUR * FOUR, 2):
            x, y = np.uint64(memory[block + k]), np.uint64(memory[block + k + 1])
            at = ELEMENT * k + c
            pair = x * np.uint64(products[at]) + y * np.uint64(products[at + ELEMENT])  # below 2 p^2 < p 2^32
            total = monty_add(total, monty_reduce(pair))
        memory[out + c] = total


@njit
def _fold(memory, block, weights, first, start, stop, products):
    """sum + sum_j b_j sum_i a_i block_(4 j + i), behind the digest. Rows of one tree have the same bundles."""
    for row in range(start, stop):
        total, a, b = weights[row, 0], weights[row, 1], weights[row, 2]
        if row == start or a != weights[row - 1, 1] or b != weights[row - 1, 2]:
            _multiply_bundles(memory, a, b, products)
        out = first + row * LEAF_CELLS + OCTET
        put(memory, out, get(memory, total))
        _inner_products(memory, block[row], products, out)


@njit(cache=True, nogil=True)
def hash_levels(memory, levels, start, stop, pairs, steps, before, block, weights, first_compression, first_leaf):
    """Levels `start` to `stop`; `levels[k]` are the rows of `pairs`, `steps` and leaves at which level k starts.

    `pairs` (rows, 17): sixteen inputs, the compression's cells. `steps` (rows, 4): node, index, sibling, the
    compression's cells. Of leaves `before` and `block` are the digest so far and sixteen words, `weights` (rows, 3) the
    sum so far and two bundles.
    """
    products = np.empty(FOUR * FOUR * ELEMENT, np.uint32)
    for level in range(start, stop):
        _take_pairs(memory, pairs, levels[level, 0], levels[level + 1, 0])
        _take_steps(memory, steps, levels[level, 1], levels[level + 1, 1])
        first = levels[level, 0] + levels[level, 1]
        count = levels[level + 1, 0] + levels[level + 1, 1] - first
        _compress(memory, first_compression + first * COMPRESSION_CELLS, count)
        _hash_blocks(memory, before, block, first_leaf, levels[level, 2], levels[level + 1, 2])
        _fold(memory, block, weights, first_leaf, levels[level, 2], levels[level + 1, 2], products)
