"""Kernels for what is too small or too crooked for packed tiles: the lane rounds of a layer, and tables of eq weights.

Elements are interleaved here: five consecutive Montgomery words each.
"""

from __future__ import annotations

from core_vm.field.kernel_cache import njit
from core_vm.field.packed import ext_mul_scalar, monty_add, monty_sub


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
        monty_add(x[0], y[0]), monty_add(x[1], y[1]), monty_add(x[2], y[2]), monty_add(x[3], y[3]), monty_add(x[4], y[4])
    )  # fmt: skip


@njit(inline="always")
def _minus(x, y):
    return (
        monty_sub(x[0], y[0]), monty_sub(x[1], y[1]), monty_sub(x[2], y[2]), monty_sub(x[3], y[3]), monty_sub(x[4], y[4])
    )  # fmt: skip


@njit
def _times(x, y):
    return ext_mul_scalar(x, y)


@njit(cache=True, nogil=True)
def expand_eq(source, count, z, target):
    """target[2 y + b] = source[y] * (z if b else 1 - z): one more variable, below the others."""
    point = _read(z, 0)
    for y in range(count):
        value = _read(source, 5 * y)
        high = _times(value, point)
        _write(target, 10 * y, _minus(value, high))
        _write(target, 10 * y + 5, high)


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
