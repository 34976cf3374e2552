"""Sums over the first tiles of a table, read off the bits of the tile count: what makes heights data, not shape.

Both sums are read-once branching programs as multilinear extensions (Holmgren and Rothblum, 2018; for jagged
commitments Hemo, Jue, Rabinovich, Roh, Rothblum, ePrint 2025/917). Points are lists of K, lowest index bit first.
"""

from __future__ import annotations

from collections.abc import Sequence

from core_vm.field.extension import K

# Index [j][bit]: eq(z_k, j) * eq(y_k, bit) for one bit position k.
BitProducts = tuple[tuple[K, K], tuple[K, K]]
# The same four, j first, and the sum of the first and the last one.
StepFactors = tuple[K, K, K, K, K]
# Index [carry][less]: the sum over all low parts of j that end in this state.
State = tuple[tuple[K, K], tuple[K, K]]


def rows_below(tiles: int, point: Sequence[K]) -> K:
    """sum of eq(point, t) over t < tiles, for tiles < 2^len(point): by the bits of `tiles`, lowest first.

    The state is that sum for the bits so far: a bit of one adds all t whose bit is zero, whatever comes below.
    """
    less = K.zero
    for k, z in enumerate(point):
        inside = z * less
        less = 1 - z + inside if tiles >> k & 1 else less - inside
    return less


def bit_products(z: K, y: K) -> BitProducts:
    """All four eq(z, j) eq(y, bit)."""
    both = z * y
    return (1 - z - y + both, y - both), (z - both, both)


SUMS_OF_FACTORS = 5
"""In `step_factors`, beside one product."""


def step_factors(z: K, y: K) -> StepFactors:
    """All four eq(z, j) eq(y, bit), and the two where j and the place's bit agree, added up."""
    (f00, f01), (f10, f11) = bit_products(z, y)
    return f00, f01, f10, f11, f00 + f11


def shifted_sum(start: int, tiles: int, factors: Sequence[StepFactors], above: Sequence[K] = ()) -> K:
    """sum over j < tiles of eq(z, j) eq(y, start + j), for start + tiles < 2^bits; tiles below that as well.

    Bits are those of `factors`, and behind them those that places have and no tile has: `above` are the coordinates of
    y there, and tiles is below 2^len(factors).

    An automaton adds start and j bit by bit, low to high. For each carry it holds two sums over the low parts of j that
    end in it: over all of them (`all_0`, `all_1`) and over those below the low part of tiles (`less_0`, `less_1`). A
    bit of one lets in all of j = 0, whatever came below. See `shifted_step`, which says the same by states.
    """
    all_0, all_1, less_0, less_1 = K.one, K.zero, K.zero, K.zero
    for k, (f00, f01, f10, f11, agree) in enumerate(factors):
        of_start, of_tiles = start >> k & 1, tiles >> k & 1
        if k == 0:
            less_0 = (f01 if of_start else f00) if of_tiles else K.zero
            all_0, all_1 = (f01, f10) if of_start else (agree, K.zero)
            continue
        crossing = (all_0 if of_start else all_1) * f01
        if of_tiles and of_start:
            less_0, less_1 = crossing, less_0 * f10 + all_1 * f00 + less_1 * f11
        elif of_tiles:
            less_0, less_1 = all_0 * f00 + less_0 * f11 + crossing, less_1 * f10
        elif of_start:
            less_0, less_1 = less_0 * f01, less_1 * f00
        else:
            less_0, less_1 = less_0 * f00 + less_1 * f01, K.zero
        if k + 1 < len(factors):
            all_0, all_1 = (
                (crossing, all_0 * f10 + all_1 * agree) if of_start else (all_0 * agree + crossing, all_1 * f10)
            )
    for k, y in enumerate(above, len(factors)):
        if start >> k & 1:
            less_0, less_1 = less_0 * y, less_1 * (1 - y)
        else:
            less_0, less_1 = less_0 * (1 - y) + less_1 * y, K.zero
    return less_0  # a final carry would be a place beyond the end


def shifted_sum_operations(num_factors: int, num_above: int) -> tuple[int, int]:
    """Products and sums that `shifted_sum` takes at most: the first bit takes none, and the last one of tiles leaves
    out the sums over all parts."""
    middle, last = max(0, num_factors - 2), int(num_factors > 1)
    return 6 * middle + 4 * last + 2 * num_above, 3 * middle + 2 * last + num_above


def shifted_step(state: State, products: BitProducts, start_bit: int, tiles_bit: int) -> State:
    """One bit: j's is 0 or 1, the place's is that of start + j + carry.

    j < tiles on the bits so far is decided by the highest bit in which they differ.
    """
    after = [[K.zero, K.zero], [K.zero, K.zero]]
    for carry in (0, 1):
        at_least, less = state[carry]
        for j in (0, 1):
            total = start_bit + j + carry
            factor, row = products[j][total & 1], after[total >> 1]
            if j == tiles_bit:
                row[0] = row[0] + at_least * factor
                row[1] = row[1] + less * factor
            else:  # j = 1, tiles = 0: not below any more; j = 0, tiles = 1: below whatever came before
                row[tiles_bit] = row[tiles_bit] + (at_least + less) * factor
    return (after[0][0], after[0][1]), (after[1][0], after[1][1])
