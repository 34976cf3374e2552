"""What happens between the sums of a round and its challenge, and all of the rounds over lanes, on interleaved words.

`state` has elements of K: the last challenge and lambda, with which it begins as the `constants` of `packed_entries`
do; the claim; the two elements of the last message; the sums of L and of Q over the interactions that have retired (see
`tile_rounds`); and behind them, in canonical coefficients, what is to be sent. A kernel begins with what the last
challenge makes of the claim, which nobody needed until then, and ends with the next message: all that lies between two
calls is the channel's.
"""

from __future__ import annotations

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul, ext_store
from core_vm.host.kernel_cache import njit
from core_vm.stark.word_kernels import ONE, ZERO, lifted, minus, plus, read, times, write, write_canonical
from core_vm.stark.words import K_TILE

CHALLENGE, BATCHING, CLAIM, DIFFERENCE, LEADING, LINEAR, SQUARE, MESSAGE = range(0, 40, 5)
STATE_WORDS = MESSAGE + 4 * 5
READY, FOLD, FRACTIONS = range(3)
"""What an entry is when its next round begins: ready; to be folded by the last challenge; n0, n1, e0, e1."""


@njit
def _bind_claim(state, point, number):
    """The claim after `number` rounds: g(r), as in `sumcheck.next_claim`."""
    r = read(state, CHALLENGE)
    difference, leading = read(state, DIFFERENCE), read(state, LEADING)
    value = times(plus(times(leading, r), minus(difference, leading)), r)
    weighed = times(read(point, 5 * (number - 1)), difference)
    write(state, CLAIM, minus(plus(value, read(state, CLAIM)), weighed))


@njit
def _write_message(state, inverses, number, at_zero, leading):
    """g(1) - g(0), which the claim decides, and the coefficient of X^2."""
    difference = times(minus(read(state, CLAIM), at_zero), read(inverses, 5 * number))
    write(state, DIFFERENCE, difference)
    write(state, LEADING, leading)
    write_canonical(state, MESSAGE, difference)
    write_canonical(state, MESSAGE + 5, leading)


@njit
def _weighed(total, number, lane_weights):
    """Sum `number` of `total`, which is kept lane by lane, and overwritten; the weights are planes."""
    at = number * K_TILE
    sums = ext_mul(ext_load(total, at, TILE), ext_load(lane_weights, 0, TILE))
    for v in range(LANES, TILE, LANES):
        sums = ext_add(sums, ext_mul(ext_load(total, at + v, TILE), ext_load(lane_weights, v, TILE)))
    ext_store(total, at, TILE, sums)
    result = _lane(total, at)
    for lane in range(1, LANES):
        result = plus(result, _lane(total, at + lane))
    return result


@njit
def _both(total, number, lane_weights, lam):
    """That sum of fractions and that of factors."""
    return plus(_weighed(total, number, lane_weights), times(lam, _weighed(total, 4 + number, lane_weights)))


@njit(inline="always")
def _lane(tile, at):
    return tile[at], tile[at + TILE], tile[at + 2 * TILE], tile[at + 3 * TILE], tile[at + 4 * TILE]


@njit(cache=True, nogil=True)
def tile_message(total, lane_weights, pair_weights, point, inverses, number, state):
    """The message of round `number`, over whole tiles, from its sums `total` (see `packed_entries`, and
    `factor_kernels` for those that lack lambda); `pair_weights` begin with the weight of a pair whose number is 0, as
    those of the retired are."""
    factor = minus(lifted(ONE), read(state, CHALLENGE))
    if number:
        _bind_claim(state, point, number)
    lam = read(state, BATCHING)
    fresh, fresh_square = _both(total, 2, lane_weights, lam), _both(total, 3, lane_weights, lam)
    linear = plus(times(read(state, LINEAR), factor), minus(fresh, fresh_square))
    square = plus(times(read(state, SQUARE), times(factor, factor)), fresh_square)
    write(state, LINEAR, linear)
    write(state, SQUARE, square)
    weight = read(pair_weights, 0)
    at_zero = plus(_both(total, 0, lane_weights, lam), times(weight, plus(linear, square)))
    leading = plus(_both(total, 1, lane_weights, lam), times(weight, square))
    _write_message(state, inverses, number, at_zero, leading)


