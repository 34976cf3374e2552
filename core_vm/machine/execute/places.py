"""Places in the array of integers (int64) that driver and interpreter share, and why the interpreter returned."""

from __future__ import annotations

from core_vm.machine.execute.actions import ACCESSES, NUM_KERNEL_REGISTERS

SLOT, PREVIOUS_SLOT, BUDGET, STEP_COST, LEAF_COST, NODE_COST, MARK, NUM_TOUCHED, NUM_NODES, NUM_STEPS = range(10)
STATUS, FAULT, NUM_MISALIGNED, CALL_KIND, NULL_END, GUARD_START, GUARD_END = range(10, 17)
NUM_COMPRESSIONS, COMPRESSION_COST, INSTRUCTION_COST, CALL_IS_ADMITTED, OWED = range(17, 22)
# Of compiled code: its address, its steps in the shard, where the arrays are that it changes by a call. LOG_ROOM leaves
# may be logged, and the last ones are where the bits of LOG_MASK say: all of them, or those that are pending at least.
HOT_FUNCTION, NUM_HOT_STEPS, DWORDS_AT, MARKS_AT, TOUCHED_AT, SAVED_AT, LOG_ROOM = range(22, 29)
# Of its touches that are not charged yet (`pending_kernels`).
PENDING_AT, NUM_PENDING, PENDING_ROOM, NUM_PENDING_STORES, PENDING_COMPRESSIONS, NUM_SETTLED = range(29, 35)
LOG_MASK, PAUSE_AT = range(35, 37)
MISALIGNED_OF_ACTION = 37
"""From here on one place for each load and store, in the order of the actions."""
STATE_SIZE = MISALIGNED_OF_ACTION + len(ACCESSES)

# The interpreter's registers, its state and the executions of compiled blocks are parts of one array.
STATE_AT = NUM_KERNEL_REGISTERS
COUNTS_AT = STATE_AT + STATE_SIZE
"""In the order of the blocks' numbers: executions that `counts` does not know yet, or less than 0 if the block's first
instruction is NEW."""

# What stands at STATUS. A run that pauses has used up its budget as far as PAUSE_AT.
BUDGET_USED, ENVIRONMENT_CALL, NO_INSTRUCTION, BAD_ADDRESS, BAD_JUMP, NOT_OWNED = range(6)

NEW = 128
"""Added to the action, in `code`, of every instruction that the shard has not executed."""
HOT = 64
"""Added to the action, in `code`, of the first instruction of every block that is compiled (`hot`)."""
BLOCK_HEAD, BLOCK_STOP = range(2)
"""What the kernel knows of a compiled block: its slots."""
NEW_BLOCK = -(2**62)
"""In place of the executions of a block that is NEW: however often it was asked for in vain, less than 0."""
ACCESS_IS_STORE, ACCESS_SIZE = 0, 1
"""From which bit on a word of compiled code says what it accesses: whether it is a store, and log2 of its bytes."""
LOG_BLOCK = 12
"""log2 of a bound of the instructions of a compiled block, and one more."""
SPARE_LEAVES = 8
"""Room in the log that a stretch starts with and a call leaves."""
