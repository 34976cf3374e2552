"""Kernels of the zerocheck: round sums and folds of one table's columns, over F in two rounds and over K later.

Rows are bound tile by tile: partners are tiles 2y and 2y + 1 of a column, lane by lane; a missing tile is zero, as the
zero row satisfies every constraint. A folded tile holds `width` columns of K, of which the last are the table's forms
(`air.forms`), and one more, the bus form (its share of the GKR claim). Forms are computed once a row in the first round
and then only folded. It is stored in blocks of
LANES rows, all columns of a block together, so that memory is read in order.

The first two variables are bound at once, from four tiles in F; see `grid_kernels` for their sums. What is summed
later is the bus form plus the batched constraints: of each pair at -1 and at infinity, as `point_kernels` says. In the
lane rounds `sums` are (3, 5, 64), at 0, -1 and infinity.

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
from core_vm.field.packed.joining import ext_join
from core_vm.field.packed.linear import ext_weigh
from core_vm.field.packed.room import aligned_room
from core_vm.host.kernel_cache import borrowing_njit, njit
from core_vm.stark.words import K_TILE, POINT_WORDS
from core_vm.stark.zerocheck.packed_tape import VECTOR_WORDS, run_extension
from core_vm.stark.zerocheck.point_kernels import (
    AT_INFINITY,
    AT_MINUS_ONE,
    AT_ONE,
    AT_ZERO,
    SUMS_PLANE,
    add_entry,
    add_lanes,
    bind_entry,
    store_entry,
)

PLANES = 5 * LANES
BLOCKS = TILE // LANES
# The scratch memory begins with a folded tile of zeros, which stands for every missing one.
ZERO_TILE = 0
HALF = LANES // 2
# Further than the points of an entry: 0 and -1 at once.
AT_BOTH = 4


@borrowing_njit(inline="always")
def load_or_zero(memory, at, present):
    if present:
        return load(memory, at)
    return splat(np.uint32(0))


@borrowing_njit
def _fold_base_tile(source, places, tile, present, r, memory, linear_area, width, target):
    """One folded tile from `present` tiles, up to four, of the committed columns and of the forms."""
    for c in range(places.shape[0]):
        step, left = places[c, 1], places[c, 0] + tile * places[c, 1]
        for b in range(BLOCKS):
            at = left + b * LANES
            low, high = load(source, at), load_or_zero(source, at + step, present > 1)
            low_after = load_or_zero(source, at + 2 * step, present > 2)
            high_after = load_or_zero(source, at + 3 * step, present > 3)
            value = ext_weigh((low, high, low_after, high_after), r, 0)
            ext_store(memory, target + (b * (width + 1) + c) * PLANES, LANES, value)
    kept = width + 1 - places.shape[0]
    for f in range(kept):
        for b in range(BLOCKS):
            total = ext_zero()
            for k in range(present):
                at = linear_area + ((tile + k) * kept + f) * K_TILE + b * PLANES
                total = ext_add(total, ext_mul(ext_load(memory, at, LANES), ext_splat(r, 5 * k, 1)))
            ext_store(memory, target + (b * (width + 1) + places.shape[0] + f) * PLANES, LANES, total)


@borrowing_njit(inline="always")
def _fold_to(memory, left, right, point, target):
    low, high = ext_load(memory, left, LANES), ext_load(memory, right, LANES)
    ext_store(memory, target, LANES, ext_add(low, ext_mul(ext_sub(high, low), point)))


@borrowing_njit
def _fold_tile(memory, left, right, words, r, target):
    point = ext_splat(r, 0, 1)
    for at in range(0, words, PLANES):
        _fold_to(memory, left + at, right + at, point, target + at)


@borrowing_njit(inline="always")
def _fill(memory, left, right, point, registers, target):
    """One column on LANES rows, of a pair of folded tiles, at `point`. AT_BOTH: the first half of the rows at 0, and
    once more, in the other lanes, at -1; what lies HALF words before them is read, and counts for nothing."""
    low = ext_load(memory, left, LANES)
    if point == AT_BOTH:
        moved = ext_load(memory, left - HALF, LANES)
        low = ext_join(low, ext_sub(moved, ext_sub(ext_load(memory, right - HALF, LANES), moved)))
    elif point != AT_ZERO:
        slope = ext_sub(ext_load(memory, right, LANES), low)
        low = slope if point == AT_INFINITY else ext_sub(low, slope)
    ext_store(registers, target, LANES, low)


@borrowing_njit
def _evaluate(memory, left, right, width, first, count, point, tape, registers, totals):
    """A pair of folded tiles at `point` on `count` blocks of LANES lanes from block `first`, two at most: the bus form
    plus the batched constraints. The bus form has no value at infinity."""
    operations, constants, batching, _, fills, parts = tape
    block = (width + 1) * PLANES
    low, high = left + first * block, right + first * block
    totals[: count * VECTOR_WORDS] = 0
    if point != AT_INFINITY:
        for b in range(count):
            at = b * block + width * PLANES
            _fill(memory, low + at, high + at, point, totals, b * VECTOR_WORDS)
    for part in range(parts.shape[0]):
        for k in range(parts[part, 0], parts[part, 1]):
            for b in range(count):
                at, to = b * block + fills[k, 0] * PLANES, (count * fills[k, 1] + b) * VECTOR_WORDS
                _fill(memory, low + at, high + at, point, registers, to)
        some = operations[parts[part, 2] : parts[part, 3]]
        run_extension(some, constants, batching, registers, count * VECTOR_WORDS, totals)


@njit(inline="always")
def _room(tapes):
    """Registers of K for `_evaluate`, and its totals: two vectors an operand."""
    registers = aligned_room(max(tapes[0][3], tapes[1][3]) * 2 * VECTOR_WORDS)
    return registers, aligned_room(2 * VECTOR_WORDS)


@borrowing_njit
def _add_points(memory, left, right, width, tapes, registers, totals, lanes, points):
    """Sums over the lanes of a pair of folded tiles at -1 and at infinity."""
    tape, leading = tapes
    points[:] = 0
    for first in range(0, BLOCKS, 2):
        _evaluate(memory, left, right, width, first, 2, AT_MINUS_ONE, tape, registers, totals)
        for b in range(2):
            at, lane = b * VECTOR_WORDS, (first + b) * LANES
            add_lanes(totals, at, LANES, LANES, lanes, lane, points, AT_MINUS_ONE)
        if leading[0].shape[0]:
            _evaluate(memory, left, right, width, first, 2, AT_INFINITY, leading, registers, totals)
            for b in range(2):
                at, lane = b * VECTOR_WORDS, (first + b) * LANES
                add_lanes(totals, at, LANES, LANES, lanes, lane, points, AT_INFINITY)


@borrowing_njit
def _enter(memory, before, count, pair, shares, points, room, entries, weights, sums):
    """The entry of a pair of folded tiles, which is added to `sums`. What its tiles are worth follows from the `count`
    entries of the round before, one a tile."""
    entry = entries + pair * POINT_WORDS
    store_entry(points, memory, entry)
    left = before + 2 * pair * POINT_WORDS
    bind_entry(memory, left, shares, room, entry, AT_ZERO)
    if 2 * pair + 1 < count:
        bind_entry(memory, left + POINT_WORDS, shares, room, entry, AT_ONE)
    add_entry(memory, entry, weights, 5 * pair, sums)


@njit(cache=True, nogil=True)
def first_fold_and_sum(
    source, places, tiles, tapes, r, shares, lanes, weights,
    memory, linear_area, width, target, before, entries, start, stop, sums,
):  # fmt: skip
    """Bind the first two variables, with eq weights `r` of four tiles, and `shares` of the grid's points: folded tiles
    at `target`; the entries of their pairs [start, stop) at `entries`, from those of quadruples `before`; and what
    these add up to by `weights`."""
    entry = (width + 1) * K_TILE
    registers, totals = _room(tapes)
    points, room = aligned_room(5 * SUMS_PLANE), aligned_room(VECTOR_WORDS)
    count = (tiles + 3) // 4
    for pair in range(start, stop):
        for folded in range(2 * pair, min(2 * pair + 2, count)):
            present = min(tiles - 4 * folded, 4)
            _fold_base_tile(source, places, 4 * folded, present, r, memory, linear_area, width, target + folded * entry)
        left = target + 2 * pair * entry
        right = left + entry if 2 * pair + 1 < count else ZERO_TILE
        _add_points(memory, left, right, width, tapes, registers, totals, lanes, points)
        _enter(memory, before, count, pair, shares, points, room, entries, weights, sums)


@njit(cache=True, nogil=True)
def fold_and_sum(
    memory, area, width, tiles, tapes, r, shares, lanes, weights, target, before, entries, start, stop, sums
):
    """Bind a further variable to `r`, where the points of a pair weigh `shares`: `tiles` folded tiles at `area` become
    half as many at `target`, with entries and sums as above."""
    entry = (width + 1) * K_TILE
    registers, totals = _room(tapes)
    points, room = aligned_room(5 * SUMS_PLANE), aligned_room(VECTOR_WORDS)
    count = (tiles + 1) // 2
    for pair in range(start, stop):
        for folded in range(2 * pair, min(2 * pair + 2, count)):
            left = area + 2 * folded * entry
            right = left + entry if 2 * folded + 1 < tiles else ZERO_TILE
            _fold_tile(memory, left, right, entry, r, target + folded * entry)
        left = target + 2 * pair * entry
        right = left + entry if 2 * pair + 1 < count else ZERO_TILE
        _add_points(memory, left, right, width, tapes, registers, totals, lanes, points)
        _enter(memory, before, count, pair, shares, points, room, entries, weights, sums)


@borrowing_njit(inline="always")
def _lane_shift(width, half):
    """Words from lane l to lane l + half of a folded tile: whole blocks, or within one."""
    return half // LANES * (width + 1) * PLANES if half >= LANES else half


@borrowing_njit
def _add_lane_sums(memory, left, right, width, blocks, point, tape, registers, totals, sums, sums_at):
    """The same lane by lane, on the first `blocks` blocks of LANES lanes."""
    for first in range(0, blocks, 2):
        count = min(blocks - first, 2)
        _evaluate(memory, left, right, width, first, count, point, tape, registers, totals)
        for b in range(count):
            _add_vector(sums, sums_at + (first + b) * LANES, totals, b * VECTOR_WORDS)
            if point == AT_BOTH:  # the upper half at -1, to the first lanes; before them nothing counts
                _add_vector(sums, sums_at + K_TILE - HALF, totals, b * VECTOR_WORDS)


@borrowing_njit
def _add_vector(sums, at, values, value_at):
    ext_store(sums, at, TILE, ext_add(ext_load(sums, at, TILE), ext_load(values, value_at, LANES)))


@njit(cache=True, nogil=True)
def lane_sums(memory, area, width, half, tapes, sums):
    """Sums over lane pairs (l, l + half) of a table's last tile, at 0, -1 and infinity; only the first `half` lanes of
    `sums` mean something."""
    tape, leading = tapes
    registers, totals = _room(tapes)
    right, blocks = area + _lane_shift(width, half), (half + LANES - 1) // LANES
    points = 1 if half <= HALF else 2
    for k in range(points):
        point = AT_BOTH if points == 1 else (AT_ZERO, AT_MINUS_ONE)[k]
        _add_lane_sums(memory, area, right, width, blocks, point, tape, registers, totals, sums, k * K_TILE)
    if leading[0].shape[0]:
        _add_lane_sums(memory, area, right, width, blocks, AT_INFINITY, leading, registers, totals, sums, 2 * K_TILE)


@borrowing_njit(cache=True, nogil=True)
def lane_fold(memory, area, width, half, r):
    """Lane l becomes l + r (lane (l + half) - lane l), in place; lanes from `half` on are left meaningless."""
    words = max(half // LANES, 1) * (width + 1) * PLANES
    _fold_tile(memory, area, area + _lane_shift(width, half), words, r, area)


@borrowing_njit(cache=True, nogil=True)
def scale_tile(memory, area, width, factor):
    """A folded tile times an element, in place."""
    f = ext_splat(factor, 0, 1)
    for at in range(area, area + (width + 1) * K_TILE, PLANES):
        ext_store(memory, at, LANES, ext_mul(ext_load(memory, at, LANES), f))
