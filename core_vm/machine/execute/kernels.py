"""The fast interpreter: runs until its budget of cells is used up, logs what it touches first, meters by slot.

Every memory access is checked against the mark of its leaf; see `touch_kernels` for what the marks say.
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import borrowing_njit, njit
from core_vm.machine.execute.access_kernels import access_log_size, load_misaligned, store_misaligned
from core_vm.machine.execute.actions import Action
from core_vm.machine.execute.arithmetic_kernels import compute
from core_vm.machine.execute.branch_kernels import is_taken, slot_of_address
from core_vm.machine.execute.call_kernels import (
    MAX_OPERANDS,
    compute_call,
    is_written,
    operand_span,
    read_call,
    read_operands,
)
from core_vm.machine.execute.calls import CallField, CallKind
from core_vm.machine.execute.hot_kernels import call_hot
from core_vm.machine.execute.pending_kernels import reserve
from core_vm.machine.execute.places import (
    BAD_ADDRESS,
    BAD_JUMP,
    BLOCK_HEAD,
    BLOCK_STOP,
    BUDGET,
    BUDGET_USED,
    CALL_IS_ADMITTED,
    CALL_KIND,
    COUNTS_AT,
    ENVIRONMENT_CALL,
    FAULT,
    HOT,
    HOT_FUNCTION,
    INSTRUCTION_COST,
    LOG_BLOCK,
    LOG_ROOM,
    MARK,
    MISALIGNED_OF_ACTION,
    NEW,
    NEW_BLOCK,
    NO_INSTRUCTION,
    NOT_OWNED,
    NUM_HOT_STEPS,
    NUM_MISALIGNED,
    NUM_STEPS,
    NUM_TOUCHED,
    OWED,
    PAUSE_AT,
    PREVIOUS_SLOT,
    SLOT,
    SPARE_LEAVES,
    STATUS,
    STEP_COST,
)
from core_vm.machine.execute.touch_kernels import LEAF_HEAP, touch, touch_range
from core_vm.state.memory_map import ADDRESS_LIMIT

_LIMIT = np.uint64(ADDRESS_LIMIT)
_THREE, _FIVE = np.uint64(3), np.uint64(5)

_LB, _LH, _LW, _LD = int(Action.LB), int(Action.LH), int(Action.LW), int(Action.LD)
_LBU, _LHU, _LWU = int(Action.LBU), int(Action.LHU), int(Action.LWU)
_SB, _SH, _SW, _SD = int(Action.SB), int(Action.SH), int(Action.SW), int(Action.SD)
_BEQ, _JUMP, _JUMP_LINK, _JALR = int(Action.BEQ), int(Action.JUMP), int(Action.JUMP_LINK), int(Action.JALR)
_ECALL, _PRECOMPILE, _NO_RESULT = int(Action.ECALL), int(CallKind.PRECOMPILE), int(CallKind.NO_RESULT)
_COMPUTE, _CELLS, _COUNT = int(CallField.COMPUTE), int(CallField.CELLS), int(CallField.COUNT)
_LEAVES, _MOST_CELLS = int(CallField.LEAVES), int(CallField.MOST_CELLS)


@njit
def _access_misaligned(action, address, rd, value, registers, dwords, marks, touched, saved, state):
    """A load or store at an address that is no multiple of its size: it touches two dwords, needed or not."""
    first = address >> _THREE
    second = first + np.uint64(1)
    if second << _THREE >= _LIMIT:
        state[STATUS] = BAD_ADDRESS
        return
    is_store = np.int64(action >= _SB)
    touch_range(address >> _FIVE, second >> np.uint64(2), is_store, dwords, marks, touched, saved, state)
    shift = np.int64(address & np.uint64(7)) * 8
    state[NUM_MISALIGNED] += 1
    state[MISALIGNED_OF_ACTION + action - _LB] += 1
    if action >= _SB:
        dwords[first], dwords[second] = store_misaligned(action, dwords[first], dwords[second], shift, value)
    else:
        registers[rd] = load_misaligned(action, dwords[first], dwords[second], shift)


@njit
def _call_precompile(registers, dwords, marks, touched, saved, calls, values, state):
    """Run the call in registers if it is a precompile's and ready; otherwise the driver finds in state what it is."""
    state[CALL_KIND], state[FAULT] = read_call(registers, calls)
    if state[CALL_KIND] != _PRECOMPILE:
        return False
    call = calls[state[FAULT]]
    if call[_COMPUTE] == 0 or state[NUM_TOUCHED] + call[_LEAVES] + SPARE_LEAVES > state[LOG_ROOM]:
        return False
    if call[_MOST_CELLS] > state[BUDGET] and not state[CALL_IS_ADMITTED]:
        return False
    state[CALL_IS_ADMITTED] = 0
    for k in range(MAX_OPERANDS):
        first, count = operand_span(call, k, registers)
        if count:
            is_store = np.int64(is_written(call, k))
            touch_range(first >> 2, (first + count - 1) >> 2, is_store, dwords, marks, touched, saved, state)
        if state[STATUS] == NOT_OWNED:
            state[FAULT] = 8 * first
            return True
    read_operands(call, registers, dwords, values)
    if not compute_call(call, registers, dwords, values):
        state[CALL_KIND] = _NO_RESULT
        return False
    call[_COUNT] += 1
    state[BUDGET] -= call[_CELLS]
    return True


