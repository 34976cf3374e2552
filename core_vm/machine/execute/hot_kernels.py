"""Between the interpreter and a program's compiled blocks (`hot`): either calls the other by its address."""

from __future__ import annotations

import numpy as np
from llvmlite import ir

from core_vm.host.kernel_cache import callback
from core_vm.host.kernel_language import intrinsic, types
from core_vm.machine.execute.pending_kernels import cost_of_a_touch, limit_pending, settle
from core_vm.machine.execute.places import (
    ACCESS_IS_STORE,
    ACCESS_SIZE,
    BUDGET,
    FAULT,
    GUARD_END,
    GUARD_START,
    LOG_ROOM,
    NULL_END,
    NUM_PENDING,
    NUM_SETTLED,
    NUM_TOUCHED,
    PENDING_ROOM,
)
from core_vm.machine.execute.touch_kernels import LEAVES_OF_AN_INSTRUCTION, touch
from core_vm.state.memory_map import ADDRESS_LIMIT


@intrinsic
def call_hot(_, address, shared, dwords, marks, block_numbers):
    """What the function at `address` (int64; see `hot.function`) returns for these arrays."""
    arrays = (shared, dwords, marks, block_numbers)

    def generate(context, b, signature, args):
        pointers = [
            context.make_array(kind)(context, b, array).data
            for kind, array in zip(signature.args[1:], args[1:], strict=True)
        ]
        function = ir.FunctionType(ir.IntType(64), [pointer.type for pointer in pointers]).as_pointer()
        return b.call(b.inttoptr(args[0], function), pointers)

    return types.int64(types.int64, *arrays), generate


@callback("int64, int64, int64*, uint8*, uint64*, int64*, int64*, int64*")
def touch_first(address, access, dwords, marks, touched, saved, pending, state):
    """The first access to a leaf, or the first store, of compiled code; 0 if that is left to the interpreter.

    Whatever is pending is charged before, and this touch is charged at once.

    Left to the interpreter is whatever ends a run or a stretch: a wrong or misaligned address, a leaf that the program
    does not own, a log that would be full behind it (so the budget is never set to 0 in the middle of a block), a
    budget that might not last behind the block, which is charged already. `access` is made of what `places` says.
    """
    most_pending = max(state[PENDING_ROOM], state[NUM_PENDING])
    settle(marks, touched, pending, state)
    is_store, log_size = (access >> ACCESS_IS_STORE) & 1, (access >> ACCESS_SIZE) & 3
    if np.uint64(address) >= np.uint64(ADDRESS_LIMIT) or address & ((1 << log_size) - 1):
        return 0
    place = address >> 5
    if state[BUDGET] <= cost_of_a_touch(state) or state[LOG_ROOM] - state[NUM_TOUCHED] <= LEAVES_OF_AN_INSTRUCTION:
        return 0
    if place < state[NULL_END] or state[GUARD_START] <= place < state[GUARD_END]:
        return 0
    state[FAULT] = address
    touch(np.uint64(place), is_store, dwords, marks, touched, saved, state)
    state[NUM_SETTLED] = state[NUM_TOUCHED]
    limit_pending(most_pending, state)
    return 1


@callback("uint8*, uint64*, int64*, int64*")
def settle_pending(marks, touched, pending, state):
    """Charge what is pending; always 1."""
    settle(marks, touched, pending, state)
    return 1
