"""Calls of a precompile without a machine around them: their events, and what the rest of a trace contributes.

The precompiles here read a block, operand 0, and replace a state, operand 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from core_vm.air.public import PublicMessage
from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from core_vm.tables.buses import CALL, MEMORY
from core_vm.witness.check import Ledger

Compute = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From one call's state and block to its new state."""


def run_calls(
    compute: Compute,
    blocks: np.ndarray,
    states: np.ndarray,
    pointers: np.ndarray | None = None,
    first_time: int = 70001,
) -> PrecompileEvents:
    """The events of calls with `blocks` and `states` (n, dwords), uint64, at consecutive instructions.

    `pointers` (n, 2): state and block; by default apart from one another. Previous times are spread over what came
    before.
    """
    n = len(blocks)
    if pointers is None:
        pointers = 0x1_0000 + 0x100 * np.arange(2 * n, dtype=np.uint64).reshape(n, 2)
    times = (first_time + 4 * np.arange(n)).astype(np.uint32)
    arguments = np.concatenate([pointers, np.zeros((n, 1), dtype=np.uint64)], axis=1)
    random = np.random.default_rng(5)
    previous = [random.integers(0, first_time, values.shape).astype(np.uint32) for values in (blocks, states)]
    after = np.stack([compute(s, b) for b, s in zip(blocks, states, strict=True)]) if n else states
    return PrecompileEvents(
        times, arguments, [pointers[:, 1], pointers[:, 0]], [blocks, states], previous, [blocks, after]
    )


def outside(number: int, events: PrecompileEvents) -> Ledger:
    """What the ecall table and the rest of memory contribute: the call, each dword before, each dword after."""
    ledger: Ledger = defaultdict(int)

    def post(bus_number: int, entries: list[int], count: int) -> None:
        place = (bus_number, *entries)
        ledger[place] = (ledger[place] + count) % P

    for k, time in enumerate(events.times.tolist()):
        arguments = [limb for a in events.arguments[k].tolist() for limb in (a & 0xFFFF, a >> 16)]
        post(CALL.number, [number, time, *arguments], 1)
        for operand in range(2):
            now = time + 1 + operand
            for j, previous in enumerate(events.previous_times[operand][k].tolist()):
                index = int(events.pointers[operand][k]) // 8 + j
                post(MEMORY.number, [index, *limbs_of(events.before[operand][k][j]), previous], 1)
                post(MEMORY.number, [index, *limbs_of(events.after[operand][k][j]), now], -1)
    return ledger


def public_messages(ledger: Ledger) -> tuple[PublicMessage, ...]:
    """The same as a statement has it."""
    buses = {bus.number: bus for bus in (CALL, MEMORY)}
    return tuple(
        PublicMessage(buses[number], count if count < P // 2 else count - P, tuple(entries))
        for (number, *entries), count in ledger.items()
        if count
    )


def limbs_of(dword: int) -> list[int]:
    """Of 16 bits, the lowest first."""
    return [int(dword) >> shift & 0xFFFF for shift in (0, 16, 32, 48)]
