"""Poseidon2-16 compiled: LANES permutations at once, rows of a matrix as states or leaves. Montgomery form throughout.

Two kernels only, as loading one costs milliseconds: `permute_rows` and `hash_rows`, with plain functions around them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_vm.field.kernel_cache import njit
from core_vm.field.koalabear import MONTGOMERY_R, P, from_montgomery, to_montgomery
from core_vm.field.packed import LANES, splat
from core_vm.field.packed_transpose import load_block, store_block
from core_vm.field.threads import run_ranges
from core_vm.hash.packed_poseidon2 import (
    add_first_half,
    first_layer,
    full_round,
    halves,
    join,
    partial_round,
    scale,
    zero_block,
)
from core_vm.hash.poseidon2 import (
    DIGEST,
    FULL_CONSTANTS,
    FULL_ROUNDS,
    PARTIAL_CONSTANTS,
    PARTIAL_ROUNDS,
    RATE,
    WIDTH,
)

Words = npt.NDArray[np.uint32]

# Round constants minus p, modulo 2^32: what the signed cube wants.
FULL = to_montgomery(FULL_CONSTANTS).reshape(-1) - np.uint32(P)
PARTIAL = to_montgomery(PARTIAL_CONSTANTS) - np.uint32(P)
HALF_FULL = FULL_ROUNDS // 2
R_SQUARED = np.uint32(MONTGOMERY_R * MONTGOMERY_R % P)
ONE_WORD = np.uint32(1)
NONCE_BATCH = 1024


@njit
def permute_packed(state):
    """LANES permutations of a packed state."""
    state = first_layer(state)
    for half in range(2):
        for i in range(HALF_FULL):
            state = full_round(state, FULL, (half * HALF_FULL + i) * WIDTH)
        if half == 0:
            for i in range(PARTIAL_ROUNDS):
                state = partial_round(state, PARTIAL, i)
    return state


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
        state = join(load_block(source, at, WIDTH), load_block(source, at + RATE, WIDTH))
        if canonical:
            state = scale(state, splat(R_SQUARED))
        state = permute_packed(state)
        if canonical:
            state = scale(state, splat(ONE_WORD))
        left, right = halves(state)
        store_block(source, at, WIDTH, left)
        store_block(source, at + RATE, WIDTH, right)
        if not whole:
            rows[start:] = padded[:count]


@njit(cache=True, nogil=True)
def hash_rows(rows, stride, num_blocks, chained, first, last, out):
    """out[8 r : 8 r + 8] for first <= r < last: the chain over the first num_blocks blocks of eight words of row r.

    The chain starts from zero, or, if `chained`, from the row's first block. The group at the end is moved back to
    be whole when there are enough rows: recomputing a few costs less than a separate path.
    """
    for group in range(first, last, LANES):
        row = group
        if group + LANES > last:
            row = last - LANES
        at = row * stride
        digest = load_block(rows, at, stride) if chained else zero_block()
        for block in range(1 if chained else 0, num_blocks):
            state = join(digest, load_block(rows, at + block * RATE, stride))
            digest = add_first_half(permute_packed(state), digest)
        store_block(out, row * RATE, RATE, digest)


def _hash(rows: Words, num_blocks: int, chained: bool, out: Words, threads: int) -> Words:
    """`hash_rows` over a C-contiguous matrix, with rows of zeros to make up a whole group."""
    height, stride = rows.shape
    if height < LANES:
        padded, digests = np.zeros((LANES, stride), np.uint32), np.empty((LANES, DIGEST), np.uint32)
        padded[:height] = rows
        hash_rows(padded.reshape(-1), stride, num_blocks, chained, 0, LANES, digests.reshape(-1))
        out[:] = digests[:height]
        return out
    flat, digests = rows.reshape(-1), out.reshape(-1)

    def work(start: int, stop: int) -> None:
        hash_rows(flat, stride, num_blocks, chained, start, stop, digests)

    run_ranges(work, height, threads, granule=64)
    return out


def hash_matrix(rows: Words, width: int, threads: int = 1, out: Words | None = None) -> Words:
    """Leaf digests (n, 8) of an (n, padded width) matrix whose columns from `width` on are zero."""
    num_blocks = -(-width // RATE)
    if rows.ndim != 2 or not rows.flags.c_contiguous or rows.dtype != np.uint32 or rows.shape[1] < num_blocks * RATE:
        raise ValueError(f"expected C-contiguous uint32 rows of at least {num_blocks * RATE} columns, got {rows.shape}")
    out = np.empty((len(rows), DIGEST), np.uint32) if out is None else out
    return _hash(rows, num_blocks, False, out, threads)


def compress_many(pairs: Words, threads: int = 1, out: Words | None = None) -> Words:
    """compress(left, right) of every row left | right of an (n, 16) matrix, as (n, 8)."""
    pairs = np.ascontiguousarray(pairs, np.uint32)
    if pairs.ndim != 2 or pairs.shape[1] != WIDTH:
        raise ValueError(f"expected pairs of digests in rows of {WIDTH} words, got {pairs.shape}")
    out = np.empty((len(pairs), DIGEST), np.uint32) if out is None else out
    return _hash(pairs, 2, True, out, threads)


def permute_states(states: Words) -> Words:
    """The permutation of every row of an (n, 16) matrix."""
    result = np.array(states, np.uint32, order="C")
    permute_rows(result.reshape(-1), False)
    return result


def permute_one(state: Words) -> None:
    """The permutation of one state of 16 words, in place."""
    permute_rows(state, False)


def permute_canonical(state: list[int]) -> list[int]:
    """The permutation of 16 canonical integers: the prover's transcript."""
    words = np.array(state, np.uint32)
    permute_rows(words, True)
    return words.tolist()


def find_nonce(state: list[int], position: int, bits: int, first: int = 0) -> int:
    """The smallest canonical x >= first for which the permutation of `state` with state[position] = x starts with an
    element whose low `bits` bits are zero. Raises ArithmeticError when none exists."""
    template = to_montgomery(state)
    mask = np.uint32((1 << bits) - 1)
    for start in range(first, P, NONCE_BATCH):
        rows = np.tile(template, (NONCE_BATCH, 1))
        rows[:, position] = to_montgomery(np.arange(start, start + NONCE_BATCH) % P)
        permute_rows(rows.reshape(-1), False)
        hits = np.flatnonzero((from_montgomery(rows[:, 0]) & mask) == 0)
        if hits.size:
            return start + int(hits[0])
    raise ArithmeticError(f"no nonce carries {bits} bits of work")
