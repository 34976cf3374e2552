"""Witness kernel of `poseidon2`: many permutations side by side, every S-box output stored as it comes.

A state is sixteen or twenty-four vectors in a scratch array, each of one element of LANES permutations. Montgomery form
throughout. `lanes` is a tuple as long as the state: a width that is known when the kernel is compiled.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.koalabear import from_montgomery, to_montgomery
from core_vm.field.packed import LANES, load, splat, store
from core_vm.hash.poseidon2_parameters import FULL_ROUNDS, Poseidon2
from core_vm.host.kernel_cache import njit
from core_vm.witness.kernels import store_columns

_HALF = FULL_ROUNDS // 2


@njit
def _external(s, lanes):
    """circ(2 M, M, .., M) with M = circ(2, 3, 1, 1), in place."""
    end = len(lanes) * LANES
    for k in range(0, end, 4 * LANES):
        x0, x1, x2, x3 = load(s, k), load(s, k + LANES), load(s, k + 2 * LANES), load(s, k + 3 * LANES)
        total = x0 + x1 + x2 + x3
        store(s, k, total + x0 + x1 + x1)
        store(s, k + LANES, total + x1 + x2 + x2)
        store(s, k + 2 * LANES, total + x2 + x3 + x3)
        store(s, k + 3 * LANES, total + x3 + x0 + x0)
    for k in range(0, 4 * LANES, LANES):
        total = load(s, k)
        for i in range(k + 4 * LANES, end, 4 * LANES):
            total = total + load(s, i)
        for i in range(k, end, 4 * LANES):
            store(s, i, load(s, i) + total)


@njit
def _internal(s, lanes, diagonal):
    """All-ones plus a diagonal, in place."""
    total = load(s, 0)
    for i in range(1, len(lanes)):
        total = total + load(s, i * LANES)
    for i in range(len(lanes)):
        store(s, i * LANES, total + load(s, i * LANES) * splat(diagonal[i]))


@njit
def _substitute(s, i, constant):
    """Element i becomes the cube of itself plus a constant."""
    x = load(s, i * LANES) + splat(constant)
    store(s, i * LANES, x * x * x)


@njit
def _put(s, i, cells, at, zero):
    """Store element i, less its value in the permutation of zeros."""
    store(cells, at, load(s, i * LANES) - splat(zero))


@njit(cache=True, nogil=True)
def trace_permutations(
    cells, first, stride, num_tiles, lanes, full, partial, diagonal, num_outputs, feed_forward, zeros
):
    """Columns of the permutations of the rows of `num_tiles` tiles: column c of tile k is at
    cells[first[c] + k * stride[c]].

    The first columns, as many as the state has elements, are the inputs: they are there. Written are the outputs of all
    S-boxes but those of the last round, and the first `num_outputs` elements of the output, plus the input if
    `feed_forward`; `zeros[c]` is subtracted from the c-th of them.
    """
    width = len(lanes)
    s = np.empty(width * LANES, np.uint32)
    for row in range(0, num_tiles * TILE, LANES):
        tile, lane = row // TILE, row % TILE
        for i in range(width):
            store(s, i * LANES, load(cells, first[i] + tile * stride[i] + lane))
        c = width
        _external(s, lanes)
        for number in range(FULL_ROUNDS):
            if number == _HALF:
                for r in range(len(partial)):
                    _substitute(s, 0, partial[r])
                    _put(s, 0, cells, first[c] + tile * stride[c] + lane, zeros[c - width])
                    c += 1
                    _internal(s, lanes, diagonal)
            for i in range(width):
                _substitute(s, i, full[number * width + i])
                if number < FULL_ROUNDS - 1:
                    _put(s, i, cells, first[c] + tile * stride[c] + lane, zeros[c - width])
                    c += 1
            _external(s, lanes)
        for i in range(num_outputs):
            if feed_forward:
                store(s, i * LANES, load(s, i * LANES) + load(cells, first[i] + tile * stride[i] + lane))
            _put(s, i, cells, first[c] + tile * stride[c] + lane, zeros[c - width])
            c += 1


class _Constants(NamedTuple):
    """Of one permutation, Montgomery: round constants (8 * width,), (partial rounds,), and the diagonal (width,)."""

    lanes: tuple[bool, ...]
    full: np.ndarray
    partial: np.ndarray
    diagonal: np.ndarray


@cache
def _constants(parameters: Poseidon2) -> _Constants:
    full, partial = np.array(parameters.full_constants).reshape(-1), np.array(parameters.partial_constants)
    lanes = (True,) * parameters.width
    return _Constants(lanes, to_montgomery(full), to_montgomery(partial), to_montgomery(np.array(parameters.diagonal)))


@cache
def _of_zeros(parameters: Poseidon2, num_outputs: int) -> np.ndarray:
    """All columns but the inputs of the permutation of zeros."""
    count = num_columns(parameters, num_outputs)
    cells, first = np.zeros(count * TILE, np.uint32), np.arange(count) * TILE
    nothing = np.zeros(count - parameters.width, np.uint32)
    trace_permutations(cells, first, 0 * first, 1, *_constants(parameters), num_outputs, False, nothing)
    return cells[parameters.width * TILE :: TILE].copy()


def num_columns(parameters: Poseidon2, num_outputs: int) -> int:
    """Inputs, S-box outputs and outputs."""
    return parameters.width * FULL_ROUNDS + parameters.partial_rounds + num_outputs


def complete_permutations(
    parameters: Poseidon2,
    num_outputs: int,
    feed_forward: bool,
    cells: np.ndarray,
    first: np.ndarray,
    stride: np.ndarray,
    num_tiles: int,
) -> None:
    """Write all columns of permutations whose inputs are there, less those of the permutation of zeros.

    `cells`, `first`, `stride` as `ColumnWriter.claim` hands them out. Where the inputs are zeros, all columns are.
    """
    zeros = _of_zeros(parameters, num_outputs)
    trace_permutations(cells, first, stride, num_tiles, *_constants(parameters), num_outputs, feed_forward, zeros)


def store_permutations(
    parameters: Poseidon2,
    inputs: np.ndarray,
    num_outputs: int,
    feed_forward: bool,
    cells: np.ndarray,
    first: np.ndarray,
    stride: np.ndarray,
) -> None:
    """The same with the inputs (n, width), canonical, into cells that are zero."""
    columns = np.ascontiguousarray(inputs.T, np.uint32)
    store_columns(columns, cells, first[: parameters.width], stride[: parameters.width])
    complete_permutations(parameters, num_outputs, feed_forward, cells, first, stride, -(-len(inputs) // TILE))


def permutation_columns(parameters: Poseidon2, inputs: np.ndarray, num_outputs: int, feed_forward: bool) -> np.ndarray:
    """The same columns, inputs first, uint32 (columns, n), canonical."""
    tiles, count = -(-len(inputs) // TILE), num_columns(parameters, num_outputs)
    cells = np.zeros((count, tiles * TILE), np.uint32)
    first = np.arange(count) * tiles * TILE
    store_permutations(parameters, inputs, num_outputs, feed_forward, cells.reshape(-1), first, np.full(count, TILE))
    return from_montgomery(cells[:, : len(inputs)])
