"""What the rounds of a sumcheck need of the claim's point, and sums that are weighted by it, on interleaved words."""

from __future__ import annotations

import numpy as np

from core_vm.field.extension import FROBENIUS_OF_POWERS_OF_X
from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.field.packed import LANES, ext_load, ext_mul, ext_splat, ext_store, ext_sub, monty_mul
from core_vm.host.kernel_cache import njit
from core_vm.stark.word_kernels import ONE, ZERO, lifted, minus, plus, read, times, write

_FROBENIUS = np.array([c * MONTGOMERY_R % P for power in FROBENIUS_OF_POWERS_OF_X for c in power.c], np.uint32)
_EXPONENT_BITS = P.bit_length()


@njit
def _fill(point, first, last, low, planes):
    """eq of the coordinates [first, last) as planes. Each belongs to the next higher index bit, the first of them to
    the lowest; or the last of them, if `low` is false."""
    size = planes.shape[0] // 5
    planes[::size] = ZERO
    planes[0] = ONE
    for bit in range(last - first):
        at, count = 5 * (first + bit if low else last - 1 - bit), 1 << bit
        if count < LANES:
            for x in range(count):
                value = _element(planes, x, size)
                high = times(value, read(point, at))
                _put(planes, x + count, size, high)
                _put(planes, x, size, minus(value, high))
        else:
            z = ext_splat(point, at, 1)
            for x in range(0, count, LANES):
                value = ext_load(planes, x, size)
                high = ext_mul(value, z)
                ext_store(planes, x + count, size, high)
                ext_store(planes, x, size, ext_sub(value, high))


@njit(inline="always")
def _element(planes, at, size):
    return planes[at], planes[at + size], planes[at + 2 * size], planes[at + 3 * size], planes[at + 4 * size]


@njit(inline="always")
def _put(planes, at, size, value):
    for k in range(5):
        planes[at + k * size] = value[k]


@njit
def _write_tables(point, first, last, low, tables, at):
    """Tables of the last 0, 1, ... of the coordinates [first, last), one behind the other from word `at`, their first
    one on the lowest index bit; or on the highest, if `low` is false. Returns where they end.

    The largest is made first: to leave out a coordinate is to add up what it is 0 and 1 for, as both weights add up to
    one. So all products are of packed vectors."""
    size = 1 << (last - first)
    planes = np.empty(5 * size, np.uint32)
    _fill(point, first, last, low, planes)
    end = at + 5 * (2 * size - 1)
    for x in range(size):
        write(tables, end - 5 * (size - x), _element(planes, x, size))
    larger = end - 5 * size
    while size > 1:
        size //= 2
        smaller, near, far = larger - 5 * size, 2 if low else 1, 1 if low else size
        for x in range(size):
            pair = larger + 5 * near * x
            write(tables, smaller + 5 * x, plus(read(tables, pair), read(tables, pair + 5 * far)))
        larger = smaller
    return end


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
    at = _write_tables(point, 0, first, True, tables, 0)
    at = _write_tables(point, first, second, True, tables, at)
    _write_tables(point, second, point.shape[0] // 5, False, tables, at)
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
