"""The recording interpreter: replays a shard and keeps one row of values and times for each instruction."""

from __future__ import annotations

import numpy as np

from core_vm.field.kernel_cache import njit
from core_vm.machine.actions import Action
from core_vm.machine.arithmetic_kernels import compute
from core_vm.machine.execute_kernels import (
    access_log_size,
    access_mask,
    extend,
    is_taken,
    load_misaligned,
    slot_of_address,
    store_misaligned,
)
from core_vm.machine.memory_map import ADDRESS_LIMIT

# Places in the state array (int64).
SLOT, STEPS_LEFT, TIME, NUM_MISALIGNED, IS_BROKEN = range(5)
STATE_SIZE = 8

_LB, _SB, _BEQ, _JUMP = int(Action.LB), int(Action.SB), int(Action.BEQ), int(Action.JUMP)
_JUMP_LINK, _JALR, _ECALL = int(Action.JUMP_LINK), int(Action.JALR), int(Action.ECALL)
_SEVEN = np.uint64(7)
_LAST_DWORD = np.uint64(ADDRESS_LIMIT // 8 - 1)


@njit
def _record_misaligned(action, address, value, dwords, times, misaligned, state):
    """Do the access at time state[TIME] + 2; fields 6 to 9 of its row. Returns what a load puts into its register."""
    first = address >> np.uint64(3)
    second = first + np.uint64(1)
    shift = np.int64(address & _SEVEN) * 8
    row = misaligned[state[NUM_MISALIGNED]]
    row[5] = np.int64(times[first]) << 32
    row[6], row[8], row[9] = dwords[first], dwords[second], times[second]
    times[first] = times[second] = state[TIME] + 2
    if action >= _SB:
        dwords[first], dwords[second] = store_misaligned(action, row[6], row[8], shift, value)
        row[7] = dwords[first]
        return row[7]
    row[7] = load_misaligned(action, row[6], row[8], shift)
    return row[7]


@njit(cache=True, nogil=True)
def replay(code, families, pc_index, ranges, registers, register_times, dwords, times, events, cursors, misaligned,
           counts, state):  # fmt: skip
    """Execute state[STEPS_LEFT] instructions from state[SLOT], or up to an ECALL, which is left for the driver.

    events (int64, flat) gets the rows of every family, of 8 words, from cursors[family, 0], which grows, up to
    cursors[family, 1]; misaligned (rows, 10) int64;
    times (dwords,) and register_times (64,) hold the time of each one's last access; counts (slots,) as in fast mode.
    The shard ran before without a trap; a record of something else must not reach beyond these arrays, so an address
    outside memory or a row too many sets state[IS_BROKEN] and ends the replay.
    """
    slot, time, left = state[SLOT], state[TIME], state[STEPS_LEFT]
    while left > 0:
        word, immediate = code[slot, 0], code[slot, 1]
        action = word & 255
        if action == _ECALL:
            break
        rs1, rs2, rd = (word >> 16) & 63, (word >> 24) & 63, (word >> 8) & 63
        a, a_time = registers[rs1], register_times[rs1]
        register_times[rs1] = time
        b, b_time = registers[rs2], register_times[rs2]
        register_times[rs2] = time + 1
        old, old_time = registers[rd], register_times[rd]
        register_times[rd] = time + 3
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
            row[5] |= old_time
        else:
            cursors[families[slot], 0] = cursor + 8
            row = events[cursor : cursor + 8]
            row[5], row[6], row[7] = old_time | memory_time << 32, memory_before, result
        row[0] = np.int64(pc_index[slot]) | time << 32
        row[1], row[2], row[3] = a, b, old
        row[4] = a_time | b_time << 32
        slot = following
        time += 4
        left -= 1
    state[SLOT], state[TIME], state[STEPS_LEFT] = slot, time, left
