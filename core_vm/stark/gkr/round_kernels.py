"""What happens between the sums of a round and its challenge, on interleaved words.

`state` has elements of K: the last challenge and lambda, with which it begins as the `constants` of `packed_entries`
do; the claim; the two elements of the last message; the sums of L and of Q over the interactions that have retired (see
`tile_rounds`); and behind them, in canonical coefficients, what is to be sent. A kernel begins with what the last
challenge makes of the claim, which nobody needed until then, and ends with the next message: all that lies between two
calls is the channel's.

The first variable of a layer is the one that the last challenge joined the halves of the layer above by: over it, the
cofactor is what these halves are, weighed by lambda. So g(1) - g(0) of a layer's first round is known before it, and
stands in the state.
"""

from __future__ import annotations

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul, ext_store
from core_vm.host.kernel_cache import njit
from core_vm.stark.word_kernels import ONE, lifted, minus, plus, read, times, write, write_canonical
from core_vm.stark.words import K_TILE

CHALLENGE, BATCHING, CLAIM, DIFFERENCE, LEADING, LINEAR, SQUARE, MESSAGE = range(0, 40, 5)
STATE_WORDS = MESSAGE + 4 * 5


@njit
def bind_claim(state, point, number):
    """The claim after `number` rounds: g(r), as in `sumcheck.next_claim`."""
    r = read(state, CHALLENGE)
    difference, leading = read(state, DIFFERENCE), read(state, LEADING)
    value = times(plus(times(leading, r), minus(difference, leading)), r)
    weighed = times(read(point, 5 * (number - 1)), difference)
    write(state, CLAIM, minus(plus(value, read(state, CLAIM)), weighed))


@njit
def decide_difference(state, inverses, number, at_zero):
    """g(1) - g(0), from the claim and g(0)."""
    write(state, DIFFERENCE, times(minus(read(state, CLAIM), at_zero), read(inverses, 5 * number)))


@njit
def write_message(state, leading):
    """g(1) - g(0), which has been decided, and the coefficient of X^2."""
    difference = read(state, DIFFERENCE)
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
    `factor_kernels` for those that lack lambda), of which round 0 needs no cofactor at X = 0; `pair_weights` begin with
    the weight of a pair whose number is 0, as those of the retired are."""
    factor = minus(lifted(ONE), read(state, CHALLENGE))
    if number:
        bind_claim(state, point, number)
    lam = read(state, BATCHING)
    fresh, fresh_square = _both(total, 2, lane_weights, lam), _both(total, 3, lane_weights, lam)
    linear = plus(times(read(state, LINEAR), factor), minus(fresh, fresh_square))
    square = plus(times(read(state, SQUARE), times(factor, factor)), fresh_square)
    write(state, LINEAR, linear)
    write(state, SQUARE, square)
    weight = read(pair_weights, 0)
    if number:
        at_zero = plus(_both(total, 0, lane_weights, lam), times(weight, plus(linear, square)))
        decide_difference(state, inverses, number, at_zero)
    write_message(state, plus(_both(total, 1, lane_weights, lam), times(weight, square)))
