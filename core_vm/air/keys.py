"""The values of closed-form columns, row by row: what a lookup table holds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core_vm.air.table import Table
from core_vm.field.koalabear import P


@lru_cache(maxsize=64)
def key_columns(table: Table) -> tuple[np.ndarray, ...]:
    """The closed-form columns of a table of fixed height, canonical uint64 (2^log_height,) each, read-only."""
    if table.log_height is None:
        return ()
    # Rows as a matrix: a function of the upper or the lower half of the bits alone is a column or a row of it.
    lower = table.log_height // 2
    shape = 1 << table.log_height - lower, 1 << lower
    upper_numbers, lower_numbers = (np.arange(size, dtype=np.uint64) for size in shape)
    bits = [lower_numbers[None] >> np.uint64(k) & np.uint64(1) for k in range(lower)]
    bits += [upper_numbers[:, None] >> np.uint64(k) & np.uint64(1) for k in range(table.log_height - lower)]
    return tuple(_flat(np.asarray(key.function(bits), np.uint64) % P, shape) for key in table.keys)


def _flat(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    flat = np.broadcast_to(values, shape).reshape(-1)
    flat.flags.writeable = False
    return flat
