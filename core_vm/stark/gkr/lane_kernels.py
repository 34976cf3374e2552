"""Kernels for what is too small or too crooked for packed tiles: the lane rounds of a layer, and tables of eq weights.

Elements are interleaved here: five consecutive Montgomery words each.
"""

from __future__ import annotations

from core_vm.field.packed import ext_mul_scalar, monty_add, monty_sub
from core_vm.host.kernel_cache import njit


@njit(inline="always")
def _read(array, at):
    return array[at], array[at + 1], array[at + 2], array[at + 3], array[at + 4]


@njit(inline="always")
def _write(array, at, value):
    for k in range(5):
        array[at + k] = value[k]


@njit(inline="always")
def _plus(x, y):
    return (
        monty_add(x[0], y[0]), monty_add(x[1], y[1]), monty_add(x[2], y[2]), monty_add(x[3], y[3]), monty_add(x[4],
        y[4])
    )  # fmt: skip


@njit(inline="always")
def _minus(x, y):
    return (
        monty_sub(x[0], y[0]), monty_sub(x[1], y[1]), monty_sub(x[2], y[2]), monty_sub(x[3], y[3]), monty_sub(x[4],
        y[4])
    )  # fmt: skip


@njit
def _times(x, y):
    return ext_mul_scalar(x, y)


@njit
def _double(tables, at, count, point, stride, above):
    """The table of `count` weights at `at`, times (1 - point) and point, behind it: `stride` apart, the latter `above`
    on."""
    target = at + 5 * count
    for y in range(count):
        value = _read(tables, at + 5 * y)
        high = _times(value, point)
        _write(tables, target + 5 * stride * y, _minus(value, high))
        _write(tables, target + 5 * stride * y + 5 * above, high)


@njit(cache=True, nogil=True)
def grow_eq(point, num_variables, highest_first, tables):
    """eq tables of the first 0, 1, ..., num_variables coordinates of `point`, one behind the other, tables[:5] being
    one.

    Each new coordinate belongs to the lowest index bit, or to the highest if `highest_first` is false.
    """
    at, count = 0, 1
    for k in range(num_variables):
        if highest_first:
            _double(tables, at, count, _read(point, 5 * k), 2, 1)
        else:
            _double(tables, at, count, _read(point, 5 * k), 1, count)
        at += 5 * count
        count *= 2


@njit(cache=True, nogil=True)
def weigh_lanes(sums, num_sums, weights, num_lanes, out):
    """out[s] = sum over lanes of weights[lane] * sums[s, :, lane], where `sums` is (num_sums, 5, 64) flat."""
    for s in range(num_sums):
        at = s * 320
        total = _minus(_read(weights, 0), _read(weights, 0))
        for lane in range(num_lanes):
            place = at + lane
            value = (sums[place], sums[place + 64], sums[place + 128], sums[place + 192], sums[place + 256])
            total = _plus(total, _times(_read(weights, 5 * lane), value))
        _write(out, 5 * s, total)


@njit(cache=True, nogil=True)
def lane_sums(entry, half, weights, batching, total):
    """Round sums over lane pairs (l, l + half) of an entry (4, 64, 5): total = cofactor at 0, coefficient of X^2."""
    lam = _read(batching, 0)
    at_zero, leading = _minus(lam, lam), _minus(lam, lam)
    for lane in range(half):
        w = _read(weights, 5 * lane)
        a0, a1 = _read(entry, 5 * lane), _read(entry, 5 * (64 + lane))
        e0, e1 = _read(entry, 5 * (128 + lane)), _read(entry, 5 * (192 + lane))
        value = _minus(_plus(_plus(a0, a1), _plus(_times(a0, e1), _times(a1, e0))), lam)
        at_zero = _plus(at_zero, _times(w, value))
        far = lane + half
        a0, a1 = _minus(_read(entry, 5 * far), a0), _minus(_read(entry, 5 * (64 + far)), a1)
        e0, e1 = _minus(_read(entry, 5 * (128 + far)), e0), _minus(_read(entry, 5 * (192 + far)), e1)
        leading = _plus(leading, _times(w, _plus(_times(a0, e1), _times(a1, e0))))
    _write(total, 0, at_zero)
    _write(total, 5, leading)


@njit(cache=True, nogil=True)
def lane_fold(entry, half, r):
    """Lane l becomes l + r (lane (l + half) - lane l) in all four quantities, in place."""
    point = _read(r, 0)
    for k in range(4):
        for lane in range(half):
            at = 5 * (64 * k + lane)
            low = _read(entry, at)
            _write(entry, at, _plus(low, _times(point, _minus(_read(entry, at + 5 * half), low))))
