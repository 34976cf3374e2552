"""Kernels of the zerocheck: round sums and folds of one table's columns, over F in the first round and over K later.

Rows are bound tile by tile: partners are tiles 2y and 2y + 1 of a column, lane by lane; a missing tile is zero, as the
zero row satisfies every constraint. A folded tile holds `width` columns of K and one more, the table's linear form (its
share of the GKR claim), which is computed once a row in the first round and then only folded. It is stored in blocks of
LANES rows, all columns of a block together, so that memory is read in order.

`sums` is (3, 5, 64). In the first round: the linear form at X = 0, then the batched constraints at -1 and 2 (on an
honest trace they vanish at 0 and 1). In later rounds: linear form plus batched constraints at 0, -1 and 2.

A `tape` is the tuple (operations, constants, batching, number of registers, columns included).
"""

from __future__ import annotations

import numpy as np

from core_vm.field.kernel_cache import njit
from core_vm.field.packed import (
    LANES,
    ext_add,
    ext_add_base,
    ext_load,
    ext_mul,
    ext_mul_base,
    ext_splat,
    ext_store,
    ext_sub,
    ext_zero,
    load,
    splat,
    store,
)
from core_vm.stark.packed_linear import ext_mul_base_pairs
from core_vm.stark.packed_tape import BLOCK_WORDS, POINT_WORDS, run_base, run_extension

TILE = 64
K_TILE = 5 * TILE
BASE_BLOCK = 2 * TILE
PLANES = 5 * LANES
BLOCKS = TILE // LANES
# The scratch memory begins with a folded tile of zeros, which stands for every missing one.
ZERO_TILE = 0


@njit(inline="always")
def _load_or_zero(memory, at, present):
    if present:
        return load(memory, at)
    return splat(np.uint32(0))


@njit
def _linear_tile(source, places, tile, linear, memory, target):
    """The table's linear form on one tile of rows."""
    width = places.shape[0]
    for b in range(BLOCKS):
        total = ext_zero()
        for c in range(0, width - 1, 2):
            value = load(source, places[c, 0] + tile * places[c, 1] + b * LANES)
            after = load(source, places[c + 1, 0] + tile * places[c + 1, 1] + b * LANES)
            weight, weight_after = ext_splat(linear, 5 * c, 1), ext_splat(linear, 5 * c + 5, 1)
            total = ext_add(total, ext_mul_base_pairs(weight, value, weight_after, after))
        if width % 2:
            value = load(source, places[width - 1, 0] + tile * places[width - 1, 1] + b * LANES)
            total = ext_add(total, ext_mul_base(ext_splat(linear, 5 * width - 5, 1), value))
        ext_store(memory, target + b * PLANES, LANES, total)


@njit
def _fill_base_registers(source, places, tile, has_right, registers):
    """Every column at -1 (2 low - high) and at 2 (2 high - low)."""
    for c in range(places.shape[0]):
        left = places[c, 0] + tile * places[c, 1]
        for v in range(0, TILE, LANES):
            low, high = load(source, left + v), _load_or_zero(source, left + places[c, 1] + v, has_right)
            difference = high - low
            store(registers, c * BASE_BLOCK + v, low - difference)
            store(registers, c * BASE_BLOCK + TILE + v, high + difference)


