"""The fast interpreter: runs until its budget of cells is used up, logs what it touches first, meters by slot.

Every memory access is checked against the mark of its leaf; the first one in a shard saves the leaf's content and
marks its path to the root of the memory tree, and so does the first store, so that the nodes that the shard opens and
those that it changes are known exactly. In shard n a mark is 2 n for opened and 2 n + 1 for stored to; at the start it
is 1 above everything that is loaded, so that 0 says: all zero since the run began. The first access is also where a
leaf that the program does not own is noticed, at no cost to all the others.

What a guest does decides how much is logged, and nobody checks an index: see `touch` for why the log never overflows.
"""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.machine.execute.actions import ACCESSES, Action
from core_vm.machine.execute.arithmetic_kernels import compute, is_below
from core_vm.machine.execute.call_kernels import (
    MAX_OPERANDS,
    compute_call,
    is_written,
    operand_span,
    read_call,
    read_operands,
)
from core_vm.machine.execute.calls import CallField, CallKind
from core_vm.state.memory_map import ADDRESS_LIMIT, TREE_DEPTH

# Places in the state array (int64) that the driver and the kernel share.
SLOT, PREVIOUS_SLOT, BUDGET, STEP_COST, LEAF_COST, NODE_COST, MARK, NUM_TOUCHED, NUM_NODES, NUM_STEPS = range(10)
STATUS, FAULT, NUM_MISALIGNED, CALL_KIND, NULL_END, GUARD_START, GUARD_END = range(10, 17)
NUM_COMPRESSIONS, COMPRESSION_COST, INSTRUCTION_COST, CALL_IS_ADMITTED, OWED = range(17, 22)
MISALIGNED_OF_ACTION = 22
"""From here on one place for each load and store, in the order of the actions."""
STATE_SIZE = MISALIGNED_OF_ACTION + len(ACCESSES)

# Why the kernel returned.
BUDGET_USED, ENVIRONMENT_CALL, NO_INSTRUCTION, BAD_ADDRESS, BAD_JUMP, NOT_OWNED = range(6)

_LIMIT = np.uint64(ADDRESS_LIMIT)
_LEAF_HEAP = np.uint64(2**TREE_DEPTH)
_THREE, _FIVE = np.uint64(3), np.uint64(5)

_LB, _LH, _LW, _LD = int(Action.LB), int(Action.LH), int(Action.LW), int(Action.LD)
_LBU, _LHU, _LWU = int(Action.LBU), int(Action.LHU), int(Action.LWU)
_SB, _SH, _SW, _SD = int(Action.SB), int(Action.SH), int(Action.SW), int(Action.SD)
_BEQ, _BNE, _BLT, _BGE = int(Action.BEQ), int(Action.BNE), int(Action.BLT), int(Action.BGE)
_BLTU, _BGEU = int(Action.BLTU), int(Action.BGEU)
_JUMP, _JUMP_LINK, _JALR = int(Action.JUMP), int(Action.JUMP_LINK), int(Action.JALR)
_ECALL, _PRECOMPILE = int(Action.ECALL), int(CallKind.PRECOMPILE)
_COMPUTE, _CELLS, _COUNT = int(CallField.COMPUTE), int(CallField.CELLS), int(CallField.COUNT)
_DWORDS, _LEAVES, _MOST_CELLS = int(CallField.DWORDS), int(CallField.LEAVES), int(CallField.MOST_CELLS)
NEW = 128
"""Added to the action, in `code`, of every instruction that the shard has not executed."""
SPARE_LEAVES = 8
"""Room in the log that a stretch starts with and a call leaves."""
_LEAVES_OF_AN_INSTRUCTION = 2
"""An access touches so many at most; only a call, which asks for its room beforehand, touches more."""


