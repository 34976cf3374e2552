"""The opening's compiled loops. Cells are uint32 Montgomery words; K vectors are five planes, flat, `size` words each.

Ranges [first, last) are multiples of LANES (or of what the docstring says), so that threads can share the work. Every
kernel releases the GIL.
"""

from __future__ import annotations

import numpy as np

from core_vm.field.packed import (
    LANES,
    ext_add,
    ext_load,
    ext_mul,
    ext_splat,
    ext_store,
    ext_sub,
    ext_zero,
    load,
    splat,
    store,
)
from core_vm.host.kernel_cache import njit
from core_vm.pcs.packed_opening import GROUP, RUN, group_dot, run_dot, sum_of_lanes

DEGREE = 5
FOLD_BLOCK = 512  # cells of a segment folded at a time: eight streams and the five planes stay in the first-level cache
LOG_BUCKETS = 8


@njit(cache=True, nogil=True)
def run_products(cells, table, first, last, sums, size):
    """sums[run] = <64 cells of the run, lane weights>, for runs first .. last; `table` from lane_table."""
    buffer = np.empty(DEGREE * LANES * LANES, np.uint32)
    for run in range(first, last, LANES):
        for k in range(LANES):
            ext_store(buffer, k * LANES, LANES * LANES, run_dot(cells, (run + k) * RUN, table))
        for plane in range(DEGREE):
            store(sums, plane * size + run, sum_of_lanes(buffer, plane * LANES * LANES))


@njit(cache=True, nogil=True)
def add_folded_segments(cells, segment_size, table, num_groups, first, last, out):
    """out[x] += sum_j weight_j cells[j segment_size + x], first <= x < last; `table` from group_table."""
    for start in range(first, last, FOLD_BLOCK):
        stop = min(start + FOLD_BLOCK, last)
        for group in range(num_groups):
            base = group * GROUP * segment_size
            for x in range(start, stop, LANES):
                total = group_dot(cells, base + x, segment_size, table, group * DEGREE * GROUP)
                ext_store(out, x, segment_size, ext_add(ext_load(out, x, segment_size), total))


@njit(cache=True, nogil=True)
def round_sums(vector, weight, half, first, last, sums):
    """Partial sums of a sumcheck round on the highest bit: of lo wlo, and of (hi - lo)(whi - wlo).

    `sums` (2, 5, LANES) flat receives them. The round polynomial's constant and its coefficient of X^2.
    """
    constant, square = ext_zero(), ext_zero()
    size = 2 * half
    for i in range(first, last, LANES):
        low, weight_low = ext_load(vector, i, size), ext_load(weight, i, size)
        constant = ext_add(constant, ext_mul(low, weight_low))
        slope = ext_sub(ext_load(vector, i + half, size), low)
        weight_slope = ext_sub(ext_load(weight, i + half, size), weight_low)
        square = ext_add(square, ext_mul(slope, weight_slope))
    ext_store(sums, 0, LANES, constant)
    ext_store(sums, DEGREE * LANES, LANES, square)


@njit(cache=True, nogil=True)
def fold_halves(planes, half, challenge, first, last, out):
    """out[i] = lo + challenge (hi - lo); `challenge` holds five words, `out` planes of `half`."""
    r = ext_splat(challenge, 0, 1)
    size = 2 * half
    for i in range(first, last, LANES):
        low = ext_load(planes, i, size)
        slope = ext_sub(ext_load(planes, i + half, size), low)
        ext_store(out, i, half, ext_add(low, ext_mul(r, slope)))


@njit(cache=True, nogil=True)
def outer_product(rows, rows_size, columns, columns_size, first, last, out, out_size, offset, width):
    """out[offset + r width + c] = rows[r] columns[c], first <= r < last, c < width (a multiple of LANES)."""
    for r in range(first, last):
        factor = ext_splat(rows, r, rows_size)
        for c in range(0, width, LANES):
            product = ext_mul(factor, ext_load(columns, c, columns_size))
            ext_store(out, offset + r * width + c, out_size, product)


@njit(cache=True, nogil=True)
def add_power_sums(
    powers, steps, coefficients, rows, num_points, log_buckets, needed, twiddles, first, last, weight, size
):
    """weight[i] += sum_q coefficient_q x_q^i for the strips first .. last of LANES indices; see `add_query_weights`.

    powers (num_points, LANES): x_q^(first LANES + lane), advanced in place by steps (num_points,) = x_q^LANES;
    coefficients (5, num_points); rows: the bucket of each point, bit-reversed; `needed` rows of output are wanted.
    Index i is row * (size / needed) + position. Twiddle k is root^k, of order 2^log_buckets.
    """
    buckets = 1 << log_buckets
    row_length = size // needed
    buffer = np.empty(buckets * LANES, np.uint32)
    for strip in range(first, last):
        for plane in range(DEGREE):
            buffer[:] = 0
            for q in range(num_points):
                term = load(powers, q * LANES) * splat(coefficients[plane * num_points + q])
                store(buffer, rows[q] * LANES, load(buffer, rows[q] * LANES) + term)
            transform_buckets(buffer, log_buckets, needed, twiddles)
            for row in range(needed):
                at = plane * size + row * row_length + strip * LANES
                store(weight, at, load(weight, at) + load(buffer, row * LANES))
        for q in range(num_points):
            store(powers, q * LANES, load(powers, q * LANES) * splat(steps[q]))


@njit(cache=True, nogil=True)
def transform_buckets(buffer, log_buckets, needed, twiddles):
    """Decimation in time, input rows bit-reversed, the first `needed` output rows in natural order."""
    for stage in range(log_buckets):
        half = 1 << stage
        spacing = 1 << (log_buckets - 1 - stage)
        for start in range(0, 1 << log_buckets, 2 * half):
            for j in range(min(half, needed)):
                low, high = (start + j) * LANES, (start + j + half) * LANES
                x, y = load(buffer, low), load(buffer, high) * splat(twiddles[j * spacing])
                store(buffer, low, x + y)
                if half < needed:
                    store(buffer, high, x - y)
