"""Coefficients of products of big integers, and their carries, for all rows of a chunk. Everything int32, a row a
number; of coefficients the caller knows that in the end they fit."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit

_AT_ONCE = 4
"""Digits of the one number that are multiplied in a pass: a sum is slow to load again that was just stored apart."""


@njit(cache=True, nogil=True)
def add_product(factor, a, b, total):
    """total (n, size) += factor times the coefficients of a (n, digits) b (n, digits)."""
    digits, others, margin = a.shape[1], b.shape[1], _AT_ONCE - 1
    first = np.zeros(digits + margin, np.int32)
    second = np.zeros(others + 2 * margin, np.int32)  # from `margin` on
    sums = np.empty(digits + margin + others + margin, np.int32)
    for row in range(a.shape[0]):
        for i in range(digits):
            first[i] = np.int32(factor * a[row, i])
        second[margin : margin + others] = b[row]
        sums[:] = 0
        for i in range(0, digits, _AT_ONCE):
            x0, x1, x2, x3 = first[i], first[i + 1], first[i + 2], first[i + 3]
            part = sums[i : i + others + margin]
            for j in range(len(part)):
                part[j] = np.int32(
                    part[j] + x0 * second[j + 3] + x1 * second[j + 2] + x2 * second[j + 1] + x3 * second[j]
                )
        for k in range(digits + others - 1):
            total[row, k] = np.int32(total[row, k] + sums[k])


@njit(cache=True, nogil=True)
def add_number(factor, a, total):
    """total (n, size) += factor a (n, digits)."""
    for row in range(a.shape[0]):
        for i in range(a.shape[1]):
            total[row, i] = np.int32(total[row, i] + factor * a[row, i])


@njit(cache=True, nogil=True)
def carry(total, group, carries):
    """The first carries out of groups of coefficients of 256^k, rounded down, to `carries` (n, count)."""
    for row in range(total.shape[0]):
        c = np.int64(0)
        for i in range(carries.shape[1]):
            for k in range(group):
                at = group * i + k
                if at < total.shape[1]:
                    c += np.int64(total[row, at]) << (8 * k)
            c >>= 8 * group
            carries[row, i] = c
