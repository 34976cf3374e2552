"""What the rows of steps hold besides the points they add, computed anew from the calls."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.curve.chain.operands import STEPS
from precompiles.curve.chain.value_kernels import (
    KEPT,
    MIDDLE,
    RISE,
    RUN,
    SECOND_RISE,
    SECOND_RUN,
    X_AFTER,
    Y_AFTER,
    Point,
    affine,
    digit_of,
    put_result,
    run_chain,
)
from precompiles.shared.dword_kernels import add, load, multiply, small, store, subtract, widened
from precompiles.shared.montgomery_kernels import add_modulo, decoded, invert_modulo, modulus_of, multiply_modulo
from precompiles.shared.signed_kernels import centred, exact_quotient, signed_residue

_ZERO = np.uint64(0)
DWORDS_OF_LONG_SLOPES = 6
"""Of numbers that long, the second slope has digits of its own; of shorter ones its sum with the first has."""


@njit(cache=True, nogil=True)
def count_steps(suspects, which, constants, p, points, digits, like, steps, ends):
    """For the calls `suspects` (n,) among those of `fill_steps`: how many steps have a result, and the point (2 d,)
    before the next one if there are fewer than all."""
    kept = np.empty((STEPS, KEPT * len(like)), np.uint64)
    for call in suspects:
        modulus = modulus_of(constants[which[call]], like)
        point, steps[call] = run_chain(p[call], points[call], digits[call], STEPS, modulus, kept)
        if steps[call]:
            put_result(point, modulus, ends[call])
        else:
            ends[call] = p[call]  # whose y need not be reduced


@njit
def _put_digits(before, added, middle, after, slopes, modulus, row, out):
    """Centred slopes and quotients of a row's step of which all else is known: `before`, `added` and `after` are x and
    y, that of `added` with its sign."""
    (x, y), (xq, yq), (x3, y3) = before, added, after
    first = signed_residue(slopes[0], modulus)
    if len(x) - 1 < DWORDS_OF_LONG_SLOPES:
        other = both = signed_residue(add_modulo(slopes[0], slopes[1], modulus), modulus)
        second = subtract(both, first)
    else:
        other = second = signed_residue(slopes[1], modulus)
        both = add(first, second)
    sides = (
        add(multiply(first, subtract(xq, x)), subtract(y, yq)),
        subtract(multiply(first, first), add(add(x, xq), middle)),
        add(multiply(both, subtract(middle, x)), add(y, y)),
        subtract(multiply(second, second), add(add(x, middle), x3)),
        subtract(multiply(second, subtract(x, x3)), add(y, y3)),
    )
    store(out[0, row], 0, centred(first))
    store(out[1, row], 0, centred(other))
    for k in range(len(sides)):
        store(out[2 + k, row], 0, centred(exact_quotient(sides[k], modulus)))


@njit
def _point(dwords, like):
    return load(dwords, 0, like), load(dwords, len(like), like)


@njit
def _fill_call(p, points, digits, modulus, steps, kept, first, numbers, out):
    """Rows first, first + 1, .. of a call's steps, as many as `steps`; those below 0 are left out."""
    like = modulus.m
    n = len(like)
    last, _ = run_chain(p, points, digits, steps, modulus, kept)
    inverse = invert_modulo(last.z, modulus)
    after = affine(last, inverse, modulus)
    for step in range(steps - 1, max(-1, -first - 1), -1):
        # The inverse of z after a step, times its runs, is that before each of both.
        of_step = kept[step]
        inverse_of_middle = multiply_modulo(inverse, load(of_step, n * SECOND_RUN, like), modulus)
        second = decoded(multiply_modulo(load(of_step, n * SECOND_RISE, like), inverse, modulus), modulus)
        slope = decoded(multiply_modulo(load(of_step, n * RISE, like), inverse_of_middle, modulus), modulus)
        scaled = Point(load(of_step, n * MIDDLE, like), small(_ZERO, like), inverse_of_middle)
        middle, _ = affine(scaled, inverse_of_middle, modulus)
        inverse = multiply_modulo(inverse_of_middle, load(of_step, n * RUN, like), modulus)
        before = _point(p, like)
        if step:
            x, y = load(kept[step - 1], n * X_AFTER, like), load(kept[step - 1], n * Y_AFTER, like)
            before = affine(Point(x, y, inverse), inverse, modulus)
        row = first + step
        for place, number in enumerate((before[0], before[1], middle, after[0], after[1])):
            store(numbers[row, place], 0, number)
        index, sign = digit_of(digits, step)
        xq, yq = _point(points[2 * n * index :], like)
        wide_y = widened(yq) if sign > 0 else subtract(widened(small(_ZERO, yq)), widened(yq))
        _put_digits(
            (widened(before[0]), widened(before[1])), (widened(xq), wide_y), widened(middle),
            (widened(after[0]), widened(after[1])), (slope, second), modulus, row, out,
        )  # fmt: skip
        after = before


@njit(cache=True, nogil=True)
def fill_steps(which, constants, p, points, digits, firsts, start, stop, like, numbers, centred_digits):
    """Rows start .. stop, where call k has the rows firsts[k] .. firsts[k + 1]: into `numbers` uint64 (n, 5, d), which
    are x and y before, x of the middle point, x and y after; and `centred_digits` uint64 (7, n, d + 1), whose bytes are
    the digits of two slopes and five quotients plus 128.

    The calls: `which` of the `constants` (curves, 3 d + 1) are theirs, p (n, 2 d), points (n, 8 x 2 d), digits (n, 4);
    `like` is a number of d dwords."""
    kept = np.empty((STEPS, KEPT * len(like)), np.uint64)
    for call in range(len(which)):
        if firsts[call + 1] <= start or firsts[call] >= stop:
            continue
        modulus, steps = modulus_of(constants[which[call]], like), min(firsts[call + 1], stop) - firsts[call]
        place = firsts[call] - start
        _fill_call(p[call], points[call], digits[call], modulus, steps, kept, place, numbers, centred_digits)
