"""Kernels of the zerocheck: round sums and folds of one table's columns, over F in two rounds and over K later.

Rows are bound tile by tile: partners are tiles 2y and 2y + 1 of a column, lane by lane; a missing tile is zero, as the
zero row satisfies every constraint. A folded tile holds `width` columns of K, of which the last are the table's forms
(`air.forms`), and one more, the bus form (its share of the GKR claim). Forms are computed once a row in the first round
and then only folded. It is stored in blocks of
LANES rows, all columns of a block together, so that memory is read in order.

The first two variables are bound at once, from four tiles in F; see `grid_kernels` for their sums. Later
`sums` are (3, 5, 64): bus form plus batched constraints at 0, -1 and infinity.

`tapes` are two tuples (operations, constants, batching, number of registers, fills, blocks), as `blocked_tape` cuts
them: of the constraints, and of their leading forms, which is all that is left of them at infinity, where a column is
its slope.
"""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
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
)
from core_vm.field.packed.linear import ext_mul_base_pairs
from core_vm.field.packed.room import aligned_room
from core_vm.host.kernel_cache import njit
from core_vm.stark.words import K_TILE
from core_vm.stark.zerocheck.packed_tape import VECTOR_WORDS, run_extension

PLANES = 5 * LANES
BLOCKS = TILE // LANES
# The scratch memory begins with a folded tile of zeros, which stands for every missing one.
ZERO_TILE = 0


@njit(inline="always")
def load_or_zero(memory, at, present):
    if present:
        return load(memory, at)
    return splat(np.uint32(0))