@njit
def touch(leaf, is_store, dwords, marks, touched, saved, state):
    """The first access to a leaf of memory, or the first store: log it and mark its path; room for it must be there.

    Where less room is left than an instruction may need, the budget becomes 0: so the stretch ends after the one that
    is being executed, and none starts without that room. 0 is set, not reached by subtracting, because an instruction
    that touches two leaves comes here twice.

    A leaf that the program does not own (`guards.Guards`; leaf indices in state) is not logged: state[STATUS] says so,
    and the budget becomes 0. The instruction is not cut short, for one way out more costs all the others: memory is
    there for it, and the run is over after it.
    """
    if marks[_LEAF_HEAP + leaf] >= 2 * state[MARK]:
        _mark_stored(_LEAF_HEAP + leaf, marks, state)
        return
    place = np.int64(leaf)
    if place < state[NULL_END] or state[GUARD_START] <= place < state[GUARD_END]:
        state[STATUS], state[BUDGET] = NOT_OWNED, 0
        return
    number = state[NUM_TOUCHED]
    touched[number] = leaf
    for place in range(4):
        saved[number, place] = dwords[np.uint64(4) * leaf + np.uint64(place)]
    state[NUM_TOUCHED] = number + 1
    state[NUM_NODES] -= 1  # the leaf itself, which is about to be marked
    state[BUDGET] -= state[LEAF_COST] - state[NODE_COST]
    _mark_opened(_LEAF_HEAP + leaf, marks, state)
    if is_store:
        _mark_stored(_LEAF_HEAP + leaf, marks, state)
    if len(touched) - state[NUM_TOUCHED] < _LEAVES_OF_AN_INSTRUCTION:
        state[BUDGET] = 0


@njit(forceinline=True)
def _mark_opened(node, marks, state):
    """Mark a leaf and its path as opened, and charge the nodes and the compressions of what is there before.

    What is all zero since the run began hashes like empty memory: one compression a level, which `metering.Meter`
    charges once and for all.
    """
    opened, num_nodes, num_compressions = np.uint32(2 * state[MARK]), 0, 0
    while marks[node] < opened:
        num_nodes += 1
        num_compressions += np.int64(marks[node] != 0)
        marks[node] = opened
        node >>= np.uint64(1)
    state[NUM_NODES] += num_nodes
    state[NUM_COMPRESSIONS] += num_compressions
    state[BUDGET] -= num_nodes * state[NODE_COST] + num_compressions * state[COMPRESSION_COST]


@njit(forceinline=True)
def _mark_stored(node, marks, state):
    """Mark an opened leaf and its path as stored to, and charge the compressions of what is there after.

    Where nothing is stored, what is there before and after is one compression, and is proved once.
    """
    stored, num_compressions = np.uint32(2 * state[MARK] + 1), 0
    while marks[node] < stored:
        num_compressions += 1
        marks[node] = stored
        node >>= np.uint64(1)
    state[NUM_COMPRESSIONS] += num_compressions
    state[BUDGET] -= num_compressions * state[COMPRESSION_COST]


@njit
def touch_range(first, last, is_store, dwords, marks, touched, saved, state):
    """Touch the leaves from `first` to `last` as far as they are not marked yet; room for all of them must be there."""
    for leaf in range(np.uint64(first), np.uint64(last) + np.uint64(1)):
        if marks[_LEAF_HEAP + np.uint64(leaf)] < 2 * state[MARK] + is_store:
            touch(np.uint64(leaf), is_store, dwords, marks, touched, saved, state)


@njit(forceinline=True)
def access_log_size(action):
    """log2 of the bytes that a load or store moves."""
    if action == _LD or action == _SD:
        return 3
    if action == _LW or action == _LWU or action == _SW:
        return 2
    if action == _LH or action == _LHU or action == _SH:
        return 1
    return 0


@njit(forceinline=True)
def extend(action, value):
    """What a load puts into its register when `value` has the bytes read in its low end, anything above."""
    if action == _LB:
        return np.int64(np.int8(value))
    if action == _LH:
        return np.int64(np.int16(value))
    if action == _LW:
        return np.int64(np.int32(value))
    if action == _LBU:
        return value & 0xFF
    if action == _LHU:
        return value & 0xFFFF
    if action == _LWU:
        return value & 0xFFFFFFFF
    return value


@njit(forceinline=True)
def access_mask(action):
    """Ones in the low bits that a load or store moves."""
    if action == _SB:
        return np.uint64(0xFF)
    if action == _SH:
        return np.uint64(0xFFFF)
    if action == _SW:
        return np.uint64(0xFFFFFFFF)
    return ~np.uint64(0)


@njit
def load_misaligned(action, first, second, shift):
    """The register value of a load that starts `shift` bits into the dword `first` (int64) and may reach `second`."""
    low = np.int64(np.uint64(first) >> np.uint64(shift))
    return extend(action, low | (second << (64 - shift)))


