"""The zerocheck's first kernel: sums of a table over F, on the grid of the first two variables at once.

Four tiles in F make one point of the rest: X1 chooses among tiles 4y + X1, X2 between 4y and 4y + 2. `sums` is
(16, 5, 64), at 4 X2 + X1 with 0, 1, -1, infinity for the values of a variable: the linear form where both are 0 or 1,
elsewhere the batched constraints, which vanish at those four points on an honest trace. At infinity a column is its
slope, and a constraint its leading form. `tapes` are as in `kernels`.
"""

from __future__ import annotations

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, ext_add, ext_load, ext_store, ext_zero, load, store
from core_vm.field.packed.linear import WEIGHED_TOGETHER, ext_weigh
from core_vm.field.packed.room import aligned_room
from core_vm.host.kernel_cache import njit
from core_vm.stark.words import K_TILE
from core_vm.stark.zerocheck.kernels import BLOCKS, PLANES, add_weighted, load_or_zero
from core_vm.stark.zerocheck.packed_tape import run_base

# Where, on the grid, neither variable is at infinity, and where at least one is; the four corners apart.
FINITE_POINTS = (2, 6, 8, 9, 10)
INFINITE_POINTS = (3, 7, 11, 12, 13, 14, 15)
# The grid is worked on for GRID_ROWS rows at a time.
GRID_ROWS = 2 * LANES


@njit
def _linear_tile(source, places, tile, linear, kept, memory, target):
    """The table's linear form on one tile of rows, WEIGHED_TOGETHER columns at a time."""
    for b in range(BLOCKS):
        ext_store(memory, target + b * PLANES, LANES, ext_zero())
    for first in range(0, places.shape[0], WEIGHED_TOGETHER):
        for k in range(WEIGHED_TOGETHER):
            at = places[first + k, 0] + tile * places[first + k, 1]
            for v in range(0, TILE, LANES):
                store(kept, k * TILE + v, load(source, at + v))
        for b in range(BLOCKS):
            total, at = ext_weigh(kept, b * LANES, TILE, linear, 5 * first), target + b * PLANES
            ext_store(memory, at, LANES, ext_add(ext_load(memory, at, LANES), total))


@njit(inline="always")
def _load_four(source, places, c, tile, present, lane):
    """A column on LANES rows of `present` tiles from `tile`: X1, X2 = 00, 10, 01, 11."""
    step, at = places[c, 1], places[c, 0] + tile * places[c, 1] + lane
    low_after = load_or_zero(source, at + 2 * step, present > 2)
    high_after = load_or_zero(source, at + 3 * step, present > 3)
    return load(source, at), load_or_zero(source, at + step, present > 1), low_after, high_after


@njit
def _fill_finite(source, places, tile, present, lane, registers):
    """Every column on GRID_ROWS rows at the FINITE_POINTS."""
    for c in range(places.shape[0]):
        for v in range(0, GRID_ROWS, LANES):
            low, high, low_after, high_after = _load_four(source, places, c, tile, present, lane + v)
            at, outside = c * 5 * GRID_ROWS + v, low - (low_after - low)
            other = high - (high_after - high)
            store(registers, at, low - (high - low))
            store(registers, at + GRID_ROWS, low_after - (high_after - low_after))
            store(registers, at + 2 * GRID_ROWS, outside)
            store(registers, at + 3 * GRID_ROWS, other)
            store(registers, at + 4 * GRID_ROWS, outside - (other - outside))


@njit
def _fill_infinite(source, places, tile, present, lane, registers):
    """Every column's slope on GRID_ROWS rows at the INFINITE_POINTS."""
    for c in range(places.shape[0]):
        for v in range(0, GRID_ROWS, LANES):
            low, high, low_after, high_after = _load_four(source, places, c, tile, present, lane + v)
            at, slope, slope_after = c * 7 * GRID_ROWS + v, high - low, high_after - low_after
            upward, both = low_after - low, slope_after - slope
            store(registers, at, slope)
            store(registers, at + GRID_ROWS, slope_after)
            store(registers, at + 2 * GRID_ROWS, slope - both)
            store(registers, at + 3 * GRID_ROWS, upward)
            store(registers, at + 4 * GRID_ROWS, high_after - high)
            store(registers, at + 5 * GRID_ROWS, upward - both)
            store(registers, at + 6 * GRID_ROWS, both)


@njit
def _add_grid(tape, registers, totals, points, weights, weight_at, lane, sums):
    """Run a tape on GRID_ROWS rows at the grid's `points`, which the registers are filled for."""
    operations, constants, batching, _ = tape
    block = len(points) * GRID_ROWS
    totals[: 5 * block] = 0
    run_base(operations, constants, batching, registers, block, totals)
    for k in range(len(points)):
        to = points[k] * K_TILE + lane
        add_weighted(totals, k * GRID_ROWS, LANES, block, weights, weight_at, GRID_ROWS, sums, to)


@njit(cache=True, nogil=True)
def grid_sums(source, places, tiles, tapes, linear_places, linear, weights, memory, linear_area, start, stop, sums):
    """Quadruples [start, stop) of a table's tiles, over F. Also stores the linear form of every row from
    `linear_area`."""
    tape, leading = tapes
    registers = aligned_room(max(5 * tape[3], 7 * leading[3]) * GRID_ROWS)
    totals, kept = aligned_room(5 * 7 * GRID_ROWS), aligned_room(WEIGHED_TOGETHER * TILE)
    for quadruple in range(start, stop):
        present = min(tiles - 4 * quadruple, 4)
        for k in range(present):
            at, to = linear_area + (4 * quadruple + k) * K_TILE, (k // 2 * 4 + k % 2) * K_TILE
            _linear_tile(source, linear_places, 4 * quadruple + k, linear, kept, memory, at)
            add_weighted(memory, at, PLANES, LANES, weights, 5 * quadruple, TILE, sums, to)
        for lane in range(0, TILE, GRID_ROWS):
            if tape[0].shape[0]:
                _fill_finite(source, places, 4 * quadruple, present, lane, registers)
                _add_grid(tape, registers, totals, FINITE_POINTS, weights, 5 * quadruple, lane, sums)
            if leading[0].shape[0]:
                _fill_infinite(source, places, 4 * quadruple, present, lane, registers)
                _add_grid(leading, registers, totals, INFINITE_POINTS, weights, 5 * quadruple, lane, sums)
