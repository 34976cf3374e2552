"""The executor runs every conformance guest as an independent emulator does."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.isa.forms import FAMILIES
from core_vm.isa.operations import FAMILY_OF, Operation
from core_vm.machine.replay.recorder import record
from tests.conformance.assembler import Guest
from tests.conformance.emulator import emulate
from tests.conformance.guests import all_guests
from tests.core_vm.machine.running import Executor

REGISTER_LEAVES = 9


@pytest.mark.parametrize("guest", all_guests(), ids=lambda guest: guest.name)
def test_a_guest_ends_as_on_the_emulator(guest: Guest) -> None:
    expected, written = emulate(guest), []
    program = guest.program
    executor = Executor(program, guest.input, on_output=lambda stream, data: written.append((stream, data)))
    (shard,) = executor.shards()
    events = record(program, shard)
    assert executor.summary().exit_code == expected.exit_code == guest.exit_code
    assert [(stream, data) for stream, data in written if data] == [pair for pair in expected.written if pair[1]]
    registers = events.after[-REGISTER_LEAVES:].reshape(-1)[:32].tolist()
    assert [hex(value) for value in registers] == [hex(value) for value in expected.registers]
    for leaf, content in zip(events.leaves[:-REGISTER_LEAVES].tolist(), events.after, strict=False):
        _compare_leaf(guest, expected.memory, 32 * leaf, content)


def _compare_leaf(guest: Guest, memory: dict[int, bytes], address: int, content: np.ndarray) -> None:
    """Every byte of a leaf that the emulator knows."""
    ours, compared = content.tobytes(), 0
    for start, known in memory.items():
        low, high = max(start, address), min(start + len(known), address + 32)
        if low < high:
            theirs = known[low - start : high - start]
            assert ours[low - address : high - address] == theirs, f"{guest.name}: memory from {low:#x}"
            compared += high - low
    assert compared, f"{guest.name} touches {address:#x}, which the emulator does not watch"


def test_the_guests_execute_every_operation_and_family() -> None:
    operations: set[Operation] = set()
    families: set[str] = set()
    for guest in all_guests():
        program = guest.program
        (shard,) = Executor(program, guest.input).shards()
        events = record(program, shard)
        families |= {family for family, rows in events.families.items() if len(rows)}
        slots = program.slot_of(events.program_counts[0])
        operations |= {Operation(int(number)) for number in np.unique(program.instructions.operation[slots])}
    assert operations == set(FAMILY_OF)
    assert families == set(FAMILIES)