@njit
def _add_weighted(values, value_at, step, plane, weights, weight_at, count, sums, sum_at):
    """sums += weight * values on `count` lanes; LANES of them are `step` words from the next."""
    w = ext_splat(weights, weight_at, 1)
    for b in range((count + LANES - 1) // LANES):
        term, at = ext_mul(ext_load(values, value_at + b * step, plane), w), sum_at + b * LANES
        ext_store(sums, at, TILE, ext_add(ext_load(sums, at, TILE), term))


@njit(cache=True, nogil=True)
def first_round_sums(source, places, tiles, tape, linear, weights, memory, linear_area, start, stop, sums):
    """Pairs [start, stop) of a table's tiles, over F. Also stores the linear form of every row from `linear_area`."""
    operations, constants, batching, num_registers = tape
    registers = np.empty(num_registers * BASE_BLOCK, np.uint32)
    totals = np.empty(5 * BASE_BLOCK, np.uint32)
    for pair in range(start, stop):
        left = linear_area + 2 * pair * K_TILE
        has_right = 2 * pair + 1 < tiles
        _linear_tile(source, places, 2 * pair, linear, memory, left)
        if has_right:
            _linear_tile(source, places, 2 * pair + 1, linear, memory, left + K_TILE)
        _add_weighted(memory, left, PLANES, LANES, weights, 5 * pair, TILE, sums, 0)
        if operations.shape[0]:
            _fill_base_registers(source, places, 2 * pair, has_right, registers)
            totals[:] = 0
            run_base(operations, constants, batching, registers, BASE_BLOCK, totals)
            for point in range(2):
                at, to = point * TILE, (1 + point) * K_TILE
                _add_weighted(totals, at, LANES, BASE_BLOCK, weights, 5 * pair, TILE, sums, to)


@njit
def _fold_base_tile(source, places, tile, has_right, r, memory, linear_area, target):
    """One folded tile from tiles `tile` and `tile` + 1 of the committed columns and of the linear form."""
    point, width = ext_splat(r, 0, 1), places.shape[0]
    for c in range(width):
        left = places[c, 0] + tile * places[c, 1]
        for b in range(BLOCKS):
            low = load(source, left + b * LANES)
            high = _load_or_zero(source, left + places[c, 1] + b * LANES, has_right)
            value = ext_add_base(ext_mul_base(point, high - low), low)
            ext_store(memory, target + (b * (width + 1) + c) * PLANES, LANES, value)
    left = linear_area + tile * K_TILE
    right = left + K_TILE if has_right else ZERO_TILE
    for b in range(BLOCKS):
        at = b * PLANES
        _fold_to(memory, left + at, right + at, point, target + (b * (width + 1) + width) * PLANES)


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
def _fill_points(memory, left, right, registers, target):
    """One column at 0, -1 and 2 on LANES rows."""
    low, high = ext_load(memory, left, LANES), ext_load(memory, right, LANES)
    difference = ext_sub(high, low)
    ext_store(registers, target, LANES, low)
    ext_store(registers, target + POINT_WORDS, LANES, ext_sub(low, difference))
    ext_store(registers, target + 2 * POINT_WORDS, LANES, ext_add(high, difference))


@njit
def _sums_of_pair(memory, left, right, width, lanes, tape, registers, totals, weights, weight_at, sums):
    """Sums of one pair of folded tiles on their first `lanes` lanes."""
    operations, constants, batching, _ = tape
    for b in range((lanes + LANES - 1) // LANES):
        low, high = left + b * (width + 1) * PLANES, right + b * (width + 1) * PLANES
        _fill_points(memory, low + width * PLANES, high + width * PLANES, totals, 0)
        if operations.shape[0]:
            for c in range(width):
                _fill_points(memory, low + c * PLANES, high + c * PLANES, registers, c * BLOCK_WORDS)
            run_extension(operations, constants, batching, registers, totals)
        for point in range(3):
            at, to = point * POINT_WORDS, point * K_TILE + b * LANES
            _add_weighted(totals, at, 0, LANES, weights, weight_at, LANES, sums, to)


@njit(cache=True, nogil=True)
def first_fold_and_sum(source, places, tiles, tape, r, weights, memory, linear_area, target, start, stop, sums):
    """Bind the first variable: folded tiles at `target`, and the next round's sums over their pairs [start, stop)."""
    width, entry = places.shape[0], (places.shape[0] + 1) * K_TILE
    registers = np.empty(tape[3] * BLOCK_WORDS, np.uint32)
    totals = np.empty(BLOCK_WORDS, np.uint32)
    count = (tiles + 1) // 2
    for pair in range(start, stop):
        for folded in range(2 * pair, min(2 * pair + 2, count)):
            has_right = 2 * folded + 1 < tiles
            _fold_base_tile(source, places, 2 * folded, has_right, r, memory, linear_area, target + folded * entry)
        left = target + 2 * pair * entry
        right = left + entry if 2 * pair + 1 < count else ZERO_TILE
        _sums_of_pair(memory, left, right, width, TILE, tape, registers, totals, weights, 5 * pair, sums)


@njit(cache=True, nogil=True)
def fold_and_sum(memory, area, width, tiles, tape, r, weights, target, start, stop, sums):
    """Bind a further variable: `tiles` folded tiles at `area` become half as many at `target`, summed as above."""
    entry = (width + 1) * K_TILE
    registers = np.empty(tape[3] * BLOCK_WORDS, np.uint32)
    totals = np.empty(BLOCK_WORDS, np.uint32)
    count = (tiles + 1) // 2
    for pair in range(start, stop):
        for folded in range(2 * pair, min(2 * pair + 2, count)):
            left = area + 2 * folded * entry
            right = left + entry if 2 * folded + 1 < tiles else ZERO_TILE
            _fold_tile(memory, left, right, entry, r, target + folded * entry)
        left = target + 2 * pair * entry
        right = left + entry if 2 * pair + 1 < count else ZERO_TILE
        _sums_of_pair(memory, left, right, width, TILE, tape, registers, totals, weights, 5 * pair, sums)


@njit(inline="always")
def _lane_shift(width, half):
    """Words from lane l to lane l + half of a folded tile: whole blocks, or within one."""
    return half // LANES * (width + 1) * PLANES if half >= LANES else half


@njit(cache=True, nogil=True)
def lane_sums(memory, area, width, half, tape, one, sums):
    """Sums over lane pairs (l, l + half) of a table's last tile; only the first `half` lanes of `sums` mean
    something."""
    registers = np.empty(tape[3] * BLOCK_WORDS, np.uint32)
    totals = np.empty(BLOCK_WORDS, np.uint32)
    right = area + _lane_shift(width, half)
    _sums_of_pair(memory, area, right, width, half, tape, registers, totals, one, 0, sums)


@njit(cache=True, nogil=True)
def lane_fold(memory, area, width, half, r):
    """Lane l becomes l + r (lane (l + half) - lane l), in place; lanes from `half` on are left meaningless."""
    words = max(half // LANES, 1) * (width + 1) * PLANES
    _fold_tile(memory, area, area + _lane_shift(width, half), words, r, area)
