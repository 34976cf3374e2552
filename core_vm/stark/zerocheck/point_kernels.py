"""What a tile's sums are at the points of the next variables, as the zerocheck's kernels keep them.

A polynomial of degree 3 in the variable of a pair of tiles is known by its values at 0, 1 and -1 and its leading
coefficient. The sums of both tiles themselves are those at 0 and 1, and follow from the round before; so tapes run at
-1 and at infinity alone. An *entry* has POINTS elements of K, in planes: those of a quadruple of tiles in F are the
grid of `grid_kernels`, those of a pair of folded tiles are the four above, and then zeros. Sums are weighed by eq over
the lanes, as no lane is bound before all tiles are.
"""

from __future__ import annotations

from core_vm.field.koalabear import P
from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul, ext_splat, ext_store, ext_zero, store
from core_vm.host.kernel_cache import borrowing_njit
from core_vm.pcs.packed_opening import sum_of_lanes
from core_vm.stark.words import POINTS

# Sums of POINTS points while lanes are added up: vector `point` of a plane.
SUMS_PLANE = POINTS * LANES
AT_ZERO, AT_ONE, AT_MINUS_ONE, AT_INFINITY = range(4)


@borrowing_njit
def add_lanes(values, value_at, plane, count, lanes, lane, sums, point):
    """sums[point] += eq * values on `count` lanes from `lane`, of which `values` has the first at `value_at`; `lanes`
    (5, 64) is eq."""
    total = ext_load(sums, point * LANES, SUMS_PLANE)
    for v in range(0, count, LANES):
        total = ext_add(total, ext_mul(ext_load(values, value_at + v, plane), ext_load(lanes, lane + v, 64)))
    ext_store(sums, point * LANES, SUMS_PLANE, total)


@borrowing_njit
def store_entry(sums, memory, at):
    """The sums over all lanes, as an entry."""
    for plane in range(5):
        for point in range(0, POINTS, LANES):
            store(memory, at + plane * POINTS + point, sum_of_lanes(sums, plane * SUMS_PLANE + point * LANES))


@borrowing_njit
def add_entry(memory, at, weights, weight_at, sums):
    """sums += weight * entry, point by point."""
    w = ext_splat(weights, weight_at, 1)
    for point in range(0, POINTS, LANES):
        term = ext_mul(ext_load(memory, at + point, POINTS), w)
        ext_store(sums, point, POINTS, ext_add(ext_load(sums, point, POINTS), term))


@borrowing_njit
def bind_entry(memory, at, shares, room, target, point):
    """What an entry is worth where the points weigh `shares`, into `point` of the entry at `target`."""
    total = ext_zero()
    for first in range(0, POINTS, LANES):
        term = ext_mul(ext_load(memory, at + first, POINTS), ext_load(shares, first, POINTS))
        total = ext_add(total, term)
    ext_store(room, 0, LANES, total)
    for plane in range(5):
        value = 0
        for lane in range(LANES):
            value += room[plane * LANES + lane]
        memory[target + plane * POINTS + point] = value % P
