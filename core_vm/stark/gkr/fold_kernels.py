"""Kernels of the fraction tree's sumchecks: a layer's further rounds over whole tiles, which fold entries.

Entries, sums, `rows` and `total` are what `packed_entries` says.
"""

from __future__ import annotations

from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul, ext_splat, ext_store, ext_sub, ext_zero
from core_vm.field.packed.prefetch import prefetch, prefetch_to_write
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.stark.gkr.packed_entries import BLOCKS, ENTRY_BLOCK, add_sums, entry_at, sum_of_bare_pair, sums_of_pair
from core_vm.stark.gkr.packed_fractions import PLANES
from core_vm.stark.words import ENTRY_WORDS


@borrowing_njit(inline="always")
def _fold_plane(memory, left, right, target, ahead, far_ahead, r):
    prefetch(memory, ahead, ahead + PLANES)
    prefetch(memory, far_ahead, far_ahead + PLANES)
    prefetch_to_write(memory, target + ENTRY_WORDS, target + ENTRY_WORDS + PLANES)
    x, y = ext_load(memory, left, LANES), ext_load(memory, right, LANES)
    ext_store(memory, target, LANES, ext_add(x, ext_mul(ext_sub(y, x), r)))


@borrowing_njit
def _fold_bare(memory, left, right, target, ahead, far_ahead, constants):
    """`_fold` of entries whose right half is missing: so is that of the outcome."""
    r, batching = ext_splat(constants, 0, 1), ext_splat(constants, 5, 1)
    for at in range(0, ENTRY_WORDS, ENTRY_BLOCK):
        _fold_plane(memory, left + at, right + at, target + at, ahead + at, far_ahead + at, r)
        ext_store(memory, target + at + PLANES, LANES, batching)
        e = at + 2 * PLANES
        _fold_plane(memory, left + e, right + e, target + e, ahead + e, far_ahead + e, r)
        ext_store(memory, target + at + 3 * PLANES, LANES, ext_zero())


@borrowing_njit
def _fold(memory, left, right, target, ahead, far_ahead, constants):
    """entry = left + r (right - left), four K tiles. The entries at `ahead` and `far_ahead` are asked for, and the one
    behind `target`, which will be written next."""
    r = ext_splat(constants, 0, 1)
    for at in range(0, ENTRY_WORDS, PLANES):
        _fold_plane(memory, left + at, right + at, target + at, ahead + at, far_ahead + at, r)


@borrowing_njit(cache=True, nogil=True)
def fold_and_sum(
    memory, source, rows, live, summed, target, retired, missing, child, constants, weights, group_weights,
    start, stop, total,
):  # fmt: skip
    """Binds a further variable for rows [start, stop): entries at `source` become half as many, the first `live` rows'
    from word `target`, the others' from `retired`; sums of the first `summed` rows are added to `total`. The rows say
    from which layer `child` on the right halves of all that an entry is made of are missing."""
    for row in range(start, stop):
        next_row = min(row + 1, stop - 1)
        base = target if row < live else retired
        left, right = entry_at(base, rows[row, 4], missing), entry_at(base, rows[row, 5], missing)
        for side in range(2):
            if rows[row, 4 + side] >= 0:
                first = entry_at(source, rows[row, 2 * side], missing)
                second = entry_at(source, rows[row, 2 * side + 1], missing)
                ahead = entry_at(source, rows[next_row, 2 * side], missing)
                far_ahead = entry_at(source, rows[next_row, 2 * side + 1], missing)
                to = right if side else left
                if rows[row, 8 + side] <= child:
                    _fold_bare(memory, first, second, to, ahead, far_ahead, constants)
                else:
                    _fold(memory, first, second, to, ahead, far_ahead, constants)
        if row < summed and max(rows[row, 8], rows[row, 9]) <= child:
            sum_of_bare_pair(memory, left, ext_splat(weights, 5 * rows[row, 6], 1), constants, total)
        elif row < summed:
            add_sums(
                memory, left, right, row < live, rows[row, 6], rows[row, 7], weights, group_weights, constants, total
            )  # fmt: skip


@borrowing_njit
def _shrink(memory, entry, scales, number, constants):
    """entry = missing + scale (entry - missing)."""
    scale, batching = ext_splat(scales, 5 * number, 1), ext_splat(constants, 5, 1)
    for b in range(BLOCKS):
        for plane in range(4):
            at = entry + b * ENTRY_BLOCK + plane * PLANES
            value = ext_load(memory, at, LANES)
            if plane == 1:
                value = ext_add(batching, ext_mul(ext_sub(value, batching), scale))
            else:
                value = ext_mul(value, scale)
            ext_store(memory, at, LANES, value)


@borrowing_njit(cache=True, nogil=True)
def shrink_and_sum(memory, retired, missing, child, pairs, scale_of, scales, constants, weights, start, stop, total):
    """Brings the entries at `retired` up to date, and adds the sums of `pairs` (first, second, number, from which
    `child` on both right halves are missing) [start, stop) of them to `total`. Entry i has met only missing partners
    since it retired, which have left scales[scale_of[i]] of its distance from a missing entry; a scale_of of -1 stands
    for one."""
    for row in range(start, stop):
        for side in range(2):
            i = pairs[row, side]
            if i >= 0 and scale_of[i] >= 0:
                _shrink(memory, retired + i * ENTRY_WORDS, scales, scale_of[i], constants)
        left, right = entry_at(retired, pairs[row, 0], missing), entry_at(retired, pairs[row, 1], missing)
        w = ext_splat(weights, 5 * pairs[row, 2], 1)
        if pairs[row, 3] <= child:
            sum_of_bare_pair(memory, left, w, constants, total)
        else:
            sums_of_pair(memory, left, right, w, constants, total, 0)