@njit(inline="always")
def _width(entry):
    """How many lanes an entry has room for."""
    return entry.shape[0] // 20


@njit
def _layer_value(entry, lane, lam):
    """n0 (1 + e1) + n1 (1 + e0) + lambda (e0 + e1 + e0 e1) = n0 (1 + e1) + a1 (1 + e0) - lambda."""
    width = _width(entry)
    n0, a1 = read(entry, 5 * lane), read(entry, 5 * (width + lane))
    e0, e1 = read(entry, 5 * (2 * width + lane)), read(entry, 5 * (3 * width + lane))
    return minus(plus(plus(n0, a1), plus(times(n0, e1), times(a1, e0))), lam)


@njit
def _change(entry, at, half):
    """From the element number `at` to that of the pair's other lane."""
    return minus(read(entry, 5 * (at + half)), read(entry, 5 * at))


@njit
def _lane_sums(entry, half, weights, lam):
    """Over lane pairs (l, l + half): the cofactor at 0, and its coefficient of X^2."""
    at_zero, leading, width = lifted(ZERO), lifted(ZERO), _width(entry)
    for lane in range(half):
        w = read(weights, 5 * lane)
        at_zero = plus(at_zero, times(w, _layer_value(entry, lane, lam)))
        n0, a1 = _change(entry, lane, half), _change(entry, width + lane, half)
        e0, e1 = _change(entry, 2 * width + lane, half), _change(entry, 3 * width + lane, half)
        leading = plus(leading, times(w, plus(times(n0, e1), times(a1, e0))))
    return at_zero, leading


@njit
def _lane_fold(entry, half, r):
    """Lane l becomes l + r (lane (l + half) - lane l) in all four quantities, in place."""
    width = _width(entry)
    for k in range(4):
        for lane in range(half):
            at = 5 * (width * k + lane)
            write(entry, at, plus(read(entry, at), times(r, _change(entry, width * k + lane, half))))


@njit
def _batched(entry, lane, lam):
    """lambda (1 + e1)."""
    return times(lam, plus(lifted(ONE), read(entry, 5 * (3 * _width(entry) + lane))))


@njit
def _enter(entry, lanes, lam):
    """Fractions n0, n1, e0, e1 become n0, a1, e0, e1 with a1 = n1 + lambda (1 + e1)."""
    for lane in range(lanes):
        place = 5 * (_width(entry) + lane)
        write(entry, place, plus(read(entry, place), _batched(entry, lane, lam)))


@njit
def _write_halves(entry, lam, state):
    """n0, n1, e0, e1 of the one lane that is left. The layer's value there is taken from the claim."""
    write(state, CLAIM, minus(read(state, CLAIM), _layer_value(entry, 0, lam)))
    width = _width(entry)
    write(entry, 5 * width, minus(read(entry, 5 * width), _batched(entry, 0, lam)))
    for k in range(4):
        write_canonical(state, MESSAGE + 5 * k, read(entry, 5 * width * k))


@njit(cache=True, nogil=True)
def lane_message(entry, half, form, weights, point, inverses, number, state):
    """The message of round `number`, over lane pairs (l, l + half) of an entry (4, lanes, 5) of that form. Once all
    rounds are bound, which a `half` of 0 says: the layer's halves."""
    lam = read(state, BATCHING)
    if number:
        _bind_claim(state, point, number)
    if form == FOLD:
        _lane_fold(entry, max(1, 2 * half), read(state, CHALLENGE))
    elif form == FRACTIONS:
        _enter(entry, max(1, 2 * half), lam)
    if half:
        at_zero, leading = _lane_sums(entry, half, weights, lam)
        _write_message(state, inverses, number, at_zero, leading)
    else:
        _write_halves(entry, lam, state)


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
