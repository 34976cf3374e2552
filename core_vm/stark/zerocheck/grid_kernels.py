"""The zerocheck's first kernel: sums of a table over F, on the grid of the first two variables at once.

Four tiles in F make one point of the rest: X1 chooses among tiles 4y + X1, X2 between 4y and 4y + 2. Their sums over
the lanes are an entry (see `point_kernels`), at 4 X2 + X1 with 0, 1, -1, infinity for the values of a variable: the bus
form where both are 0 or 1, elsewhere the batched constraints, which vanish at those four points on an honest trace. At
infinity a column is its slope, and a constraint its leading form. `tapes` are as in `kernels`, of the plain
constraints, which run over F; `form_tapes` are of the products of forms, which run over K. `linear` is
`plan.LinearForms`.
"""

from __future__ import annotations

from core_vm.air.table import TILE
from core_vm.field.packed import LANES, ext_add, ext_load, ext_store, ext_sub, ext_zero, load, store
from core_vm.field.packed.linear import WEIGHED_TOGETHER, ext_weigh_rows
from core_vm.field.packed.room import aligned_room
from core_vm.host.kernel_cache import borrowing_njit, njit
from core_vm.stark.words import K_TILE, POINT_WORDS
from core_vm.stark.zerocheck.kernels import BLOCKS, PLANES, load_or_zero
from core_vm.stark.zerocheck.packed_tape import VECTOR_WORDS, room_of_base, run_base, run_extension
from core_vm.stark.zerocheck.point_kernels import SUMS_PLANE, add_entry, add_lanes, store_entry

# Where, on the grid, neither variable is at infinity, and where at least one is; the four corners apart.
FINITE_POINTS = (2, 6, 8, 9, 10)
INFINITE_POINTS = (3, 7, 11, 12, 13, 14, 15)
# The grid is worked on for GRID_ROWS rows at a time.
GRID_ROWS = 2 * LANES


@borrowing_njit
def _linear_tile(source, places, first_place, last_place, tile, linear, kept, memory, target):
    """One linear form on one tile of rows, WEIGHED_TOGETHER columns at a time."""
    for b in range(BLOCKS):
        ext_store(memory, target + b * PLANES, LANES, ext_zero())
    for first in range(first_place, last_place, WEIGHED_TOGETHER):
        for k in range(WEIGHED_TOGETHER):
            at = places[first + k, 0] + tile * places[first + k, 1]
            for v in range(0, TILE, LANES):
                store(kept, k * TILE + v, load(source, at + v))
        for b in range(BLOCKS):
            total, at = ext_weigh_rows(kept, b * LANES, TILE, linear, 5 * first), target + b * PLANES
            ext_store(memory, at, LANES, ext_add(ext_load(memory, at, LANES), total))


@borrowing_njit(inline="always")
def _load_four(source, places, c, tile, present, lane):
    """A column on LANES rows of `present` tiles from `tile`: X1, X2 = 00, 10, 01, 11."""
    step, at = places[c, 1], places[c, 0] + tile * places[c, 1] + lane
    low_after = load_or_zero(source, at + 2 * step, present > 2)
    high_after = load_or_zero(source, at + 3 * step, present > 3)
    return load(source, at), load_or_zero(source, at + step, present > 1), low_after, high_after


@borrowing_njit
def _fill_finite(source, places, fills, first, last, tile, present, lane, registers):
    """The columns of a block on GRID_ROWS rows at the FINITE_POINTS."""
    for k in range(first, last):
        for v in range(0, GRID_ROWS, LANES):
            low, high, low_after, high_after = _load_four(source, places, fills[k, 0], tile, present, lane + v)
            at, outside = fills[k, 1] * 5 * GRID_ROWS + v, low - (low_after - low)
            other = high - (high_after - high)
            store(registers, at, low - (high - low))
            store(registers, at + GRID_ROWS, low_after - (high_after - low_after))
            store(registers, at + 2 * GRID_ROWS, outside)
            store(registers, at + 3 * GRID_ROWS, other)
            store(registers, at + 4 * GRID_ROWS, outside - (other - outside))