@njit
def _run_hot(shared, dwords, marks, counts, blocks, block_numbers, state):
    """Let compiled blocks run from state[SLOT], the head of one, as far as they come; returns the slot to go on at.

    It may be the same: what they leave to the interpreter, that one has to execute as it is.
    """
    reserved = reserve(state)
    result = call_hot(state[HOT_FUNCTION], shared, dwords, marks, block_numbers)
    state[BUDGET] += reserved
    slot, executed = result >> LOG_BLOCK, (result & ((1 << LOG_BLOCK) - 1)) - 1
    if executed >= 0:  # in a block, which was counted and charged as a whole
        number = block_numbers[slot - executed] - 1
        shared[COUNTS_AT + number] -= 1
        state[BUDGET] += (blocks[number, BLOCK_STOP] - blocks[number, BLOCK_HEAD]) * state[STEP_COST]
    for before in range(slot - executed, slot):
        counts[before] += 1
    if executed > 0:
        state[PREVIOUS_SLOT] = slot - 1
        state[BUDGET] -= executed * state[STEP_COST]
        state[NUM_STEPS] += executed
        state[NUM_HOT_STEPS] += executed
    return slot


@njit
def _begin_blocks(blocks, code, shared):
    """No block is counted yet; those that are NEW are marked."""
    for block in range(len(blocks)):
        shared[COUNTS_AT + block] = NEW_BLOCK if code[blocks[block, BLOCK_HEAD], 0] & NEW else 0


@njit
def _count_blocks(blocks, shared, counts, state):
    """Count the instructions of the blocks that were executed whole."""
    for block in range(len(blocks)):
        head, stop, times = blocks[block, BLOCK_HEAD], blocks[block, BLOCK_STOP], shared[COUNTS_AT + block]
        if times <= 0:
            continue
        for slot in range(head, stop):
            counts[slot] += times
        state[NUM_STEPS] += times * (stop - head)
        state[NUM_HOT_STEPS] += times * (stop - head)


