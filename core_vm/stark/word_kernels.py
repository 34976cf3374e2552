"""Elements of K inside kernels, interleaved: five consecutive Montgomery words each."""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import MONTGOMERY_R
from core_vm.field.packed import ext_mul_scalar, monty_add, monty_decode, monty_sub
from core_vm.host.kernel_cache import njit

ZERO, ONE = np.uint32(0), np.uint32(MONTGOMERY_R)


@njit(inline="always")
def lifted(x):
    """An element of F as one of K."""
    return x, ZERO, ZERO, ZERO, ZERO


@njit(inline="always")
def read(words, at):
    """The element whose words begin at `at`, as a tuple."""
    return words[at], words[at + 1], words[at + 2], words[at + 3], words[at + 4]


@njit(inline="always")
def write(words, at, value):
    """The inverse of `read`."""
    for k in range(5):
        words[at + k] = value[k]


@njit(inline="always")
def write_canonical(words, at, value):
    """`write` of what is sent: canonical coefficients."""
    for k in range(5):
        words[at + k] = monty_decode(value[k])


@njit(inline="always")
def plus(x, y):
    """x + y."""
    return (
        monty_add(x[0], y[0]), monty_add(x[1], y[1]), monty_add(x[2], y[2]), monty_add(x[3], y[3]), monty_add(x[4],
        y[4])
    )  # fmt: skip


@njit(inline="always")
def minus(x, y):
    """x - y."""
    return (
        monty_sub(x[0], y[0]), monty_sub(x[1], y[1]), monty_sub(x[2], y[2]), monty_sub(x[3], y[3]), monty_sub(x[4],
        y[4])
    )  # fmt: skip


@njit
def times(x, y):
    """x y."""
    return ext_mul_scalar(x, y)
