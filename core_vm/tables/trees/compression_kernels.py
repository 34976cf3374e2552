"""Witness kernel of the compression table: many permutations side by side, every S-box output stored as it comes.

A state is sixteen vectors in a scratch array, each of one element of LANES permutations. Montgomery form throughout.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.koalabear import from_montgomery, to_montgomery
from core_vm.field.packed import LANES, load, splat, store
from core_vm.hash.poseidon2 import DIGEST, WIDTH
from core_vm.hash.poseidon2_parameters import FULL_ROUNDS, POSEIDON2_16
from core_vm.host.kernel_cache import njit

PARTIAL_ROUNDS = POSEIDON2_16.partial_rounds
NUM_COLUMNS = WIDTH + (FULL_ROUNDS - 1) * WIDTH + PARTIAL_ROUNDS + DIGEST
_HALF = FULL_ROUNDS // 2
_FULL = to_montgomery(np.array(POSEIDON2_16.full_constants).reshape(-1))
_PARTIAL = to_montgomery(np.array(POSEIDON2_16.partial_constants))
_DIAGONAL = to_montgomery(np.array(POSEIDON2_16.diagonal))


@njit
def _external(s):
    """circ(2 M, M, M, M) with M = circ(2, 3, 1, 1), in place."""
    for k in range(0, WIDTH * LANES, 4 * LANES):
        x0, x1, x2, x3 = load(s, k), load(s, k + LANES), load(s, k + 2 * LANES), load(s, k + 3 * LANES)
        total = x0 + x1 + x2 + x3
        store(s, k, total + x0 + x1 + x1)
        store(s, k + LANES, total + x1 + x2 + x2)
        store(s, k + 2 * LANES, total + x2 + x3 + x3)
        store(s, k + 3 * LANES, total + x3 + x0 + x0)
    for k in range(0, 4 * LANES, LANES):
        total = load(s, k) + load(s, k + 4 * LANES) + load(s, k + 8 * LANES) + load(s, k + 12 * LANES)
        for i in range(k, WIDTH * LANES, 4 * LANES):
            store(s, i, load(s, i) + total)


@njit
def _internal(s, diagonal):
    """All-ones plus a diagonal, in place."""
    total = load(s, 0)
    for i in range(1, WIDTH):
        total = total + load(s, i * LANES)
    for i in range(WIDTH):
        store(s, i * LANES, total + load(s, i * LANES) * splat(diagonal[i]))


@njit
def _substitute(s, i, constant):
    """Element i becomes the cube of itself plus a constant."""
    x = load(s, i * LANES) + splat(constant)
    store(s, i * LANES, x * x * x)


@njit
def _put(s, i, cells, at, zero):
    """Store element i, less its value in the compression of zeros."""
    store(cells, at, load(s, i * LANES) - splat(zero))


@njit(cache=True, nogil=True)
def trace_permutations(inputs, full, partial, diagonal, zeros, cells, first, stride):
    """Columns of the compressions of `inputs` (16, rows), flat, rows a multiple of 64: column c of tile k is at
    cells[first[c] + k * stride[c]]. `zeros[c]` is subtracted from column c."""
    num_rows = len(inputs) // WIDTH
    s = np.empty(WIDTH * LANES, np.uint32)
    for row in range(0, num_rows, LANES):
        tile, lane = row // TILE, row % TILE
        for i in range(WIDTH):
            store(s, i * LANES, load(inputs, i * num_rows + row))
            _put(s, i, cells, first[i] + tile * stride[i] + lane, zeros[i])
        c = WIDTH
        _external(s)
        for number in range(FULL_ROUNDS):
            if number == _HALF:
                for r in range(PARTIAL_ROUNDS):
                    _substitute(s, 0, partial[r])
                    _put(s, 0, cells, first[c] + tile * stride[c] + lane, zeros[c])
                    c += 1
                    _internal(s, diagonal)
            for i in range(WIDTH):
                _substitute(s, i, full[number * WIDTH + i])
                if number < FULL_ROUNDS - 1:
                    _put(s, i, cells, first[c] + tile * stride[c] + lane, zeros[c])
                    c += 1
            _external(s)
        for i in range(DIGEST):
            store(s, i * LANES, load(s, i * LANES) + load(inputs, i * num_rows + row))
            _put(s, i, cells, first[c] + tile * stride[c] + lane, zeros[c])
            c += 1


@cache
def _of_zeros() -> np.ndarray:
    """The columns (156,) of the compression of zeros."""
    cells, nothing = np.empty(NUM_COLUMNS * TILE, np.uint32), np.zeros(NUM_COLUMNS, np.uint32)
    first, inputs = np.arange(NUM_COLUMNS) * TILE, np.zeros(WIDTH * TILE, np.uint32)
    trace_permutations(inputs, _FULL, _PARTIAL, _DIAGONAL, nothing, cells, first, 0 * first)
    return cells[::TILE].copy()


def store_traces(inputs: np.ndarray, cells: np.ndarray, first: np.ndarray, stride: np.ndarray) -> None:
    """Write the 156 columns of the compressions of `inputs` (n, 16), canonical, less those of the compression of zeros.

    `cells`, `first`, `stride` as `ColumnWriter.claim` hands them out; whole tiles are written, filled with zeros.
    """
    padded = np.zeros((WIDTH, -(-len(inputs) // TILE) * TILE), np.uint32)
    padded[:, : len(inputs)] = to_montgomery(inputs).T
    trace_permutations(padded.reshape(-1), _FULL, _PARTIAL, _DIAGONAL, _of_zeros(), cells, first, stride)


def trace_of(inputs: np.ndarray) -> np.ndarray:
    """The same columns (156, n) uint32, canonical."""
    tiles = -(-len(inputs) // TILE)
    cells = np.empty((NUM_COLUMNS, tiles * TILE), np.uint32)
    first = np.arange(NUM_COLUMNS) * tiles * TILE
    store_traces(inputs, cells.reshape(-1), first, np.full(NUM_COLUMNS, TILE))
    return from_montgomery(cells[:, : len(inputs)])