@borrowing_njit
def _fill_infinite(source, places, fills, first, last, tile, present, lane, registers):
    """The slopes of a block's columns on GRID_ROWS rows at the INFINITE_POINTS."""
    for k in range(first, last):
        for v in range(0, GRID_ROWS, LANES):
            low, high, low_after, high_after = _load_four(source, places, fills[k, 0], tile, present, lane + v)
            at, slope, slope_after = fills[k, 1] * 7 * GRID_ROWS + v, high - low, high_after - low_after
            upward, both = low_after - low, slope_after - slope
            store(registers, at, slope)
            store(registers, at + GRID_ROWS, slope_after)
            store(registers, at + 2 * GRID_ROWS, slope - both)
            store(registers, at + 3 * GRID_ROWS, upward)
            store(registers, at + 4 * GRID_ROWS, high_after - high)
            store(registers, at + 5 * GRID_ROWS, upward - both)
            store(registers, at + 6 * GRID_ROWS, both)


@borrowing_njit
def _add_grid(source, places, tile, present, lane, tape, registers, totals, room, points, lanes, sums):
    """Run a tape on GRID_ROWS rows at the grid's `points`, one of the two sets above."""
    operations, constants, batching, _, fills, blocks = tape
    rows = len(points) * GRID_ROWS
    totals[: 5 * rows] = 0
    for k in range(blocks.shape[0]):
        if len(points) == len(FINITE_POINTS):
            _fill_finite(source, places, fills, blocks[k, 0], blocks[k, 1], tile, present, lane, registers)
        else:
            _fill_infinite(source, places, fills, blocks[k, 0], blocks[k, 1], tile, present, lane, registers)
        run_base(operations[blocks[k, 2] : blocks[k, 3]], constants, batching, registers, rows, totals, room)
    for k in range(len(points)):
        add_lanes(totals, k * GRID_ROWS, rows, GRID_ROWS, lanes, lane, sums, points[k])


@borrowing_njit(inline="always")
def _load_form(memory, at, step, present):
    """A form on LANES rows of `present` tiles, `step` words apart: X1, X2 = 00, 10, 01, 11."""
    zero = ext_zero()
    high = ext_load(memory, at + step, LANES) if present > 1 else zero
    low_after = ext_load(memory, at + 2 * step, LANES) if present > 2 else zero
    high_after = ext_load(memory, at + 3 * step, LANES) if present > 3 else zero
    return ext_load(memory, at, LANES), high, low_after, high_after


@borrowing_njit
def _fill_finite_forms(memory, area, fills, first, last, step, present, registers):
    """The forms of a block on LANES rows at the FINITE_POINTS."""
    for k in range(first, last):
        low, high, low_after, high_after = _load_form(memory, area + fills[k, 0] * K_TILE, step, present)
        at, outside = fills[k, 1] * 5 * VECTOR_WORDS, ext_sub(low, ext_sub(low_after, low))
        other = ext_sub(high, ext_sub(high_after, high))
        ext_store(registers, at, LANES, ext_sub(low, ext_sub(high, low)))
        ext_store(registers, at + VECTOR_WORDS, LANES, ext_sub(low_after, ext_sub(high_after, low_after)))
        ext_store(registers, at + 2 * VECTOR_WORDS, LANES, outside)
        ext_store(registers, at + 3 * VECTOR_WORDS, LANES, other)
        ext_store(registers, at + 4 * VECTOR_WORDS, LANES, ext_sub(outside, ext_sub(other, outside)))


@borrowing_njit
def _fill_infinite_forms(memory, area, fills, first, last, step, present, registers):
    """The slopes of a block's forms on LANES rows at the INFINITE_POINTS."""
    for k in range(first, last):
        low, high, low_after, high_after = _load_form(memory, area + fills[k, 0] * K_TILE, step, present)
        at, slope, slope_after = fills[k, 1] * 7 * VECTOR_WORDS, ext_sub(high, low), ext_sub(high_after, low_after)
        upward, both = ext_sub(low_after, low), ext_sub(slope_after, slope)
        ext_store(registers, at, LANES, slope)
        ext_store(registers, at + VECTOR_WORDS, LANES, slope_after)
        ext_store(registers, at + 2 * VECTOR_WORDS, LANES, ext_sub(slope, both))
        ext_store(registers, at + 3 * VECTOR_WORDS, LANES, upward)
        ext_store(registers, at + 4 * VECTOR_WORDS, LANES, ext_sub(high_after, high))
        ext_store(registers, at + 5 * VECTOR_WORDS, LANES, ext_sub(upward, both))
        ext_store(registers, at + 6 * VECTOR_WORDS, LANES, both)


