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
    rows = np.arange(1 << table.log_height, dtype=np.uint64)
    bits = [(rows >> np.uint64(k)) & np.uint64(1) for k in range(table.log_height)]
    columns = tuple(np.asarray(key.function(bits), dtype=np.uint64) % P for key in table.keys)
    for values in columns:
        values.flags.writeable = False
    return columns
