"""The metering of a shard: one pass over the executions of each slot, and one over the tables. It stands between any
two stretches of the interpreter, and calls into numpy would take as long as a short one."""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.host.kernel_cache import njit


@njit(cache=True, nogil=True)
def count_executed(counts, families, pc_index, by_family):
    """The number of slots that were executed, and that of the nodes below the root of the tree of the program above
    them, without the path of the first.

    counts (slots,) int64 executions, families (slots,) int64 and pc_index (slots,) int64 of each; to by_family
    (families,) int64 the executions are added. A slot's path is new up to where it meets that of the one before.
    """
    executed, nodes, before = 0, 0, np.int64(-1)
    for slot in range(len(counts)):
        if counts[slot] == 0:
            continue
        by_family[families[slot]] += counts[slot]
        if before >= 0:
            parting = (pc_index[slot] ^ before) >> 1
            while parting:
                nodes += 1
                parting >>= 1
        before = pc_index[slot]
        executed += 1
    return executed, nodes


@njit(cache=True, nogil=True)
def add_up_tables(widths, rows, is_used):
    """The cells of tables of so many columns and rows in whole tiles, and those of which all that are used are about to
    begin a tile. All arrays (tables,) int64; of the last tables, for which `is_used` has no entry, all are."""
    cells = reserved = 0
    for table in range(len(widths)):
        cells += widths[table] * ((rows[table] + TILE - 1) // TILE * TILE)
        begun = TILE - 1 if table >= len(is_used) or is_used[table] > 0 else 0
        reserved += widths[table] * (rows[table] + begun)
    return cells, reserved
