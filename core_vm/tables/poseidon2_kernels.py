"""Witness kernel of the compression table: every S-box output of many permutations, canonical values."""

from __future__ import annotations

import numpy as np

from core_vm.field.kernel_cache import njit
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import (
    DIAGONAL,
    DIGEST,
    FULL_CONSTANTS,
    FULL_ROUNDS,
    PARTIAL_CONSTANTS,
    PARTIAL_ROUNDS,
    WIDTH,
)

NUM_COLUMNS = WIDTH + (FULL_ROUNDS - 1) * WIDTH + PARTIAL_ROUNDS + DIGEST
_P = np.uint64(P)
_HALF = FULL_ROUNDS // 2
_FULL = np.array(FULL_CONSTANTS, np.uint64)
_PARTIAL = np.array(PARTIAL_CONSTANTS, np.uint64)
_DIAGONAL = np.array(DIAGONAL, np.uint64)
_TWO = np.uint64(2)


@njit
def _external(s):
    """circ(2 M, M, M, M) in place; entries below 2^31 grow to at most 35 times that, and are then reduced."""
    for k in range(0, WIDTH, 4):
        x0, x1, x2, x3 = s[k], s[k + 1], s[k + 2], s[k + 3]
        total = x0 + x1 + x2 + x3
        s[k] = total + x0 + _TWO * x1
        s[k + 1] = total + x1 + _TWO * x2
        s[k + 2] = total + x2 + _TWO * x3
        s[k + 3] = total + x3 + _TWO * x0
    for k in range(4):
        total = s[k] + s[k + 4] + s[k + 8] + s[k + 12]
        for i in range(k, WIDTH, 4):
            s[i] = (s[i] + total) % _P


@njit
def _internal(s, diagonal):
    """All-ones plus a diagonal, in place."""
    total = s[0]
    for i in range(1, WIDTH):
        total += s[i]
    for i in range(WIDTH):
        s[i] = (total + s[i] * diagonal[i]) % _P


@njit
def _cube(x):
    return (x * x % _P) * x % _P


@njit(cache=True, nogil=True)
def trace_permutations(inputs, full, partial, diagonal, out):
    """out[:, row] (uint32, canonical) <- inputs, S-box outputs round by round, digest of inputs[row] (16,)."""
    s = np.empty(WIDTH, np.uint64)
    for row in range(len(inputs)):
        for i in range(WIDTH):
            s[i] = inputs[row, i]
            out[i, row] = inputs[row, i]
        at = WIDTH
        _external(s)
        for number in range(FULL_ROUNDS):
            if number == _HALF:
                for r in range(PARTIAL_ROUNDS):
                    s[0] = _cube(s[0] + partial[r])
                    out[at, row] = s[0]
                    at += 1
                    _internal(s, diagonal)
            for i in range(WIDTH):
                s[i] = _cube((s[i] + full[number, i]) % _P)
                if number < FULL_ROUNDS - 1:
                    out[at + i, row] = s[i]
            if number < FULL_ROUNDS - 1:
                at += WIDTH
            _external(s)
        for i in range(DIGEST):
            out[at + i, row] = (s[i] + np.uint64(inputs[row, i])) % _P


def _raw_trace(inputs: np.ndarray) -> np.ndarray:
    out = np.empty((NUM_COLUMNS, len(inputs)), np.uint32)
    trace_permutations(np.ascontiguousarray(inputs, np.uint32), _FULL, _PARTIAL, _DIAGONAL, out)
    return out


_OF_ZEROS: list[np.ndarray] = []


def trace_of(inputs: np.ndarray) -> np.ndarray:
    """The columns (156, n) uint32, canonical, of the compressions of `inputs` (n, 16), less those of the zero input."""
    if not _OF_ZEROS:
        _OF_ZEROS.append(_raw_trace(np.zeros((1, WIDTH), np.uint32)))
    trace, zeros = _raw_trace(inputs), _OF_ZEROS[0]
    return np.where(trace >= zeros, trace - zeros, trace + (np.uint32(P) - zeros))