@njit
def store_misaligned(action, first, second, shift, value):
    """Both dwords after a store that starts `shift` bits into `first` (int64)."""
    mask, moved = access_mask(action), np.uint64(value) & access_mask(action)
    up, down = np.uint64(shift), np.uint64(64 - shift)
    new_first = (np.uint64(first) & ~(mask << up)) | (moved << up)
    new_second = (np.uint64(second) & ~(mask >> down)) | (moved >> down)
    return np.int64(new_first), np.int64(new_second)


@njit(forceinline=True)
def slot_of_address(address, ranges):
    """The slot of the instruction at a byte address (uint64), or -1."""
    index = np.int64(address >> np.uint64(2))
    if address & np.uint64(3):
        return np.int64(-1)
    for segment in range(ranges.shape[0]):
        if 0 <= index - ranges[segment, 0] < ranges[segment, 1]:
            return index - ranges[segment, 0] + ranges[segment, 2]
    return np.int64(-1)


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
def _call_precompile(registers, dwords, marks, touched, saved, calls, state):
    """Run the call in registers if it is a precompile's and ready; otherwise the driver finds in state what it is."""
    state[CALL_KIND], state[FAULT] = read_call(registers, calls)
    if state[CALL_KIND] != _PRECOMPILE:
        return False
    call = calls[state[FAULT]]
    if call[_COMPUTE] == 0 or state[NUM_TOUCHED] + call[_LEAVES] + SPARE_LEAVES > len(touched):
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
            state[FAULT], state[BUDGET] = 8 * first, 0
            return True
    values = np.empty(call[_DWORDS], np.uint64)
    read_operands(call, registers, dwords, values)
    compute_call(call, registers, dwords, values)
    call[_COUNT] += 1
    state[BUDGET] -= call[_CELLS]
    return True


@njit(cache=True, nogil=True)
def run(code, pc_index, ranges, registers, bytes_, halves, words, dwords, marks, touched, saved, calls, counts, state):
    """Execute from state[SLOT] until the budget is used up, a call of the environment or a trap; sets state[STATUS].

    code (slots, 2) int64 and pc_index (slots,) as `actions.pack_code` and `Program` make them; registers (64,) int64;
    the guest's memory as int8, int16, int32 and int64; marks, touched, saved, state as described above; calls as in
    `calls.CallTable`; counts (slots,) int64 grows by the executions of each slot. A trap is at state[SLOT]; what
    touches memory that is not owned is done, and at state[PREVIOUS_SLOT]; state[FAULT] is the address to blame.

    An ECALL that is left for the driver is at state[SLOT], uncounted: all that is no precompile's, and one that needs
    room in the log, its function loaded, or more cells than the budget has for sure (state[CALL_IS_ADMITTED]: the
    driver knows better). Then state[CALL_KIND] is its kind and state[FAULT] the precompile's place.

    What the shard executes for the first time has NEW in its word, so that it costs the others nothing to notice: the
    bit is taken away, and the instruction is paid for at the next such one, so that it is executed for sure.
    """
    slot, previous, steps = state[SLOT], state[PREVIOUS_SLOT], 0
    step_cost, opened = state[STEP_COST], np.uint32(2 * state[MARK])
    state[OWED] = 0
    budget = state[BUDGET]
    state[STATUS] = BUDGET_USED
    while budget > 0:
        word, immediate = code[slot, 0], code[slot, 1]
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
                is_store = np.uint32(action >= _SB)
                if marks[_LEAF_HEAP + leaf] < opened | is_store:
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
                if budget <= 0:
                    break
                code[slot, 0], state[OWED] = word ^ NEW, state[INSTRUCTION_COST]
                continue
            is_done = False
            if action == _ECALL:
                state[BUDGET] = budget
                is_done = _call_precompile(registers, dwords, marks, touched, saved, calls, state)
                budget = state[BUDGET]
            if not is_done:
                counts[slot] -= 1
                budget += step_cost
                steps -= 1
                state[STATUS] = ENVIRONMENT_CALL if action == _ECALL else NO_INSTRUCTION
                break
        previous, slot = slot, following
    state[SLOT], state[PREVIOUS_SLOT], state[BUDGET] = slot, previous, budget - state[OWED]
    state[NUM_STEPS] += steps


@njit(forceinline=True)
def is_taken(action, a, b):
    """Whether a branch comparing a and b (int64) goes to its target."""
    if action == _BEQ:
        return a == b
    if action == _BNE:
        return a != b
    if action == _BLT:
        return a < b
    if action == _BGE:
        return a >= b
    if action == _BLTU:
        return is_below(a, b)
    return not is_below(a, b)
