"""Kernels that store columns of a witness: canonical words to Montgomery form, row by row to tile by tile."""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.field.koalabear import MONTGOMERY_R, P
from core_vm.field.packed import LANES, load, splat, store
from core_vm.field.scalar_kernels import monty_encode
from core_vm.host.kernel_cache import njit

_P, _ZERO = np.uint32(P), np.uint32(0)
_R_SQUARED = np.uint32(MONTGOMERY_R * MONTGOMERY_R % P)


@njit(cache=True, nogil=True)
def store_columns(words, cells, first, stride):
    """Column c of `words` (columns, rows) uint32 goes to the tiles of `cells` from first[c] on, stride[c] apart."""
    num_columns, num_rows = words.shape
    source = words.reshape(-1)
    for c in range(num_columns):
        for row in range(0, num_rows, TILE):
            at, here = first[c] + row // TILE * stride[c], c * num_rows + row
            if row + TILE <= num_rows:
                for v in range(0, TILE, LANES):
                    store(cells, at + v, load(source, here + v) * splat(_R_SQUARED))
            else:
                for lane in range(num_rows - row):
                    cells[at + lane] = monty_encode(source[here + lane])


@njit(cache=True, nogil=True)
def store_rows(values, cells, first, stride):
    """The same of `values` (rows, columns) int32, which are taken modulo p: those below 0 are above -p."""
    num_rows, num_columns = values.shape
    tile = np.empty(TILE, np.uint32)
    for start in range(0, num_rows, TILE):
        count = min(TILE, num_rows - start)
        for c in range(num_columns):
            at = first[c] + start // TILE * stride[c]
            for lane in range(count):
                value = values[start + lane, c]
                tile[lane] = np.uint32(value) + (_P if value < 0 else _ZERO)
            if count == TILE:
                for v in range(0, TILE, LANES):
                    store(cells, at + v, load(tile, v) * splat(_R_SQUARED))
            else:
                for lane in range(count):
                    cells[at + lane] = monty_encode(tile[lane])
