"""Kernel that adds up what the tiles of a block of columns are worth at the lanes' point."""

from __future__ import annotations

from core_vm.field.packed import LANES, ext_add, ext_load, ext_mul, ext_splat, ext_store, ext_zero
from core_vm.host.kernel_cache import borrowing_njit


@borrowing_njit(cache=True, nogil=True)
def weigh_tiles(products, size, first, tiles, width, weights, num_weights, sums):
    """sums[c] = sum over t < tiles of weights[t] products[first + t width + c], for c < width, a multiple of LANES.
    Planes of K, flat: of `size`, `num_weights` and `width` elements."""
    for c in range(0, width, LANES):
        total = ext_zero()
        for t in range(tiles):
            here = ext_load(products, first + t * width + c, size)
            total = ext_add(total, ext_mul(here, ext_splat(weights, t, num_weights)))
        ext_store(sums, c, width, total)


@borrowing_njit(cache=True, nogil=True)
def weigh_runs(products, weights, runs, sums):
    """sums[lane] = sum of weights[i] products[i] over the i < runs that leave this remainder by LANES. Planes of K,
    flat: of `runs` elements, a multiple of LANES, and of LANES."""
    total = ext_zero()
    for i in range(0, runs, LANES):
        total = ext_add(total, ext_mul(ext_load(products, i, runs), ext_load(weights, i, runs)))
    ext_store(sums, 0, LANES, total)
