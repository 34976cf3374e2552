"""Witness kernel of the rounds, tile by tile: a tile is 64 rows, that is 16 calls."""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.field.packed import LANES, load, splat, store
from core_vm.host.kernel_cache import njit
from precompiles.sha256.value_kernels import compute_values
from precompiles.sha256.word_kernels import CALLS, CHAIN, NUM_WORDS, ROWS, TILE, A, E, store_row_words

_R_SQUARED = np.uint32(MONTGOMERY_R * MONTGOMERY_R % P)
_PLUS, _MINUS = np.uint32(MONTGOMERY_R % P), np.uint32(-MONTGOMERY_R % P)  # one, and minus one


@njit
def _store_sign(word, mask, out):
    for lane in range(TILE):
        out[lane] = _MINUS if word[lane] & mask else _PLUS


@njit
def _store_signs(words, cells, places):
    """Plus one for a bit 0, minus one for a bit 1; of a and e, the oldest value and the newest have no signs."""
    c = 0
    for i in range(NUM_WORDS):
        if i in (A, A + CHAIN - 1, E, E + CHAIN - 1):
            continue
        word = words[i * TILE : (i + 1) * TILE]
        for bit in range(32):
            _store_sign(word, np.uint32(1 << bit), cells[places[c] : places[c] + TILE])
            c += 1


@njit
def _store_values(values, cells, places):
    for c in range(len(places)):
        for v in range(0, TILE, LANES):
            store(cells, places[c] + v, load(values, c * TILE + v) * splat(_R_SQUARED))


@njit
def _clear_rows(cells, places, first_row):
    """Filling rows are zero."""
    for at in places:
        for lane in range(first_row, TILE):
            cells[at + lane] = 0


@njit(cache=True, nogil=True)
def store_rounds(times, state, block, cells, sign_columns, value_columns):
    """Store the rows of n calls: `times` (n,), `state` (8, n), `block` (16, n), all uint32.

    `sign_columns`, those of the signs of a, e and w, and `value_columns`, all others, are (first, stride): the cell of
    row 0 of column c is cells[first[c]], and its tiles of 64 rows are stride[c] apart.
    """
    words, values = np.empty(NUM_WORDS * TILE, np.uint32), np.empty(len(value_columns[0]) * TILE, np.uint32)
    for tile in range(-(-len(times) // CALLS)):
        store_row_words(state, block, tile * CALLS, words)
        for lane in range(TILE):
            values[lane] = times[min(tile * CALLS + lane // ROWS, len(times) - 1)]
        compute_values(words, values)
        sign_places = sign_columns[0] + tile * sign_columns[1]
        value_places = value_columns[0] + tile * value_columns[1]
        _store_signs(words, cells, sign_places)
        _store_values(values, cells, value_places)
        num_rows = ROWS * (len(times) - tile * CALLS)
        if num_rows < TILE:
            _clear_rows(cells, sign_places, num_rows)
            _clear_rows(cells, value_places, num_rows)