@njit
def add_weighted(values, value_at, step, plane, weights, weight_at, count, sums, sum_at):
    """sums += weight * values on `count` lanes; LANES of them are `step` words from the next."""
    w = ext_splat(weights, weight_at, 1)
    for b in range((count + LANES - 1) // LANES):
        term, at = ext_mul(ext_load(values, value_at + b * step, plane), w), sum_at + b * LANES
        ext_store(sums, at, TILE, ext_add(ext_load(sums, at, TILE), term))


@njit
def _fold_base_tile(source, places, tile, present, r, memory, linear_area, width, target):
    """One folded tile from `present` tiles, up to four, of the committed columns and of the forms."""
    w0, w1, w2, w3 = ext_splat(r, 0, 1), ext_splat(r, 5, 1), ext_splat(r, 10, 1), ext_splat(r, 15, 1)
    for c in range(places.shape[0]):
        step, left = places[c, 1], places[c, 0] + tile * places[c, 1]
        for b in range(BLOCKS):
            at = left + b * LANES
            low, high = load(source, at), load_or_zero(source, at + step, present > 1)
            low_after = load_or_zero(source, at + 2 * step, present > 2)
            high_after = load_or_zero(source, at + 3 * step, present > 3)
            value = ext_add(ext_mul_base_pairs(w0, low, w1, high), ext_mul_base_pairs(w2, low_after, w3, high_after))
            ext_store(memory, target + (b * (width + 1) + c) * PLANES, LANES, value)
    kept = width + 1 - places.shape[0]
    for f in range(kept):
        for b in range(BLOCKS):
            total = ext_zero()
            for k in range(present):
                at = linear_area + ((tile + k) * kept + f) * K_TILE + b * PLANES
                total = ext_add(total, ext_mul(ext_load(memory, at, LANES), ext_splat(r, 5 * k, 1)))
            ext_store(memory, target + (b * (width + 1) + places.shape[0] + f) * PLANES, LANES, total)


@njit(inline="always")
def _fold_to(memory, left, right, point, target):
    low, high = ext_load(memory, left, LANES), ext_load(memory, right, LANES)
    ext_store(memory, target, LANES, ext_add(low, ext_mul(ext_sub(high, low), point)))


@njit
def _fold_tile(memory, left, right, words, r, target):
    point = ext_splat(r, 0, 1)
    for at in range(0, words, PLANES):
        _fold_to(memory, left + at, right + at, point, target + at)


@njit(inline="always")
def _fill_ends(memory, left, right, registers, target):
    """One column at 0 and -1 on LANES rows."""
    low, high = ext_load(memory, left, LANES), ext_load(memory, right, LANES)
    ext_store(registers, target, LANES, low)
    ext_store(registers, target + VECTOR_WORDS, LANES, ext_sub(low, ext_sub(high, low)))


@njit(inline="always")
def _fill_slope(memory, left, right, registers, target):
    slope = ext_sub(ext_load(memory, right, LANES), ext_load(memory, left, LANES))
    ext_store(registers, target, LANES, slope)


@njit
def _add_ends(memory, left, right, width, blocks, tape, registers, totals, weights, weight_at, sums):
    """Sums of a pair of folded tiles at 0 and -1, on the first `blocks` blocks of LANES lanes."""
    operations, constants, batching, _, fills, parts = tape
    for b in range(blocks):
        low, high = left + b * (width + 1) * PLANES, right + b * (width + 1) * PLANES
        _fill_ends(memory, low + width * PLANES, high + width * PLANES, totals, 0)
        for part in range(parts.shape[0]):
            for k in range(parts[part, 0], parts[part, 1]):
                at, to = fills[k, 0] * PLANES, 2 * fills[k, 1] * VECTOR_WORDS
                _fill_ends(memory, low + at, high + at, registers, to)
            some = operations[parts[part, 2] : parts[part, 3]]
            run_extension(some, constants, batching, registers, 2 * VECTOR_WORDS, totals)
        for point in range(2):
            at, to = point * VECTOR_WORDS, point * K_TILE + b * LANES
            add_weighted(totals, at, 0, LANES, weights, weight_at, LANES, sums, to)


@njit
def _add_leading(memory, left, right, width, blocks, tape, registers, totals, weights, weight_at, sums):
    """The same at infinity, two blocks at a time: the linear form counts for nothing there."""
    operations, constants, batching, _, fills, parts = tape
    for first in range(0, blocks if operations.shape[0] else 0, 2):
        count = min(blocks - first, 2)
        totals[: count * VECTOR_WORDS] = 0
        for part in range(parts.shape[0]):
            for k in range(parts[part, 0], parts[part, 1]):
                for b in range(count):
                    at, to = (first + b) * (width + 1) * PLANES, (count * fills[k, 1] + b) * VECTOR_WORDS
                    at += fills[k, 0] * PLANES
                    _fill_slope(memory, left + at, right + at, registers, to)
            some = operations[parts[part, 2] : parts[part, 3]]
            run_extension(some, constants, batching, registers, count * VECTOR_WORDS, totals)
        to = 2 * K_TILE + first * LANES
        add_weighted(totals, 0, VECTOR_WORDS, LANES, weights, weight_at, count * LANES, sums, to)


@njit
def _sums_of_pair(memory, left, right, width, lanes, tapes, registers, totals, weights, weight_at, sums):
    """Sums of one pair of folded tiles on their first `lanes` lanes."""
    blocks, (tape, leading) = (lanes + LANES - 1) // LANES, tapes
    _add_ends(memory, left, right, width, blocks, tape, registers, totals, weights, weight_at, sums)
    _add_leading(memory, left, right, width, blocks, leading, registers, totals, weights, weight_at, sums)


@njit(inline="always")
def _room(tapes):
    """Registers of K for `_sums_of_pair`, and its totals: two vectors an operand."""
    registers = aligned_room(max(tapes[0][3], tapes[1][3]) * 2 * VECTOR_WORDS)
    return registers, aligned_room(2 * VECTOR_WORDS)


@njit(cache=True, nogil=True)
def first_fold_and_sum(source, places, tiles, tapes, r, weights, memory, linear_area, width, target, start, stop, sums):
    """Bind the first two variables, with eq weights `r` of four tiles: folded tiles at `target`, and the next round's
    sums over their pairs [start, stop)."""
    entry = (width + 1) * K_TILE
    registers, totals = _room(tapes)
    count = (tiles + 3) // 4
    for pair in range(start, stop):
        for folded in range(2 * pair, min(2 * pair + 2, count)):
            present = min(tiles - 4 * folded, 4)
            _fold_base_tile(source, places, 4 * folded, present, r, memory, linear_area, width, target + folded * entry)
        left = target + 2 * pair * entry
        right = left + entry if 2 * pair + 1 < count else ZERO_TILE
        _sums_of_pair(memory, left, right, width, TILE, tapes, registers, totals, weights, 5 * pair, sums)


@njit(cache=True, nogil=True)
def fold_and_sum(memory, area, width, tiles, tapes, r, weights, target, start, stop, sums):
    """Bind a further variable: `tiles` folded tiles at `area` become half as many at `target`, summed as above."""
    entry = (width + 1) * K_TILE
    registers, totals = _room(tapes)
    count = (tiles + 1) // 2
    for pair in range(start, stop):
        for folded in range(2 * pair, min(2 * pair + 2, count)):
            left = area + 2 * folded * entry
            right = left + entry if 2 * folded + 1 < tiles else ZERO_TILE
            _fold_tile(memory, left, right, entry, r, target + folded * entry)
        left = target + 2 * pair * entry
        right = left + entry if 2 * pair + 1 < count else ZERO_TILE
        _sums_of_pair(memory, left, right, width, TILE, tapes, registers, totals, weights, 5 * pair, sums)


@njit(inline="always")
def _lane_shift(width, half):
    """Words from lane l to lane l + half of a folded tile: whole blocks, or within one."""
    return half // LANES * (width + 1) * PLANES if half >= LANES else half


@njit(cache=True, nogil=True)
def lane_sums(memory, area, width, half, tapes, one, sums):
    """Sums over lane pairs (l, l + half) of a table's last tile; only the first `half` lanes of `sums` mean
    something."""
    registers, totals = _room(tapes)
    right = area + _lane_shift(width, half)
    _sums_of_pair(memory, area, right, width, half, tapes, registers, totals, one, 0, sums)


@njit(cache=True, nogil=True)
def lane_fold(memory, area, width, half, r):
    """Lane l becomes l + r (lane (l + half) - lane l), in place; lanes from `half` on are left meaningless."""
    words = max(half // LANES, 1) * (width + 1) * PLANES
    _fold_tile(memory, area, area + _lane_shift(width, half), words, r, area)


@njit(cache=True, nogil=True)
def scale_tile(memory, area, width, factor):
    """A folded tile times an element, in place."""
    f = ext_splat(factor, 0, 1)
    for at in range(area, area + (width + 1) * K_TILE, PLANES):
        ext_store(memory, at, LANES, ext_mul(ext_load(memory, at, LANES), f))
