"""Poseidon2 compiled: LANES permutations at once, rows of a matrix as states, pairs or leaves. All in Montgomery form.

Three kernels only, as loading one costs milliseconds: `permute_rows`, `compress_rows` and, of width 24, `hash_rows`,
with plain functions around them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core_vm.field.koalabear import MONTGOMERY_R, P, Words, to_montgomery
from core_vm.field.packed import LANES, splat
from core_vm.field.packed.transpose import load_block, prefetch_block, store_block
from core_vm.hash.packed_partial_rounds import enter_partial_rounds, leave_partial_rounds, partial_round
from core_vm.hash.packed_poseidon2 import (
    add_blocks,
    first_block_of_full_round,
    first_layer,
    full_round,
    join,
    scale,
    split,
)
from core_vm.hash.poseidon2 import DIGEST, HALF_FULL, LEAF_RATE, RATE, WIDTH, digest_of_zero_blocks
from core_vm.hash.poseidon2_parameters import FULL_ROUNDS, POSEIDON2_16, POSEIDON2_24
from core_vm.host.kernel_cache import njit
from core_vm.host.threads import run_ranges


def _lowered(constants: npt.ArrayLike) -> Words:
    """Round constants minus p, modulo 2^32: what the signed cube wants."""
    return to_montgomery(np.asarray(constants)).reshape(-1) - np.uint32(P)


FULL_16, PARTIAL_16 = _lowered(POSEIDON2_16.full_constants), _lowered(POSEIDON2_16.partial_constants)
FULL_24, PARTIAL_24 = _lowered(POSEIDON2_24.full_constants), _lowered(POSEIDON2_24.partial_constants)
R_SQUARED = np.uint32(MONTGOMERY_R * MONTGOMERY_R % P)
ONE_WORD = np.uint32(1)


@njit(forceinline=True)
def _rounds(state, full, partial, last_rounds):
    """The permutation up to so many of the full rounds behind the partial ones."""
    state = first_layer(state)
    for half in range(2):
        for i in range(last_rounds if half else HALF_FULL):
            state = full_round(state, full, (half * HALF_FULL + i) * len(state))
        if half == 0:
            state = enter_partial_rounds(state)
            for i in range(partial.shape[0]):
                state = partial_round(state, partial, i)
            state = leave_partial_rounds(state)
    return state


@njit(forceinline=True)
def permute_packed(state, full, partial):
    """LANES permutations of a packed state, by the round constants of its width."""
    return _rounds(state, full, partial, HALF_FULL)


@njit(forceinline=True)
def first_block_of_permuted(state, full, partial):
    """Its first eight elements alone: the last layer is half the work."""
    state = _rounds(state, full, partial, HALF_FULL - 1)
    return first_block_of_full_round(state, full, (FULL_ROUNDS - 1) * len(state))


@njit(cache=True, nogil=True)
def permute_rows(rows, canonical):
    """Permutes n states in place: rows is flat, 16 n words, Montgomery form or, if asked for, canonical values."""
    padded = np.zeros(LANES * WIDTH, np.uint32)
    for start in range(0, rows.shape[0], LANES * WIDTH):
        count = rows.shape[0] - start
        whole = count >= LANES * WIDTH
        if not whole:
            padded[:count] = rows[start:]
        source = rows if whole else padded
        at = start if whole else 0
        state = join((load_block(source, at, WIDTH), load_block(source, at + RATE, WIDTH)))
        if canonical:
            state = scale(state, splat(R_SQUARED))
        state = permute_packed(state, FULL_16, PARTIAL_16)
        if canonical:
            state = scale(state, splat(ONE_WORD))
        left, right = split(state)
        store_block(source, at, WIDTH, left)
        store_block(source, at + RATE, WIDTH, right)
        if not whole:
            rows[start:] = padded[:count]


@njit
def _start_of_group(group, last):
    """The group at the end is moved back to be whole: recomputing a few rows costs less than a separate path."""
    return min(group, last - LANES)


@njit(cache=True, nogil=True)
def compress_rows(pairs, first, last, out):
    """out[8 r : 8 r + 8] = compress(left, right) for first <= r < last, row r being left | right. At least LANES."""
    for group in range(first, last, LANES):
        row = _start_of_group(group, last)
        left = load_block(pairs, row * WIDTH, WIDTH)
        state = join((left, load_block(pairs, row * WIDTH + RATE, WIDTH)))
        digest = add_blocks(first_block_of_permuted(state, FULL_16, PARTIAL_16), left)
        store_block(out, row * DIGEST, DIGEST, digest)


@njit(cache=True, nogil=True)
def hash_rows(rows, stride, num_blocks, start, first, last, out):
    """out[8 r : 8 r + 8] = the leaf hash of num_blocks times sixteen words of row r, first <= r < last, from the digest
    `start` (8 words) on. At least LANES rows. While a block is permuted, the next one comes from memory."""
    for group in range(first, last, LANES):
        row = _start_of_group(group, last)
        digest = load_block(start, 0, 0)
        for k in range(num_blocks - 1, -1, -1):
            at = row * stride + k * LEAF_RATE
            state = join((digest, load_block(rows, at, stride), load_block(rows, at + RATE, stride)))
            following = at - LEAF_RATE if k else (row + LANES) * stride + (num_blocks - 1) * LEAF_RATE
            prefetch_block(rows, following, stride)
            digest = add_blocks(first_block_of_permuted(state, FULL_24, PARTIAL_24), digest)
        store_block(out, row * DIGEST, DIGEST, digest)


def _by_groups(kernel: Callable[[Words, int, int, Words], None], rows: Words, threads: int) -> Words:
    """Digests (n, 8) by kernel(flat rows, first, last, out) of a C-contiguous matrix; zeros make up a whole group."""
    height = len(rows)
    if height < LANES:
        padded = np.zeros((LANES, rows.shape[1]), np.uint32)
        padded[:height] = rows
        return _by_groups(kernel, padded, 1)[:height].copy()
    flat, digests = rows.reshape(-1), np.empty((height, DIGEST), np.uint32)
    run_ranges(lambda first, last: kernel(flat, first, last, digests.reshape(-1)), height, threads, granule=64)
    return digests


def hash_matrix(rows: Words, width: int, threads: int = 1) -> Words:
    """Leaf digests (n, 8) of a matrix of `width` columns, of which `rows` (n, whole blocks of sixteen) has the first.

    Columns that are not there are zero, and cost nothing; so are those of `rows` from `width` on, or ValueError.
    """
    num_blocks, stored = -(-width // LEAF_RATE), rows.shape[-1] // LEAF_RATE
    if rows.ndim != 2 or not rows.flags.c_contiguous or rows.dtype != np.uint32 or rows.shape[1] % LEAF_RATE:
        raise ValueError(f"expected C-contiguous uint32 rows of whole blocks of {LEAF_RATE} columns, got {rows.shape}")
    too_long = ValueError(f"rows of {rows.shape[1]} columns are longer than the {width} of the tree")
    if stored > num_blocks:
        raise too_long
    start = to_montgomery(digest_of_zero_blocks(num_blocks - stored))

    def kernel(flat: Words, first: int, last: int, out: Words) -> None:
        if rows[first:last, width:].any():
            raise too_long
        hash_rows(flat, rows.shape[1], stored, start, first, last, out)

    return _by_groups(kernel, rows, threads)


def compress_many(pairs: Words, threads: int = 1) -> Words:
    """compress(left, right) of every row left | right of an (n, 16) matrix, as (n, 8)."""
    pairs = np.ascontiguousarray(pairs, np.uint32)
    if pairs.ndim != 2 or pairs.shape[1] != WIDTH:
        raise ValueError(f"expected pairs of digests in rows of {WIDTH} words, got {pairs.shape}")
    return _by_groups(compress_rows, pairs, threads)


def permute_canonical(state: list[int]) -> list[int]:
    """The permutation of 16 canonical integers: the prover's transcript."""
    words = np.array(state, np.uint32)
    permute_rows(words, True)
    return words.tolist()
