"""Sumcheck over a pair of K vectors, highest index bit first: the round polynomial, and the fold by a challenge.

Vectors are planes, (5, n) uint32 Montgomery, n a power of two. Short ones go through numpy, long ones through kernels.
"""

from __future__ import annotations

import numpy as np

from core_vm.field.extension import DEGREE, K, inner_planes, to_planes
from core_vm.field.koalabear import Words, from_montgomery
from core_vm.field.reference import extension_add, extension_multiply, extension_subtract
from core_vm.host.threads import run_ranges

AT_ONCE = 1 << 13
"""Elements of K that a thread takes at least, a multiple of LANES: handing over costs as much as some thousands."""


def round_polynomial(vector: Words, weight: Words, threads: int = 1) -> tuple[K, K]:
    """h(0) and the coefficient of X^2 of h(X) = sum_x vector(X, x) weight(X, x)."""
    from core_vm.field.packed import LANES
    from core_vm.pcs.whir.kernels import round_sums

    half = vector.shape[1] // 2
    if half < LANES:
        slope, weight_slope = (extension_subtract(a[:, half:], a[:, :half]) for a in (vector, weight))
        return inner_planes(vector[:, :half], weight[:, :half]), inner_planes(slope, weight_slope)

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
    challenge = to_planes([r])
    if half < LANES:
        low, high = planes[:, :half], planes[:, half:]
        return extension_add(low, extension_multiply(challenge, extension_subtract(high, low)))
    out = np.empty((DEGREE, half), np.uint32)

    def part(first: int, last: int) -> None:
        fold_halves(planes.reshape(-1), half, challenge.reshape(-1), first, last, out.reshape(-1))

    run_ranges(part, half, threads, AT_ONCE)
    return out
