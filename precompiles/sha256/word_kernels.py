"""The words of 16 calls at once, laid out as the rows of their tile: what the witness is made of.

A flat array holds vectors one after another. Loops over a vector are innermost, so that they become vector code.
"""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.host.kernel_cache import njit
from precompiles.sha256.reference import NUM_ROUNDS, ROUND_CONSTANTS

ROUNDS = 16  # of a row
ROWS = NUM_ROUNDS // ROUNDS  # of a call
CALLS = TILE // ROWS  # of a tile
CHAIN = ROUNDS + 4  # values of a, or of e, in a row
A, E, W = 0, CHAIN, 2 * CHAIN  # first vectors of a row's words
NUM_WORDS = 2 * CHAIN + ROUNDS
CONSTANTS = np.array(ROUND_CONSTANTS, dtype=np.uint32)


@njit
def _rotate(x, count):
    return np.uint32(x >> np.uint32(count) | x << np.uint32(32 - count))


@njit
def big_sigma_0(x):
    """Of a uint32, as all functions of words here."""
    return _rotate(x, 2) ^ _rotate(x, 13) ^ _rotate(x, 22)


@njit
def big_sigma_1(x):
    return _rotate(x, 6) ^ _rotate(x, 11) ^ _rotate(x, 25)


@njit
def small_sigma_0(x):
    return np.uint32(_rotate(x, 7) ^ _rotate(x, 18) ^ x >> np.uint32(3))


@njit
def small_sigma_1(x):
    return np.uint32(_rotate(x, 17) ^ _rotate(x, 19) ^ x >> np.uint32(10))


@njit
def majority(x, y, z):
    return np.uint32(x & y ^ x & z ^ y & z)


@njit
def choice(e, f, g):
    return np.uint32(g ^ e & (f ^ g))


@njit
def _load_calls(words, number, first_call, out, t):
    """Vector t of `out` <- word `number` of 16 calls of `words` (count, calls); past the last call it is repeated."""
    last = words.shape[1] - 1
    for k in range(CALLS):
        out[t * CALLS + k] = words[number, min(first_call + k, last)]


@njit
def _expand_schedule(w):
    """Words 16 to 63 of the message schedule from the first 16."""
    for at in range(16 * CALLS, NUM_ROUNDS * CALLS):
        sigmas = small_sigma_0(w[at - 15 * CALLS]) + small_sigma_1(w[at - 2 * CALLS])
        w[at] = np.uint32(w[at - 16 * CALLS] + sigmas + w[at - 7 * CALLS])


@njit
def _run_round(a, e, w, t):
    for at in range(t * CALLS, (t + 1) * CALLS):
        e1, e2, e3 = e[at + 3 * CALLS], e[at + 2 * CALLS], e[at + CALLS]
        a1, a2, a3 = a[at + 3 * CALLS], a[at + 2 * CALLS], a[at + CALLS]
        t1 = np.uint32(e[at] + big_sigma_1(e1) + choice(e1, e2, e3) + CONSTANTS[t] + w[at])
        e[at + 4 * CALLS] = np.uint32(a[at] + t1)
        a[at + 4 * CALLS] = np.uint32(t1 + big_sigma_0(a1) + majority(a1, a2, a3))


@njit
def _to_rows(by_call, count, words, first):
    """Vectors first .. first + count of `words`: item i of each row; the rows of a call begin 16 items apart."""
    for i in range(count):
        for call in range(CALLS):
            for row in range(ROWS):
                words[(first + i) * TILE + ROWS * call + row] = by_call[(ROUNDS * row + i) * CALLS + call]


@njit(cache=True, nogil=True)
def store_row_words(state, block, first_call, words):
    """Run 16 calls from `first_call` on: `state` (8, calls), `block` (16, calls).

    `words` (NUM_WORDS * 64,) receives what each row holds: a and e, 20 values each from four before its first round on,
    and w, 16 values. All are uint32.
    """
    a, e = np.empty((NUM_ROUNDS + 4) * CALLS, np.uint32), np.empty((NUM_ROUNDS + 4) * CALLS, np.uint32)
    w = np.empty(NUM_ROUNDS * CALLS, np.uint32)
    for t in range(4):
        _load_calls(state, 3 - t, first_call, a, t)
        _load_calls(state, 7 - t, first_call, e, t)
    for t in range(16):
        _load_calls(block, t, first_call, w, t)
    _expand_schedule(w)
    for t in range(NUM_ROUNDS):
        _run_round(a, e, w, t)
    _to_rows(a, CHAIN, words, A)
    _to_rows(e, CHAIN, words, E)
    _to_rows(w, ROUNDS, words, W)
