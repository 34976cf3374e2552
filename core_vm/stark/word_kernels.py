"""Elements of K inside kernels, interleaved: five consecutive Montgomery words each."""

from __future__ import annotations

import numpy as np

from core_vm.field.extension import FROBENIUS_OF_POWERS_OF_X
from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.field.packed import ext_mul_scalar, monty_add, monty_decode, monty_mul, monty_sub
from core_vm.host.kernel_cache import njit

_FROBENIUS = np.array([[c * MONTGOMERY_R % P for c in power.c] for power in FROBENIUS_OF_POWERS_OF_X], np.uint32)
_ZERO, _ONE = np.uint32(0), np.uint32(MONTGOMERY_R)
_EXPONENT_BITS = P.bit_length()


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


@njit
def _frobenius(x):
    """x^p: linear over F."""
    result = (x[0], _ZERO, _ZERO, _ZERO, _ZERO)
    for k in range(1, 5):
        result = plus(result, times(read(_FROBENIUS[k], 0), (x[k], _ZERO, _ZERO, _ZERO, _ZERO)))
    return result


@njit
def _inverse(x):
    """1 / x, and zero for zero; see `K.inverse`."""
    once = _frobenius(x)
    pair = times(once, _frobenius(once))
    conjugates = times(pair, _frobenius(_frobenius(pair)))
    norm, inverse = times(x, conjugates)[0], _ONE
    for bit in range(_EXPONENT_BITS - 1, -1, -1):
        inverse = monty_mul(inverse, inverse)
        if (P - 2) >> bit & 1:
            inverse = monty_mul(inverse, norm)
    return times(conjugates, (inverse, _ZERO, _ZERO, _ZERO, _ZERO))


@njit(cache=True, nogil=True)
def invert_all(elements, inverses):
    """1 / x for every element, with one inversion; all are zero if one of them is."""
    count = elements.shape[0] // 5
    product = (_ONE, _ZERO, _ZERO, _ZERO, _ZERO)
    for k in range(count):
        write(inverses, 5 * k, product)
        product = times(product, read(elements, 5 * k))
    rest = _inverse(product)
    for k in range(count - 1, -1, -1):
        write(inverses, 5 * k, times(rest, read(inverses, 5 * k)))
        rest = times(rest, read(elements, 5 * k))
