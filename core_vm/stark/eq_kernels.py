"""What the rounds of a sumcheck need of the claim's point, and sums that are weighted by it, on interleaved words."""

from __future__ import annotations

import numpy as np

from core_vm.field.extension import FROBENIUS_OF_POWERS_OF_X
from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.field.packed import monty_mul
from core_vm.host.kernel_cache import njit
from core_vm.stark.word_kernels import ONE, ZERO, lifted, minus, plus, read, times, write

_FROBENIUS = np.array([c * MONTGOMERY_R % P for power in FROBENIUS_OF_POWERS_OF_X for c in power.c], np.uint32)
_EXPONENT_BITS = P.bit_length()


@njit
def _double(tables, at, count, point, stride, above):
    """The table of `count` weights at `at`, times (1 - point) and point, behind it: `stride` apart, the latter `above`
    on."""
    target = at + 5 * count
    for y in range(count):
        value = read(tables, at + 5 * y)
        high = times(value, point)
        write(tables, target + 5 * stride * y, minus(value, high))
        write(tables, target + 5 * stride * y + 5 * above, high)


@njit
def _grow(point, first, last, low, tables, at):
    """Tables of the last 0, 1, ... of the coordinates [first, last), one behind the other from word `at`. Each new one,
    towards the first, belongs to the lowest index bit, or to the highest if `low` is false. Returns where they end."""
    write(tables, at, lifted(ONE))
    count = 1
    for k in range(last - 1, first - 1, -1):
        if low:
            _double(tables, at, count, read(point, 5 * k), 2, 1)
        else:
            _double(tables, at, count, read(point, 5 * k), 1, count)
        at += 5 * count
        count *= 2
    return at + 5 * count


@njit
def _frobenius(x):
    """x^p: linear over F."""
    result = lifted(x[0])
    for k in range(1, 5):
        result = plus(result, times(read(_FROBENIUS, 5 * k), lifted(x[k])))
    return result


@njit
def _inverse(x):
    """1 / x, and zero for zero; see `K.inverse`."""
    once = _frobenius(x)
    pair = times(once, _frobenius(once))
    conjugates = times(pair, _frobenius(_frobenius(pair)))
    norm, inverse = times(x, conjugates)[0], ONE
    for bit in range(_EXPONENT_BITS - 1, -1, -1):
        inverse = monty_mul(inverse, inverse)
        if (P - 2) >> bit & 1:
            inverse = monty_mul(inverse, norm)
    return times(conjugates, lifted(inverse))


@njit
def _invert_all(elements, inverses):
    """1 / x for every element, with one inversion; all are zero if one of them is."""
    count = elements.shape[0] // 5
    product = lifted(ONE)
    for k in range(count):
        write(inverses, 5 * k, product)
        product = times(product, read(elements, 5 * k))
    rest = _inverse(product)
    for k in range(count - 1, -1, -1):
        write(inverses, 5 * k, times(rest, read(inverses, 5 * k)))
        rest = times(rest, read(elements, 5 * k))


@njit(cache=True, nogil=True)
def weigh_point(point, first, second, tables, inverses):
    """eq tables of the suffixes of three parts of a point, which end before `first`, before `second` and at its end,
    and the inverses of its coordinates. The tables of a part begin with that of no coordinate; the first coordinate of
    each belongs to the lowest index bit, in the last part to the highest."""
    at = _grow(point, 0, first, True, tables, 0)
    at = _grow(point, first, second, True, tables, at)
    _grow(point, second, point.shape[0] // 5, False, tables, at)
    _invert_all(point, inverses)


@njit(cache=True, nogil=True)
def weigh_lanes(sums, num_sums, weights, num_lanes, out):
    """out[s] = sum over lanes of weights[lane] * sums[s, :, lane], where `sums` is (num_sums, 5, 64) flat."""
    for s in range(num_sums):
        at = s * 320
        total = lifted(ZERO)
        for lane in range(num_lanes):
            place = at + lane
            value = (sums[place], sums[place + 64], sums[place + 128], sums[place + 192], sums[place + 256])
            total = plus(total, times(read(weights, 5 * lane), value))
        write(out, 5 * s, total)
