"""The compiled half of `multilinear`."""

from __future__ import annotations

from core_vm.field.packed import LANES, ext_load, ext_mul, ext_splat, ext_store, ext_sub
from core_vm.host.kernel_cache import njit


@njit(cache=True, nogil=True)
def double_eq_table(planes, plane_size, filled, point, coordinates):
    """Extends a table of `filled` entries (a multiple of LANES) by one index bit per coordinate of `point`.

    planes: five planes of plane_size words; point: five planes of `coordinates` words. e becomes e (1 - z), e z.
    """
    for k in range(coordinates):
        z = ext_splat(point, k, coordinates)
        for i in range(0, filled, LANES):
            entry = ext_load(planes, i, plane_size)
            high = ext_mul(entry, z)
            ext_store(planes, i, plane_size, ext_sub(entry, high))
            ext_store(planes, filled + i, plane_size, high)
        filled *= 2
