"""Exact ranks and kernels over F. Matrices are of canonical integers, (rows, columns)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_vm.field.koalabear import P

Matrix = npt.NDArray[np.uint64]


def reduced(matrix: npt.ArrayLike) -> tuple[Matrix, list[int]]:
    """The reduced row echelon form, without its zero rows, and the columns of its pivots."""
    m = np.array(matrix, np.uint64) % P
    pivots = _echelon(m)
    for found, column in reversed(list(enumerate(pivots))):
        _clear(m[:found, column:], m[found, column:])
    return m[: len(pivots)], pivots


def _echelon(m: Matrix) -> list[int]:
    """Brings a matrix to row echelon form with ones as pivots, in place; returns their columns."""
    pivots: list[int] = []
    for column in range(m.shape[1]):
        found = len(pivots)
        candidates = np.flatnonzero(m[found:, column])
        if not len(candidates):
            continue
        pivot = found + int(candidates[0])
        m[[found, pivot]] = m[[pivot, found]]
        m[found] = m[found] * np.uint64(pow(int(m[found, column]), -1, P)) % P
        _clear(m[found + 1 :, column:], m[found, column:])
        pivots.append(column)
        if len(pivots) == m.shape[0]:
            break
    return pivots


def _clear(rows: Matrix, pivot: Matrix) -> None:
    """Subtracts multiples of a row that starts with one, so that the others start with zero; in place."""
    rows += (P - rows[:, :1]) * pivot % P
    rows %= P


def rank(matrix: npt.ArrayLike) -> int:
    """The number of independent rows."""
    return len(_echelon(np.array(matrix, np.uint64) % P))


def kernel(matrix: npt.ArrayLike) -> Matrix:
    """A basis of {v: matrix v = 0}, as columns."""
    m, pivots = reduced(matrix)
    columns = np.asarray(matrix).shape[1]
    free = [column for column in range(columns) if column not in set(pivots)]
    basis = np.zeros((columns, len(free)), np.uint64)
    basis[free, np.arange(len(free))] = 1
    basis[pivots] = (P - m[:, free]) % P
    return basis


def product(a: npt.ArrayLike, b: npt.ArrayLike) -> Matrix:
    """a b; halves of 16 bits, so that 2^15 products add up in 64 bits."""
    left, right = np.asarray(a, np.uint64), np.asarray(b, np.uint64)
    low, high = left & np.uint64(0xFFFF), left >> np.uint64(16)
    return (low @ right % P + (high @ right % P << np.uint64(16))) % P
