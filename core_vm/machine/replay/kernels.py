"""The recording interpreter: replays a shard and keeps one row of values and times for each instruction."""

from __future__ import annotations

import numpy as np

from core_vm.host.kernel_cache import njit
from core_vm.machine.event_words import EVENT_WIDTH, EcallWord, EventWord, RenewalWord
from core_vm.machine.execute.access_kernels import (
    access_log_size,
    access_mask,
    extend,
    load_misaligned,
    store_misaligned,
)
from core_vm.machine.execute.actions import Action
from core_vm.machine.execute.arithmetic_kernels import compute
from core_vm.machine.execute.branch_kernels import is_taken, slot_of_address
from core_vm.machine.execute.call_kernels import MAX_OPERANDS, compute_call, operand_span, read_call, read_operands
from core_vm.machine.execute.calls import NUMBER_REGISTER, RESULT_REGISTER, CallField, CallKind
from core_vm.state.memory_map import ADDRESS_LIMIT, NEAR, NUM_REGISTERS, RENEWAL_DISTANCE, TIME_PER_INSTRUCTION

# Places in the state array (int64).
SLOT, STEPS_LEFT, TIME, NUM_MISALIGNED, IS_BROKEN, NUM_ECALLS, CALL_KIND, FAULT, NUM_RENEWALS = range(9)
STATE_SIZE = 9
LOG_HEADER = 4
"""Words of a logged call before its operands: time, x10, x11, x12."""

