"""Sumcheck over a pair of K vectors, highest index bit first: the round polynomial, and the fold by a challenge.

Vectors are planes, (5, n) uint32 Montgomery, n a power of two. Short ones go through plain Python, which is faster
there than numpy is, long ones through kernels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.field.extension import DEGREE, K, from_planes, inner, to_planes
from core_vm.field.koalabear import MONTGOMERY_R, P, Words, from_montgomery
from core_vm.host.threads import run_ranges

AT_ONCE = 1 << 13
"""Elements of K that a thread takes at least, a multiple of LANES: handing over costs as much as some thousands."""


def round_polynomial(vector: Words, weight: Words, threads: int = 1) -> tuple[K, K]:
    """h(0) and the coefficient of X^2 of h(X) = sum_x vector(X, x) weight(X, x)."""
    from core_vm.field.packed import LANES
    from core_vm.pcs.whir.kernels import round_sums

    half = vector.shape[1] // 2
    if half < LANES:
        (low, high), (weight_low, weight_high) = _few(vector), _few(weight)
        return inner(low, weight_low), inner(_differences(high, low), _differences(weight_high, weight_low))

    def part(first: int, last: int) -> Words:
        sums = np.empty(2 * DEGREE * LANES, np.uint32)
        round_sums(vector.reshape(-1), weight.reshape(-1), half, first, last, sums)
        return sums

    parts = np.stack(run_ranges(part, half, threads, AT_ONCE)).reshape(-1, 2, DEGREE, LANES)
    totals = from_montgomery(parts).astype(np.int64).sum(axis=(0, 3)).tolist()
    return K(*totals[0]), K(*totals[1])


def fold(planes: Words, r: K, threads: int = 1) -> Words:
    """The vector with its highest index bit bound to r: (5, n/2)."""
    from core_vm.field.packed import LANES
    from core_vm.pcs.whir.kernels import fold_halves

    half = planes.shape[1] // 2
    if half < LANES:
        low, high = _few(planes)
        return to_planes([below + r * slope for below, slope in zip(low, _differences(high, low), strict=True)])
    challenge = np.array([c * MONTGOMERY_R % P for c in r.c], np.uint32)
    out = np.empty((DEGREE, half), np.uint32)

    def part(first: int, last: int) -> None:
        fold_halves(planes.reshape(-1), half, challenge, first, last, out.reshape(-1))

    run_ranges(part, half, threads, AT_ONCE)
    return out


def _few(planes: Words) -> tuple[list[K], list[K]]:
    """Both halves of a short vector."""
    elements = from_planes(planes)
    return elements[: len(elements) // 2], elements[len(elements) // 2 :]


def _differences(a: Sequence[K], b: Sequence[K]) -> list[K]:
    return [x - y for x, y in zip(a, b, strict=True)]