@borrowing_njit
def _add_form_grid(memory, area, step, present, lane, tape, registers, totals, points, lanes, sums):
    """Run a tape of products on LANES rows at the grid's `points`, one of the two sets above."""
    operations, constants, batching, _, fills, blocks = tape
    words = len(points) * VECTOR_WORDS
    totals[:words] = 0
    for k in range(blocks.shape[0]):
        if len(points) == len(FINITE_POINTS):
            _fill_finite_forms(memory, area, fills, blocks[k, 0], blocks[k, 1], step, present, registers)
        else:
            _fill_infinite_forms(memory, area, fills, blocks[k, 0], blocks[k, 1], step, present, registers)
        run_extension(operations[blocks[k, 2] : blocks[k, 3]], constants, batching, registers, words, totals)
    for k in range(len(points)):
        add_lanes(totals, k * VECTOR_WORDS, LANES, LANES, lanes, lane, sums, points[k])


@borrowing_njit
def _form_grid(memory, area, num_forms, present, form_tapes, registers, totals, lanes, sums):
    """The products of forms, whose values on `present` tiles are at `area`, on the whole grid."""
    tape, leading = form_tapes
    step = (num_forms + 1) * K_TILE
    for b in range(BLOCKS):
        at, lane = area + b * PLANES, b * LANES
        if tape[0].shape[0]:
            _add_form_grid(memory, at, step, present, lane, tape, registers, totals, FINITE_POINTS, lanes, sums)
        if leading[0].shape[0]:
            _add_form_grid(memory, at, step, present, lane, leading, registers, totals, INFINITE_POINTS, lanes, sums)


@borrowing_njit
def _linear_tiles(source, linear, tile, present, kept, memory, linear_area, lanes, sums):
    """All forms on `present` tiles, stored; the last one, the bus form, is added up."""
    places, of_columns, starts = linear
    num_forms = starts.shape[0] - 1
    for k in range(present):
        at = linear_area + (tile + k) * num_forms * K_TILE
        for f in range(num_forms):
            target = at + f * K_TILE
            _linear_tile(source, places, starts[f], starts[f + 1], tile + k, of_columns, kept, memory, target)
        for b in range(BLOCKS):
            last = at + (num_forms - 1) * K_TILE + b * PLANES
            add_lanes(memory, last, LANES, LANES, lanes, b * LANES, sums, k // 2 * 4 + k % 2)


@njit(inline="always")
def _form_room(num_forms, form_tapes):
    """Registers and totals of `_form_grid`: next to nothing where there are no forms."""
    operands = max(5 * form_tapes[0][3], 7 * form_tapes[1][3]) if num_forms else 0
    return aligned_room(operands * VECTOR_WORDS), aligned_room(7 * VECTOR_WORDS)


@njit(cache=True, nogil=True)
def grid_sums(
    source, places, tiles, tapes, form_tapes, linear, lanes, weights, memory, linear_area, entries, start, stop, sums
):
    """Quadruples [start, stop) of a table's tiles, over F: their entries, from word `entries` of `memory` on, and in
    `sums`, an entry, what these add up to by `weights`. Also stores the forms of every row from `linear_area`."""
    tape, leading = tapes
    num_forms = linear[2].shape[0] - 2
    form_registers, form_totals = _form_room(num_forms, form_tapes)
    registers = aligned_room(max(5 * tape[3], 7 * leading[3]) * GRID_ROWS)
    totals, kept = aligned_room(5 * 7 * GRID_ROWS), aligned_room(WEIGHED_TOGETHER * TILE)
    grid, room = aligned_room(5 * SUMS_PLANE), aligned_room(room_of_base(7 * GRID_ROWS))
    room[:] = 0
    for quadruple in range(start, stop):
        first, present = 4 * quadruple, min(tiles - 4 * quadruple, 4)
        grid[:] = 0
        _linear_tiles(source, linear, first, present, kept, memory, linear_area, lanes, grid)
        if num_forms:
            at = linear_area + first * (num_forms + 1) * K_TILE
            _form_grid(memory, at, num_forms, present, form_tapes, form_registers, form_totals, lanes, grid)
        for lane in range(0, TILE, GRID_ROWS):
            if tape[0].shape[0]:
                _add_grid(
                    source, places, first, present, lane, tape, registers, totals, room, FINITE_POINTS, lanes, grid
                )
            if leading[0].shape[0]:
                _add_grid(
                    source, places, first, present, lane, leading, registers, totals, room, INFINITE_POINTS, lanes, grid
                )
        entry = entries + quadruple * POINT_WORDS
        store_entry(grid, memory, entry)
        add_entry(memory, entry, weights, 5 * quadruple, sums)
