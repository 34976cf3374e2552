"""The metering of a shard: one pass over the executions of each slot, and one over the tables. It stands between any
two stretches of the interpreter, and calls into numpy would take as long as a short one.

The tables are those of `metering.Meter`, in its order: families of instructions, misaligned loads and stores, renewals,
the program, and leaves, nodes and compressions of memory."""

from __future__ import annotations

import numpy as np

from core_vm.air.table import TILE
from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.actions import NUM_LOADS
from core_vm.machine.limits import most_renewals
from core_vm.state.memory_map import NUM_REGISTERS, PROGRAM_DEPTH, TREE_DEPTH

_EMPTY_MEMORY = TREE_DEPTH + 1
"""Compressions whose inputs are those of memory that is all zero: one a level, of a leaf's content up to the root's."""
_RENEWALS, _PROGRAM, _LEAVES, _NODES, _COMPRESSIONS = range(-5, 0)
"""Tables from the last one back; the two of misaligned accesses stand before them."""
_OTHER_TABLES = 7
_most_renewals = njit(most_renewals)


@njit(cache=True, nogil=True)
def measure_tables(
    counts, families, pc_index, misaligned, family_of_access, widths, executions, rows, num_leaves, num_nodes,
    num_compressions,
):  # fmt: skip
    """The cells of all tables, and those of which every table in use is about to begin another tile.

    counts (slots,) are the executions of each slot, misaligned (accesses,) those of them that were misaligned loads and
    stores, and family_of_access (accesses,) where these would be otherwise; widths (tables,) are columns; all arrays
    are int64. executions (families,) and rows (tables,) are written.
    """
    for family in range(len(executions)):
        executions[family] = 0
    num_executed, num_parting = count_executed(counts, families, pc_index, executions)
    num_program_nodes = PROGRAM_DEPTH + num_parting
    num_families, num_steps = len(rows) - _OTHER_TABLES, 0
    for family in range(len(executions)):
        num_steps += executions[family]
    for table in range(num_families):
        rows[table] = executions[table]
    rows[num_families] = rows[num_families + 1] = 0
    for access in range(len(misaligned)):
        rows[family_of_access[access]] -= misaligned[access]
        rows[num_families + (access >= NUM_LOADS)] += misaligned[access]
    rows[_RENEWALS] = _most_renewals(num_steps)
    rows[_PROGRAM] = num_executed
    rows[_LEAVES] = num_leaves
    rows[_NODES] = num_nodes + num_program_nodes
    rows[_COMPRESSIONS] = num_compressions + _EMPTY_MEMORY + num_executed + num_program_nodes
    # An instruction in use may come to its family's table when others of it, or all so far, were misaligned.
    cells, reserved = add_up_tables(widths, rows, executions, num_families)
    return cells, reserved + widths[_RENEWALS] * NUM_REGISTERS


@njit
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


@njit
def add_up_tables(widths, rows, executions, num_families):
    """The cells of tables of so many columns and rows in whole tiles, and those of which all that are used are about to
    begin a tile. All arrays (tables,) int64; the first `num_families` tables are used if there are executions."""
    cells = reserved = 0
    for table in range(len(widths)):
        cells += widths[table] * ((rows[table] + TILE - 1) // TILE * TILE)
        begun = TILE - 1 if table >= num_families or executions[table] > 0 else 0
        reserved += widths[table] * (rows[table] + begun)
    return cells, reserved
