"""Sums over many elements of K in plain numpy: what a verifier of a static circuit computes from its key.

Elements of K are planes (5, ..), uint32, Montgomery form, as in `reference`; elements of F are canonical where they
come from a key. Sums of products are matrix products of 16-bit halves in float64, which are exact: a product of halves
is below 2^32, and at most 2^20 of them are added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.field.extension import DEGREE, EXACT_FLOAT_TERMS, K, powers, to_planes
from core_vm.field.koalabear import MONTGOMERY_R_INVERSE, P, Words
from core_vm.field.reference import extension_multiply, subtract

Indices = npt.NDArray[Any]
_P = np.uint64(P)
FIRST_POWERS = 16
"""So many are faster one by one."""


def eq_words(point: Sequence[K]) -> Words:
    """eq(point, x) for all x, planes (5, 2^n); bit i of the index goes with coordinate i."""
    table = to_planes([K.one])
    for z in point:
        high = extension_multiply(table, to_planes([z]))
        table = np.concatenate([subtract(table, high), high], axis=1)
    return table


def power_words(x: K, count: int, first: K = K.one) -> Words:
    """first x^i for i < count, planes (5, count)."""
    table = to_planes(powers(x, min(count, FIRST_POWERS), first)).reshape(DEGREE, -1)
    step = x**FIRST_POWERS
    while table.shape[1] < count:
        table = np.concatenate([table, extension_multiply(table, to_planes([step]))], axis=1)
        step = step * step
    return table[:, :count]


def weighted_columns(columns: Words, weights: Words) -> Words:
    """sum_j columns[i, j] weights[:, j] for each i: canonical (n, m), planes (5, m) -> planes (5, n).

    Raises ValueError for more than 2^20 terms.
    """
    _require_exact(columns.shape[1])
    low, high = (half @ _halves(weights).T for half in _halves(columns).reshape(2, *columns.shape))  # (n, m) @ (m, 10)
    sums = _combined(low[:, :DEGREE], low[:, DEGREE:] + high[:, :DEGREE], high[:, DEGREE:])
    return sums.T.astype(np.uint32)


def weighted_rows(rows: Words, weights: Words) -> Words:
    """sum_j rows[:, i, j] weights[:, j] for each i, in K: planes (5, n, m), planes (5, m) -> planes (5, n).

    Raises ValueError for more than 2^20 terms.
    """
    _require_exact(rows.shape[2])
    sums = _halves(rows) @ _halves(weights).T  # (10, n, m) @ (m, 10)
    low, high = sums[:DEGREE], sums[DEGREE:]
    products = _combined(low[..., :DEGREE], low[..., DEGREE:] + high[..., :DEGREE], high[..., DEGREE:])
    coefficients = [np.zeros(rows.shape[1], np.uint64) for _ in range(2 * DEGREE - 1)]
    for i in range(DEGREE):
        for j in range(DEGREE):
            coefficients[i + j] = coefficients[i + j] + products[i, :, j]
    for power in range(2 * DEGREE - 2, DEGREE - 1, -1):  # X^5 = 1 - X^2
        reduced = coefficients[power] % _P
        coefficients[power - 5] = coefficients[power - 5] + reduced
        coefficients[power - 3] = coefficients[power - 3] + _P - reduced
    return np.stack([c % _P * np.uint64(MONTGOMERY_R_INVERSE) % _P for c in coefficients[:DEGREE]]).astype(np.uint32)


def sums_at(places: Indices, planes: Words, size: int) -> Words:
    """What is added up at each place: sum of planes[:, j] over the j with places[j] = i, planes (5, size)."""
    sums = [np.bincount(places, plane.astype(np.float64), size) for plane in planes]
    return (np.array(sums).reshape(len(planes), size) % P).astype(np.uint32)


def _require_exact(terms: int) -> None:
    if terms > EXACT_FLOAT_TERMS:
        raise ValueError(f"{terms} terms are more than {EXACT_FLOAT_TERMS}, which add up exactly")


def _halves(words: Words) -> npt.NDArray[np.float64]:
    """Low halves of all, then high ones, along the first axis."""
    return np.concatenate([words & np.uint32(0xFFFF), words >> np.uint32(16)]).astype(np.float64)


def _combined(low: Any, middle: Any, high: Any) -> npt.NDArray[np.uint64]:
    """low + 2^16 middle + 2^32 high modulo p, of sums below 2^53."""
    low, middle, high = (sums.astype(np.uint64) % _P for sums in (low, middle, high))
    return (low + (middle << np.uint64(16)) + (high << np.uint64(32)) % _P) % _P
