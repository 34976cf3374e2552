"""What the rows of steps hold besides the points they add, computed anew from the calls."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from precompiles.curve.chain.value_kernels import advance, digit_of, points_of, run_chain
from precompiles.curve.curves import X, Y
from precompiles.curve.value_kernels import point_of
from precompiles.shared.balanced_kernels import balanced_digits, quotient_digits
from precompiles.shared.integer_kernels import add, is_less, subtract
from precompiles.shared.side_kernels import add_product, add_product_of_difference, sides_modulo, signed_residue

_BITS = np.uint64(32)
LIMBS_OF_LONG_SLOPES = 12
"""Of numbers that long, the second slope has digits of its own; of shorter ones its sum with the first has."""


@njit(cache=True, nogil=True)
def count_steps(which, moduli, p, points, digits, steps, ends):
    """For the calls `which` (n,) of int64: how many steps have a result, and the point (n, 2 d) before the next one."""
    for k in range(len(which)):
        call = which[k]
        point = point_of(p[call])
        steps[k] = run_chain(point, points_of(points[call]), digits[call], moduli[k])
        _put(point.reshape(-1), ends[k])


@njit
def _put(limbs, dwords):
    for i in range(len(dwords)):
        dwords[i] = limbs[2 * i] | limbs[2 * i + 1] << _BITS


@njit
def signed_sum(a, a_is_negative, b, b_is_negative):
    """Magnitude and sign of a + b; there is room for it."""
    if a_is_negative == b_is_negative:
        total = a.copy()
        add(total, b)
        return total, a_is_negative
    if is_less(a, b):
        total = b.copy()
        subtract(total, a)
        return total, b_is_negative
    total = a.copy()
    subtract(total, b)
    return total, a_is_negative


@njit
def _equations(p, q, sign, m, slopes, middle, after, slope_digits, quotients):
    """Digits of slopes (2, bytes) and quotients (5, bytes + 1) of a step, of which all else is known."""
    first, first_is_negative = signed_residue(slopes[0], m)
    slope_digits[0] = balanced_digits(first, first_is_negative, slope_digits.shape[1])
    second, second_is_negative = signed_residue(slopes[1], m)
    if len(middle) < LIMBS_OF_LONG_SLOPES:
        residue = slopes[1].copy()
        both, both_is_negative = _residue_of_sum(slopes[0], residue, m)
        slope_digits[1] = balanced_digits(both, both_is_negative, slope_digits.shape[1])
        second, second_is_negative = signed_sum(both, both_is_negative, first, not first_is_negative)
    else:
        slope_digits[1] = balanced_digits(second, second_is_negative, slope_digits.shape[1])
        both, both_is_negative = signed_sum(first, first_is_negative, second, second_is_negative)

    size = quotients.shape[1]
    sides = sides_modulo(m)
    add_product_of_difference(first, first_is_negative, q[X], p[X], sides)
    add(sides[0], p[Y])
    add(sides[1 if sign > 0 else 0], q[Y])
    quotients[0], _ = quotient_digits(sides[0], sides[1], m, size)

    sides = sides_modulo(m)
    add_product(first, False, first, sides)
    add(sides[1], p[X])
    add(sides[1], q[X])
    add(sides[1], middle)
    quotients[1], _ = quotient_digits(sides[0], sides[1], m, size)

    sides = sides_modulo(m)
    add_product_of_difference(both, both_is_negative, middle, p[X], sides)
    add(sides[0], p[Y])
    add(sides[0], p[Y])
    quotients[2], _ = quotient_digits(sides[0], sides[1], m, size)

    sides = sides_modulo(m)
    add_product(second, False, second, sides)
    add(sides[1], p[X])
    add(sides[1], middle)
    add(sides[1], after[X])
    quotients[3], _ = quotient_digits(sides[0], sides[1], m, size)

    sides = sides_modulo(m)
    add_product_of_difference(second, second_is_negative, p[X], after[X], sides)
    add(sides[1], p[Y])
    add(sides[1], after[Y])
    quotients[4], _ = quotient_digits(sides[0], sides[1], m, size)


@njit
def _residue_of_sum(a, b, m):
    """a + b modulo m as balanced digits have it, both reduced."""
    total = np.zeros(len(m), np.uint64)
    total[: len(a)] = a
    add(total, b)
    if not is_less(total, m):
        subtract(total, m)
    return signed_residue(total[: len(a)], m)


@njit(cache=True, nogil=True)
def fill_steps(which, moduli, p, points, digits, firsts, start, stop, numbers, slopes, quotients):
    """Rows start .. stop, where call k has the rows firsts[k] .. firsts[k + 1]: into `numbers` uint64 (n, 5, d), which
    are x and y before, x of the middle point, x and y after; `slopes` (n, 2, 8 d) and `quotients` (n, 5, 8 d + 1),
    int64.

    The calls: `which` of the `moduli` (curves, 2 d + 1) is theirs, p (n, 2 d), points (n, 8 x 2 d), digits (n, 4)."""
    for call in range(len(which)):
        if firsts[call + 1] <= start or firsts[call] >= stop:
            continue
        m, point, table = moduli[which[call]], point_of(p[call]), points_of(points[call])
        slope, middle, after = np.empty_like(point), np.empty_like(point[X]), np.empty_like(point)
        for step in range(min(firsts[call + 1], stop) - firsts[call]):
            index, sign = digit_of(digits[call], step)
            advance(point, table[index], sign, m, slope, middle, after)
            row = firsts[call] + step - start
            if row >= 0:
                _put(point[X], numbers[row, 0])
                _put(point[Y], numbers[row, 1])
                _put(middle, numbers[row, 2])
                _put(after[X], numbers[row, 3])
                _put(after[Y], numbers[row, 4])
                _equations(point, table[index], sign, m, slope, middle, after, slopes[row], quotients[row])
            point[:] = after
