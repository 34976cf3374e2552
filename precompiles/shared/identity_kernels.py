"""Coefficients of products of big integers, and their carries, for all rows of a chunk. Everything int64, a row a
number."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit


@njit(cache=True, nogil=True)
def add_product(factor, a, b, total):
    """total (n, size) += factor times the coefficients of a (n, digits) b (n, digits)."""
    for row in range(a.shape[0]):
        for i in range(a.shape[1]):
            x = factor * a[row, i]
            for j in range(b.shape[1]):
                total[row, i + j] += x * b[row, j]


@njit(cache=True, nogil=True)
def add_number(factor, a, total):
    """total (n, size) += factor a (n, digits)."""
    for row in range(a.shape[0]):
        for i in range(a.shape[1]):
            total[row, i] += factor * a[row, i]


@njit(cache=True, nogil=True)
def carry(total, group, carries):
    """The first carries out of groups of coefficients of 256^k, rounded down, to `carries` (n, count)."""
    for row in range(total.shape[0]):
        c = np.int64(0)
        for i in range(carries.shape[1]):
            for k in range(group):
                at = group * i + k
                if at < total.shape[1]:
                    c += total[row, at] << (8 * k)
            c >>= 8 * group
            carries[row, i] = c
