"""The rounds over lanes: a vector of lanes at a time, of which those that are too many have no weight.

An entry is n0, a1, e0, e1 in planes, flat (4, 5, width), of as many lanes as there are and at least two vectors.
Entries are zero where there are no lanes; once lanes are folded, those that are done with hold anything.
"""

from __future__ import annotations

import numpy as np

from core_vm.field.packed import (
    LANES,
    ext_add,
    ext_load,
    ext_mul,
    ext_mul_pairs,
    ext_splat,
    ext_store,
    ext_sub,
    ext_zero,
)
from core_vm.host.kernel_cache import njit
from core_vm.stark.gkr.round_kernels import (
    BATCHING,
    CHALLENGE,
    CLAIM,
    MESSAGE,
    bind_claim,
    decide_difference,
    write_message,
)
from core_vm.stark.word_kernels import ONE, ZERO, lifted, minus, plus, read, times, write, write_canonical

LEAST_WIDTH = 2 * LANES
READY, FOLD, FRACTIONS = range(3)
"""What an entry is when its next round begins: ready; to be folded by the last challenge; n0, n1, e0, e1."""


@njit(inline="always")
def _width(entry):
    return entry.shape[0] // 20


@njit(inline="always")
def _lanes(entry, quantity, lane):
    """LANES lanes of n0, a1, e0 or e1."""
    width = _width(entry)
    return ext_load(entry, 5 * quantity * width + lane, width)


@njit(inline="always")
def _change(entry, quantity, lane, half):
    """From the lanes on to those of the pairs' other halves."""
    return ext_sub(_lanes(entry, quantity, lane + half), _lanes(entry, quantity, lane))


@njit
def _weights_of(weights, first, count, room):
    """LANES of `count` weights, which are interleaved, from number `first` on; zero beyond them."""
    for lane in range(LANES):
        for k in range(5):
            room[k * LANES + lane] = weights[5 * (first + lane) + k] if first + lane < count else ZERO
    return ext_load(room, 0, LANES)


@njit
def _total(value, room):
    """The sum of all lanes."""
    ext_store(room, 0, LANES, value)
    total = lifted(ZERO)
    for lane in range(LANES):
        total = plus(total, _lane_of(room, lane, LANES))
    return total


@njit(inline="always")
def _lane_of(planes, at, width):
    return planes[at], planes[at + width], planes[at + 2 * width], planes[at + 3 * width], planes[at + 4 * width]


@njit
def _sums(entry, half, weights, lam):
    """Over lane pairs (l, l + half): the cofactor at 0, n0 (1 + e1) + a1 (1 + e0) - lambda, and its coefficient of
    X^2."""
    at_zero, leading, room = ext_zero(), ext_zero(), np.empty(5 * LANES, np.uint32)
    for v in range(0, half, LANES):
        w = _weights_of(weights, v, half, room)
        n0, a1, e0, e1 = _lanes(entry, 0, v), _lanes(entry, 1, v), _lanes(entry, 2, v), _lanes(entry, 3, v)
        value = ext_add(ext_mul_pairs(n0, e1, a1, e0), ext_sub(ext_add(n0, a1), lam))
        at_zero = ext_add(at_zero, ext_mul(value, w))
        n0, a1 = _change(entry, 0, v, half), _change(entry, 1, v, half)
        e0, e1 = _change(entry, 2, v, half), _change(entry, 3, v, half)
        leading = ext_add(leading, ext_mul(ext_mul_pairs(n0, e1, a1, e0), w))
    return _total(at_zero, room), _total(leading, room)


@njit
def _fold(entry, half, r):
    """Lane l becomes l + r (lane (l + half) - lane l) in all four quantities, in place."""
    width = _width(entry)
    for quantity in range(4):
        for v in range(0, half, LANES):
            value = ext_add(_lanes(entry, quantity, v), ext_mul(_change(entry, quantity, v, half), r))
            ext_store(entry, 5 * quantity * width + v, width, value)


@njit
def _enter(entry, lanes, lam):
    """Fractions n0, n1, e0, e1 become n0, a1, e0, e1 with a1 = n1 + lambda (1 + e1)."""
    width = _width(entry)
    for v in range(0, lanes, LANES):
        batched = ext_add(lam, ext_mul(_lanes(entry, 3, v), lam))
        ext_store(entry, 5 * width + v, width, ext_add(_lanes(entry, 1, v), batched))


@njit
def _write_halves(entry, lam, state):
    """n0, n1, e0, e1 of the one lane that is left. The layer's value there is taken from the claim."""
    width = _width(entry)
    n0, a1 = _lane_of(entry, 0, width), _lane_of(entry, 5 * width, width)
    e0, e1 = _lane_of(entry, 10 * width, width), _lane_of(entry, 15 * width, width)
    value = minus(plus(plus(n0, a1), plus(times(n0, e1), times(a1, e0))), lam)
    write(state, CLAIM, minus(read(state, CLAIM), value))
    n1 = minus(a1, times(lam, plus(lifted(ONE), e1)))
    write_canonical(state, MESSAGE, n0)
    write_canonical(state, MESSAGE + 5, n1)
    write_canonical(state, MESSAGE + 10, e0)
    write_canonical(state, MESSAGE + 15, e1)


@njit(cache=True, nogil=True)
def lane_message(entry, half, form, weights, point, inverses, number, state):
    """The message of round `number`, over lane pairs (l, l + half) of an entry of that form; `weights` are those of the
    pairs. Once all rounds are bound, which a `half` of 0 says: the layer's halves."""
    lam = ext_splat(state, BATCHING, 1)
    if number:
        bind_claim(state, point, number)
    if form == FOLD:
        _fold(entry, max(1, 2 * half), ext_splat(state, CHALLENGE, 1))
    elif form == FRACTIONS:
        _enter(entry, max(1, 2 * half), lam)
    if half:
        at_zero, leading = _sums(entry, half, weights, lam)
        decide_difference(state, inverses, number, at_zero)
        write_message(state, leading)
    else:
        _write_halves(entry, read(state, BATCHING), state)


@njit(cache=True, nogil=True)
def combine_lanes(below, above):
    """Lane l with lane l + half of fractions (2, 2 half, 5), numerators and e = d - 1: those of one layer further up,
    (2, half, 5)."""
    size = above.shape[0] // 2
    for at in range(0, size, 5):
        n0, n1 = read(below, at), read(below, at + size)
        e0, e1 = read(below, at + 2 * size), read(below, at + 3 * size)
        write(above, at, plus(plus(n0, n1), plus(times(n0, e1), times(n1, e0))))
        write(above, at + size, plus(plus(e0, e1), times(e0, e1)))
