"""How many cells a shard's trace will have: what decides where a run is cut.

Metered are the rows of every table, in whole tiles, as they are committed. All rows are counted exactly, but for two
tables. Of compressions the trace proves equal ones once, and here only some equal ones are known. Of renewals those are
counted that so many steps can need at most, far fewer than one in a hundred: when a register was accessed last, only
the replay knows. So what is metered bounds what is committed, whatever the guest does.

To count takes a while. In between the interpreter spends a budget, from which every step takes a bound of what it adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from core_vm.air.table import TILE, Table
from core_vm.isa.forms import FAMILIES, family_numbers
from core_vm.isa.operations import MISALIGNED_FAMILY
from core_vm.machine.execute.actions import FAMILY_OF_ACCESS
from core_vm.state.memory_map import NUM_REGISTERS, RENEWAL_DISTANCE, TIME_PER_INSTRUCTION, TREE_DEPTH

if TYPE_CHECKING:
    from core_vm.machine.program.program import Program

FIXED: Final = "fixed"
"""In `costs`: the cells of all tables of fixed height together."""
_MISALIGNED = ("misaligned_load", "misaligned_store")
_RENEWAL = "renewal"
_TREES = ("program", "memory_leaf", "memory_node", "compression")
_INSTRUCTIONS = tuple(family for family in FAMILIES if family != MISALIGNED_FAMILY)
_TABLES = (*_INSTRUCTIONS, *_MISALIGNED, _RENEWAL, *_TREES)


def row_cells(tables: Iterable[Table]) -> dict[str, int]:
    """What tables cost: the cells of a row by name, and under `FIXED` all that is committed in every shard."""
    known = list(tables)
    fixed = sum(table.width << table.log_height for table in known if table.log_height is not None)
    return {table.name: table.width for table in known if table.log_height is None} | {FIXED: fixed}


@dataclass(frozen=True, slots=True)
class Metered:
    """`cells` bounds what is committed for a shard now. `reserved` is what is taken if every table in use is about to
    begin a new tile: further rows add no more to it than their own cells."""

    cells: int
    reserved: int


class Meter:
    """The cells of one program's shards. `costs` are as `row_cells` makes them.

    Bounds of what a step adds, in cells: `step_cost` for itself, `instruction_cost` for an instruction that the shard
    executes for the first time, `leaf_cost` for a leaf of memory, `node_cost` for a node, `compression_cost` for each
    compression that these need, `tiles_of_memory` for the tiles that they begin; `most_of_a_step` bounds all that a
    step adds which is no call, if tiles are reserved.
    """

    def __init__(self, program: Program, costs: Mapping[str, int]) -> None:
        self._widths = np.array([costs[name] for name in _TABLES], np.int64)
        self._fixed = costs[FIXED]
        self._executions, self._rows = np.zeros(len(FAMILIES), np.int64), np.zeros(len(_TABLES), np.int64)
        self._families = family_numbers(program.instructions)
        self._pc_index = program.pc_index.astype(np.int64)
        listed = self._pc_index[program.has_code]
        _, self.leaf_cost, self.node_cost, self.compression_cost = (costs[name] for name in _TREES)
        row_of_a_step = int(self._widths[: _TABLES.index(_RENEWAL)].max())
        # A step's share of the renewals; what there is of them, in rows, grows in leaps of `NUM_REGISTERS`.
        renewals = -(-costs[_RENEWAL] * NUM_REGISTERS * TIME_PER_INSTRUCTION // RENEWAL_DISTANCE)
        self.step_cost = max(1, row_of_a_step + renewals)
        # Below the node where all of the program's paths meet, a new one may be new; its table's first tile is too.
        depth = int(listed[0] ^ listed[-1]).bit_length()
        path = depth * (self.node_cost + self.compression_cost)
        self.instruction_cost = costs["program"] + self.compression_cost + path + (TILE - 1) * self.step_cost
        self.tiles_of_memory = (TILE - 1) * (self.leaf_cost + self.node_cost + self.compression_cost)
        self.most_of_a_step = self.step_cost + self.instruction_cost + self.memory_bound(2, 1)

    def memory_bound(self, num_leaves: int, num_blocks: int) -> int:
        """At most so many cells are needed to open and change `num_leaves` leaves that lie in `num_blocks` blocks."""
        num_nodes = num_leaves + 2 * TREE_DEPTH * num_blocks
        leaves = num_leaves * (self.leaf_cost + 2 * self.compression_cost)
        return leaves + num_nodes * (self.node_cost + 2 * self.compression_cost)

    def measure(
        self,
        counts: np.ndarray,
        misaligned: np.ndarray,
        num_leaves: int,
        num_nodes: int,
        num_compressions: int,
        call_cells: int,
    ) -> Metered:
        """Of a shard that executed slot s counts[s] times, with `misaligned` (loads and stores, in the order of their
        actions) accesses and so many leaves and nodes of the memory tree and compressions, for it and for calls."""
        # Who verifies asks for `row_cells` alone, and needs no compiler.
        from core_vm.machine.execute.metering_kernels import measure_tables

        cells, reserved = measure_tables(
            counts, self._families, self._pc_index, misaligned, FAMILY_OF_ACCESS, self._widths, self._executions,
            self._rows, num_leaves, num_nodes, num_compressions,
        )  # fmt: skip
        always = self._fixed + call_cells
        return Metered(cells + always, reserved + always)