_LB, _SB, _BEQ, _JUMP = int(Action.LB), int(Action.SB), int(Action.BEQ), int(Action.JUMP)
_JUMP_LINK, _JALR, _ECALL = int(Action.JUMP_LINK), int(Action.JALR), int(Action.ECALL)
_WRITE, _PRECOMPILE = int(CallKind.WRITE), int(CallKind.PRECOMPILE)
_DWORDS, _LOG_CURSOR, _LOG_END = int(CallField.DWORDS), int(CallField.LOG_CURSOR), int(CallField.LOG_END)
_WHEN, _RS1, _RS2, _RD = int(EventWord.WHEN), int(EventWord.RS1), int(EventWord.RS2), int(EventWord.RD)
_SOURCE_TIMES, _OTHER_TIMES = int(EventWord.SOURCE_TIMES), int(EventWord.OTHER_TIMES)
_MEMORY, _RESULT = int(EventWord.MEMORY), int(EventWord.RESULT)
_SECOND, _SECOND_TIME = int(EventWord.SECOND), int(EventWord.SECOND_TIME)
_X17, _X10, _X11, _X12 = int(EcallWord.X17), int(EcallWord.X10), int(EcallWord.X11), int(EcallWord.X12)
_TIMES_OF_X17_X10, _TIMES_OF_X11_X12 = int(EcallWord.TIMES_OF_X17_X10), int(EcallWord.TIMES_OF_X11_X12)
_CALL_WHEN, _CALL_RESULT, _CALL_KIND = int(EcallWord.WHEN), int(EcallWord.RESULT), int(EcallWord.KIND)
_REGISTER, _VALUE, _PREVIOUS, _TIME = (int(word) for word in RenewalWord)
_EVENT_WIDTH = int(EVENT_WIDTH)
_SEVEN = np.uint64(7)
_LAST_DWORD = np.uint64(ADDRESS_LIMIT // 8 - 1)


@njit
def _renewed(register, value, previous, renewals, state):
    """The time of an operand's last access as the access at state[TIME] or a little later finds it.

    That is `previous`, or a later time if the register, which holds `value`, had to be renewed: to the last multiple of
    `NEAR` before state[TIME], which is later than a `previous` so far away, and near to all of the instruction's
    accesses. Registers of the interpreter alone have no messages, and none for which there is no room: then the replay
    is broken."""
    if state[TIME] - previous < RENEWAL_DISTANCE or register >= NUM_REGISTERS:
        return previous
    if state[NUM_RENEWALS] >= len(renewals):
        state[IS_BROKEN] = 1
        return previous
    row, renewed = renewals[state[NUM_RENEWALS]], (state[TIME] - 1) // NEAR * NEAR
    row[_REGISTER], row[_VALUE], row[_PREVIOUS], row[_TIME] = register, value, previous, renewed
    state[NUM_RENEWALS] += 1
    return renewed


@njit
def _record_misaligned(action, address, value, dwords, times, misaligned, state):
    """Do the access at time state[TIME] + 2, and tell its row. Returns what a load puts into its register."""
    first = address >> np.uint64(3)
    second = first + np.uint64(1)
    shift = np.int64(address & _SEVEN) * 8
    row = misaligned[state[NUM_MISALIGNED]]
    row[_OTHER_TIMES] = np.int64(times[first]) << 32
    row[_MEMORY], row[_SECOND], row[_SECOND_TIME] = dwords[first], dwords[second], times[second]
    times[first] = times[second] = state[TIME] + 2
    if action >= _SB:
        dwords[first], dwords[second] = store_misaligned(action, row[_MEMORY], row[_SECOND], shift, value)
        row[_RESULT] = dwords[first]
        return row[_RESULT]
    row[_RESULT] = load_misaligned(action, row[_MEMORY], row[_SECOND], shift)
    return row[_RESULT]


@njit
def _record_precompile(call, time, registers, dwords, times, log):
    """Run a call and log it, if there is room and it has a result.

    A log is a header, then of all operands' dwords the values before the call, the times of their last accesses, and
    the values after it. Operand k is accessed at time + 1 + k."""
    count = call[_DWORDS]
    start, end = call[_LOG_CURSOR], call[_LOG_CURSOR] + LOG_HEADER + 3 * count
    if end > call[_LOG_END]:
        return False
    call[_LOG_CURSOR] = end
    row = log[start:end]
    row[0], row[1], row[2], row[3] = time, registers[10], registers[11], registers[12]
    before, previous, after = row[LOG_HEADER:], row[LOG_HEADER + count :], row[LOG_HEADER + 2 * count :]
    at = 0
    for k in range(MAX_OPERANDS):
        first, num_dwords = operand_span(call, k, registers)
        for i in range(first, first + num_dwords):
            previous[at], times[i] = times[i], time + 1 + k
            at += 1
    read_operands(call, registers, dwords, before)
    read_operands(call, registers, dwords, after)
    return compute_call(call, registers, dwords, after)


@njit
def _record_call(index, registers, register_times, dwords, times, calls, log, ecalls, renewals, state):
    """Replay the ECALL at instruction `index` and fill its row. False if the record allows no such call."""
    time, number = state[TIME], state[NUM_ECALLS]
    kind, place = read_call(registers, calls)
    state[CALL_KIND], state[FAULT] = kind, place
    if kind > _PRECOMPILE or number >= len(ecalls):
        return False
    row = ecalls[number]
    row[_CALL_WHEN], row[_CALL_KIND], row[_CALL_KIND + 1 :] = index | time << 32, kind, 0
    row[_X17], row[_X10], row[_X11], row[_X12] = registers[NUMBER_REGISTER], registers[10], registers[11], registers[12]
    for register in (NUMBER_REGISTER, 10, 11, 12):
        register_times[register] = _renewed(register, registers[register], register_times[register], renewals, state)
    if state[IS_BROKEN]:
        return False
    row[_TIMES_OF_X17_X10] = register_times[NUMBER_REGISTER] | register_times[10] << 32
    row[_TIMES_OF_X11_X12] = register_times[11] | register_times[12] << 32
    register_times[NUMBER_REGISTER] = register_times[11] = register_times[12] = time
    if kind == _PRECOMPILE and not _record_precompile(calls[place], time, registers, dwords, times, log):
        return False
    if kind == _WRITE:
        registers[RESULT_REGISTER] = registers[12]
    register_times[RESULT_REGISTER], row[_CALL_RESULT] = time + 3, registers[RESULT_REGISTER]
    state[NUM_ECALLS] += 1
    return True


@njit(cache=True, nogil=True)
def replay(code, families, pc_index, ranges, registers, register_times, dwords, times, events, cursors, misaligned,
           calls, log, ecalls, renewals, counts, state):  # fmt: skip
    """Execute state[STEPS_LEFT] instructions from state[SLOT].

    events (int64, flat) gets the rows of every family, as `event_words` says, from cursors[family, 0], which grows, up
    to cursors[family, 1]; misaligned, ecalls and renewals (rows, width) int64; calls as in `calls.CallTable`, whose
    cursors lead into log (uint64, flat);
    times (dwords,) and register_times (64,) hold the time of each one's last access; counts (slots,) as in fast mode.
    The shard ran before without a trap; a record of something else must not reach beyond these arrays, so an address
    outside memory, a row too many, a trap or a refused call (state[CALL_KIND]) sets state[IS_BROKEN] and ends it.
    """
    slot, time, left = state[SLOT], state[TIME], state[STEPS_LEFT]
    while left > 0:
        word, immediate = code[slot, 0], code[slot, 1]
        action = word & 255
        if action == _ECALL:
            state[TIME] = time
            if not _record_call(
                np.int64(pc_index[slot]), registers, register_times, dwords, times, calls, log, ecalls, renewals, state
            ):
                state[IS_BROKEN] = 1
                break
            counts[slot] += 1
            slot += 1
            time += TIME_PER_INSTRUCTION
            left -= 1
            continue
        if action > _ECALL:
            state[IS_BROKEN] = 1
            break
        rs1, rs2, rd = (word >> 16) & 63, (word >> 24) & 63, (word >> 8) & 63
        a, a_time = registers[rs1], register_times[rs1]
        register_times[rs1] = time
        b, b_time = registers[rs2], register_times[rs2]
        register_times[rs2] = time + 1
        old, old_time = registers[rd], register_times[rd]
        register_times[rd] = time + 3
        if time - min(a_time, b_time, old_time) >= RENEWAL_DISTANCE:
            state[TIME] = time
            a_time = _renewed(rs1, a, a_time, renewals, state)
            b_time = _renewed(rs2, b, b_time, renewals, state)
            old_time = _renewed(rd, old, old_time, renewals, state)
            if state[IS_BROKEN]:
                break
        counts[slot] += 1
        following = slot + 1
        cursor, family_end = cursors[families[slot], 0], cursors[families[slot], 1]
        if cursor >= family_end:
            state[IS_BROKEN] = 1
            break
        result, memory_before, memory_time = np.int64(0), np.int64(0), np.int64(0)
        is_misaligned = False
        if action < _LB:
            result = compute(action, a, b + immediate)
        elif action < _BEQ:
            address = np.uint64(a + immediate)
            if address >> np.uint64(3) > _LAST_DWORD:
                state[IS_BROKEN] = 1
                break
            if address & np.uint64((1 << access_log_size(action)) - 1):
                is_misaligned = True
                state[TIME] = time
                if state[NUM_MISALIGNED] >= len(misaligned) or address >> np.uint64(3) == _LAST_DWORD:
                    state[IS_BROKEN] = 1
                    break
                result = _record_misaligned(action, address, b, dwords, times, misaligned, state)
            else:
                dword, shift = address >> np.uint64(3), (address & _SEVEN) << np.uint64(3)
                memory_before, memory_time = dwords[dword], np.int64(times[dword])
                times[dword] = time + 2
                if action >= _SB:
                    mask = access_mask(action) << shift
                    moved = (np.uint64(b) << shift) & mask
                    result = np.int64((np.uint64(memory_before) & ~mask) | moved)
                    dwords[dword] = result
                else:
                    result = extend(action, np.int64(np.uint64(memory_before) >> shift))
        elif action < _JUMP:
            if is_taken(action, a, b):
                following = word >> 32
        elif action == _JALR:
            result = (np.int64(pc_index[slot]) + 1) * 4
            following = slot_of_address(np.uint64((a + immediate) & -2), ranges)
        else:
            result = immediate
            following = word >> 32
        registers[rd] = result
        if is_misaligned:
            row = misaligned[state[NUM_MISALIGNED]]
            state[NUM_MISALIGNED] += 1
            row[_OTHER_TIMES] |= old_time
        else:
            cursors[families[slot], 0] = cursor + _EVENT_WIDTH
            row = events[cursor : cursor + _EVENT_WIDTH]
            row[_OTHER_TIMES], row[_MEMORY], row[_RESULT] = old_time | memory_time << 32, memory_before, result
        row[_WHEN] = np.int64(pc_index[slot]) | time << 32
        row[_RS1], row[_RS2], row[_RD] = a, b, old
        row[_SOURCE_TIMES] = a_time | b_time << 32
        slot = following
        time += TIME_PER_INSTRUCTION
        left -= 1
    state[SLOT], state[TIME], state[STEPS_LEFT] = slot, time, left
