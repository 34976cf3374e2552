"""How many cells a shard's trace will have: what decides where a run is cut.

Counted are the rows of every family, one program row and its tree nodes for each distinct instruction, one leaf and its
new tree nodes for each piece of memory touched, the compressions of all of these, and the precompiles' calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from core_vm.isa.operations import FAMILIES, MISALIGNED_FAMILY
from core_vm.machine.actions import family_numbers
from core_vm.machine.memory_map import NUM_REGISTER_LEAVES, PROGRAM_DEPTH, TREE_DEPTH

if TYPE_CHECKING:
    from core_vm.machine.program import Program

MEMORY_LEAF: Final = "memory_leaf"
MEMORY_NODE: Final = "memory_node"
PROGRAM_ROW: Final = "program"
COMPRESSION: Final = "compression"
FIXED: Final = "fixed"

# Cells a row, near enough to cut by when the caller does not say.
DEFAULT_COSTS: Final[dict[str, int]] = {
    "nop": 3, "add": 29, "addi": 22, "add_word": 28, "addi_word": 21, "logic": 41, "logic_immediate": 28,
    "compare": 32, "compare_immediate": 27, "shift_left": 46, "shift_left_immediate": 39, "shift_left_word": 38,
    "shift_left_word_immediate": 31, "shift_right": 46, "shift_right_immediate": 39, "shift_right_word": 40,
    "shift_right_word_immediate": 33, "constant": 14, "jump": 4, "jump_link": 13, "jalr": 22, "branch_equal": 24,
    "branch_less": 28, "load_double": 26, "load_word": 31, "load_half": 32, "load_byte": 34, "store_double": 26,
    "store_word": 27, "store_half": 34, "store_byte": 37, "misaligned": 80, "multiply": 40, "multiply_word": 31,
    "multiply_high": 52, "divide": 60, "remainder": 60, "divide_word": 46, "remainder_word": 46,
    "ecall": 40, MEMORY_LEAF: 54, MEMORY_NODE: 53, PROGRAM_ROW: 20, COMPRESSION: 157, FIXED: 6 * 2**16,
}  # fmt: skip
_LOADS_AND_STORES = tuple(family for family in FAMILIES if family.startswith(("load_", "store_")))


class Meter:
    """The cost of one program's shards.

    `costs` maps a family or one of the names above to cells (of a row; of the fixed tables); what it leaves out has a
    default. Calls of precompiles are metered as they happen: a precompile says itself what one costs.
    """

    def __init__(self, program: Program, costs: Mapping[str, int] | None) -> None:
        cells = {**DEFAULT_COSTS, **(costs or {})}
        self._pc_index = program.pc_index
        self._slot_cost = np.array([cells[family] for family in FAMILIES], np.int64)[family_numbers(program)]
        self._misaligned = cells[MISALIGNED_FAMILY] - min(cells[family] for family in _LOADS_AND_STORES)
        self.step_cost = max(1, int(self._slot_cost.max()), cells[MISALIGNED_FAMILY])
        self.leaf_cost = cells[MEMORY_LEAF] + 2 * cells[COMPRESSION]
        self.node_cost = cells[MEMORY_NODE] + 2 * cells[COMPRESSION]
        # An instruction of a dense program has about one tree node above it that no other one has.
        self.instruction_cost = cells[PROGRAM_ROW] + cells[MEMORY_NODE] + 2 * cells[COMPRESSION]
        self._path_cost = PROGRAM_DEPTH * (cells[MEMORY_NODE] + cells[COMPRESSION])
        registers = NUM_REGISTER_LEAVES * self.leaf_cost + (TREE_DEPTH + NUM_REGISTER_LEAVES) * self.node_cost
        self._fixed = cells[FIXED] + registers + self._path_cost
        self.num_instructions = int(np.count_nonzero(program.has_code))

    def cells(self, counts: np.ndarray, num_misaligned: int, num_leaves: int, num_nodes: int, call_cells: int) -> int:
        """Cells of a shard that executed slot s counts[s] times."""
        rows = int(counts @ self._slot_cost) + num_misaligned * self._misaligned + call_cells
        memory = num_leaves * self.leaf_cost + num_nodes * self.node_cost
        return self._fixed + rows + memory + self.num_executed(counts) * self.instruction_cost

    def num_executed(self, counts: np.ndarray) -> int:
        """Distinct instructions among those executed."""
        return int(np.count_nonzero(counts))

    def safe_budget(self, remaining: int, counts: np.ndarray) -> int:
        """Cells that may be spent on steps and memory before counting again, so that new instructions fit as well."""
        unseen = (self.num_instructions - self.num_executed(counts)) * self.instruction_cost
        return max(remaining - unseen, remaining // 8)