# Otherwise an access that touches nothing new costs two calls that count references: a fifth of a run that sorts.
@borrowing_njit(cache=True, nogil=True)
def run(
    code, pc_index, ranges, registers, bytes_, halves, words, dwords, marks, touched, saved, calls, values, counts,
    blocks, block_numbers, state, shared,
):  # fmt: skip
    """Execute from state[SLOT] until the budget is used up, a call of the environment or a trap; sets state[STATUS].

    A budget of state[PAUSE_AT] or less is left over, this time: a pause, in which the driver may compile something, or
    look how much memory is left. Where the run pauses decides nothing: it goes on as if it had not.

    code (slots, 2) int64 and pc_index (slots,) as `actions.pack_code` and `Program` make them; registers (64,) int64;
    the guest's memory as int8, int16, int32 and int64; marks, touched, saved, state as described above; calls as in
    `calls.CallTable`; values, uint64, has room for the operands of any; counts (slots,) int64 grows by the executions
    of each slot. A trap is at state[SLOT]; what touches memory that is not owned is done, and at state[PREVIOUS_SLOT];
    state[FAULT] is the address to blame.

    An ECALL that is left for the driver is at state[SLOT], uncounted: all that is no precompile's, and one that needs
    room in the log, its function loaded, or more cells than the budget has for sure (state[CALL_IS_ADMITTED]: the
    driver knows better). Then state[CALL_KIND] is its kind and state[FAULT] the precompile's place.

    Where a word has HOT, a compiled block begins (`hot.function`). What its function leaves to the interpreter is
    executed as if HOT were not there, so that the run always gets on. `blocks`, `block_numbers`: see `hot.hot_code`.
    Registers and state are parts of `shared`, as `places` says.

    What the shard executes for the first time has NEW in its word, so that it costs the others nothing to notice: the
    bit is taken away, and the instruction is paid for at the next such one, so that it is executed for sure. No pause
    comes between: what begins a block would be no longer new, and the rest of the block still.
    """
    slot, previous, steps = state[SLOT], state[PREVIOUS_SLOT], 0
    _begin_blocks(blocks, code, shared)
    step_cost, opened = state[STEP_COST], np.uint8(2 * state[MARK])
    budget, pause_at = state[BUDGET], state[PAUSE_AT]
    state[PAUSE_AT] = 0
    state[STATUS] = BUDGET_USED
    word = code[slot, 0]
    while budget > pause_at:
        immediate = code[slot, 1]
        action = word & 255
        a, b = registers[(word >> 16) & 63], registers[(word >> 24) & 63]
        rd = (word >> 8) & 63
        counts[slot] += 1
        budget -= step_cost
        steps += 1
        following = slot + 1
        if action < _LB:
            registers[rd] = compute(action, a, b + immediate)
        elif action < _BEQ:
            address = np.uint64(a + immediate)
            if address >= _LIMIT:
                state[STATUS], state[FAULT] = BAD_ADDRESS, np.int64(address)
                break
            if address & np.uint64((1 << access_log_size(action)) - 1):
                state[BUDGET], state[FAULT] = budget, np.int64(address)
                _access_misaligned(action, address, rd, b, registers, dwords, marks, touched, saved, state)
                budget = state[BUDGET]
                if state[STATUS] == BAD_ADDRESS:
                    break
            else:
                leaf = address >> _FIVE
                is_store = np.uint8(action >= _SB)
                if marks[LEAF_HEAP + leaf] < opened | is_store:
                    state[BUDGET], state[FAULT] = budget, np.int64(address)
                    touch(leaf, np.int64(is_store), dwords, marks, touched, saved, state)
                    budget = state[BUDGET]
                if action == _LD:
                    registers[rd] = dwords[address >> _THREE]
                elif action == _LW:
                    registers[rd] = words[address >> np.uint64(2)]
                elif action == _LBU:
                    registers[rd] = np.int64(bytes_[address]) & 0xFF
                elif action == _LB:
                    registers[rd] = bytes_[address]
                elif action == _LH:
                    registers[rd] = halves[address >> np.uint64(1)]
                elif action == _LHU:
                    registers[rd] = np.int64(halves[address >> np.uint64(1)]) & 0xFFFF
                elif action == _LWU:
                    registers[rd] = np.int64(words[address >> np.uint64(2)]) & 0xFFFFFFFF
                elif action == _SD:
                    dwords[address >> _THREE] = b
                elif action == _SW:
                    words[address >> np.uint64(2)] = np.int32(b)
                elif action == _SH:
                    halves[address >> np.uint64(1)] = np.int16(b)
                else:
                    bytes_[address] = np.int8(b)
        elif action < _JUMP:
            if is_taken(action, a, b):
                following = word >> 32
        elif action == _JUMP:
            following = word >> 32
        elif action == _JUMP_LINK:
            registers[rd] = immediate
            following = word >> 32
        elif action == _JALR:
            address = np.uint64((a + immediate) & -2)
            following = slot_of_address(address, ranges)
            if following < 0:
                state[STATUS], state[FAULT] = BAD_JUMP, np.int64(address)
                break
            registers[rd] = (np.int64(pc_index[slot]) + 1) * 4
        else:
            if action & NEW:
                counts[slot] -= 1
                steps -= 1
                budget += step_cost - state[OWED]
                state[OWED] = 0
                if budget <= pause_at:
                    break
                if block_numbers[slot]:
                    shared[COUNTS_AT + block_numbers[slot] - 1] = 0
                word &= ~(NEW | HOT)
                code[slot, 0] ^= NEW
                state[OWED] = state[INSTRUCTION_COST]
                continue
            if action & HOT:
                counts[slot] -= 1
                steps -= 1
                budget += step_cost
                state[SLOT], state[PREVIOUS_SLOT], state[BUDGET] = slot, previous, budget - pause_at
                slot = _run_hot(shared, dwords, marks, counts, blocks, block_numbers, state)
                previous, budget = state[PREVIOUS_SLOT], state[BUDGET] + pause_at
                word = code[slot, 0] & ~HOT
                continue
            is_done = False
            if action == _ECALL:
                state[BUDGET] = budget
                is_done = _call_precompile(registers, dwords, marks, touched, saved, calls, values, state)
                budget = state[BUDGET]
            if not is_done:
                counts[slot] -= 1
                budget += step_cost
                steps -= 1
                state[STATUS] = ENVIRONMENT_CALL if action == _ECALL else NO_INSTRUCTION
                break
        previous, slot = slot, following
        word = code[slot, 0]
    state[SLOT], state[PREVIOUS_SLOT], state[BUDGET] = slot, previous, budget
    if state[STATUS] != BUDGET_USED or budget <= 0:  # else the stretch goes on as if it had not been interrupted
        state[BUDGET] -= state[OWED]
        state[OWED] = 0
    state[NUM_STEPS] += steps
    _count_blocks(blocks, shared, counts, state)
