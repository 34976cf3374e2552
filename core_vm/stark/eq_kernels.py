"""Tables of the eq weights of a point, and sums that are weighted by them, on interleaved words."""

from __future__ import annotations

from core_vm.host.kernel_cache import njit
from core_vm.stark.word_kernels import minus, plus, read, times, write


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


@njit(cache=True, nogil=True)
def grow_eq(point, num_variables, highest_first, tables):
    """eq tables of the first 0, 1, ..., num_variables coordinates of `point`, one behind the other, tables[:5] being
    one.

    Each new coordinate belongs to the lowest index bit, or to the highest if `highest_first` is false.
    """
    at, count = 0, 1
    for k in range(num_variables):
        if highest_first:
            _double(tables, at, count, read(point, 5 * k), 2, 1)
        else:
            _double(tables, at, count, read(point, 5 * k), 1, count)
        at += 5 * count
        count *= 2


@njit(cache=True, nogil=True)
def weigh_lanes(sums, num_sums, weights, num_lanes, out):
    """out[s] = sum over lanes of weights[lane] * sums[s, :, lane], where `sums` is (num_sums, 5, 64) flat."""
    for s in range(num_sums):
        at = s * 320
        total = minus(read(weights, 0), read(weights, 0))
        for lane in range(num_lanes):
            place = at + lane
            value = (sums[place], sums[place + 64], sums[place + 128], sums[place + 192], sums[place + 256])
            total = plus(total, times(read(weights, 5 * lane), value))
        write(out, 5 * s, total)
