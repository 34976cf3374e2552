"""Places in the array of integers (int64) that driver and interpreter share, and why the interpreter returned."""

from __future__ import annotations

from core_vm.machine.execute.actions import ACCESSES

SLOT, PREVIOUS_SLOT, BUDGET, STEP_COST, LEAF_COST, NODE_COST, MARK, NUM_TOUCHED, NUM_NODES, NUM_STEPS = range(10)
STATUS, FAULT, NUM_MISALIGNED, CALL_KIND, NULL_END, GUARD_START, GUARD_END = range(10, 17)
NUM_COMPRESSIONS, COMPRESSION_COST, INSTRUCTION_COST, CALL_IS_ADMITTED, OWED = range(17, 22)
MISALIGNED_OF_ACTION = 22
"""From here on one place for each load and store, in the order of the actions."""
STATE_SIZE = MISALIGNED_OF_ACTION + len(ACCESSES)

# What stands at STATUS.
BUDGET_USED, ENVIRONMENT_CALL, NO_INSTRUCTION, BAD_ADDRESS, BAD_JUMP, NOT_OWNED = range(6)

NEW = 128
"""Added to the action, in `code`, of every instruction that the shard has not executed."""
SPARE_LEAVES = 8
"""Room in the log that a stretch starts with and a call leaves."""
