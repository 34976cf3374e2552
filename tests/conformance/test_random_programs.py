"""Random programs: every row holds, and a proof verifies. A few by default, many when asked for slow tests."""

from __future__ import annotations

import random

import pytest

import quire
from core_vm.state.memory_map import LEAF_BYTES, NUM_REGISTER_LEAVES
from tests.conformance.assembler import Guest
from tests.conformance.checking import shards_of
from tests.conformance.emulator import emulate
from tests.core_vm.machine.elf_builder import CODE_BASE, build_elf
from tests.core_vm.machine.random_programs import DATA_BASE, DATA_SIZE, idle_program, random_program

DATA = random.Random(1).randbytes(DATA_SIZE)


def _program(seed: int, length: int) -> quire.Program:
    return quire.Program.from_elf(build_elf(random_program(seed, length), data=DATA, data_base=DATA_BASE))


@pytest.mark.parametrize("seed", range(100, 104))
def test_the_trace_of_a_random_program_satisfies_its_tables(seed: int) -> None:
    (shard,) = shards_of(_program(seed, 2000))
    shard.check()


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 40))])
def test_a_random_program_with_pauses_ends_as_on_the_emulator_and_satisfies_its_tables(seed: int) -> None:
    """Registers are left alone for about as long as the bound of near accesses, or for longer."""
    code = b"".join(word.to_bytes(4, "little") for word in idle_program(seed))
    guest = Guest("idle", ((CODE_BASE, code, len(code), 5), (DATA_BASE, DATA, DATA_SIZE, 6)), CODE_BASE)
    (shard,) = shards_of(guest.program)
    shard.check()
    events, expected = shard.events(), emulate(guest)
    assert len(events.renewals)
    assert events.after[-NUM_REGISTER_LEAVES:].reshape(-1)[:32].tolist() == expected.registers
    data = {leaf: content.tobytes() for leaf, content in zip(events.leaves.tolist(), events.after, strict=True)}
    for start in range(0, DATA_SIZE, LEAF_BYTES):
        known = expected.memory[DATA_BASE][start : start + LEAF_BYTES]
        assert data.get((DATA_BASE + start) // LEAF_BYTES, known) == known


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 260))
def test_many_random_programs_are_proved(seed: int) -> None:
    program = _program(seed, 5000)
    for shard in shards_of(program):
        shard.check()
    quire.verify(quire.prove(program, kind="shards").proof, program.program_id)


def test_a_random_program_in_shards_is_proved() -> None:
    program = _program(7, 6000)
    proven = quire.prove(program, shard_cells=2**21, workers=1, kind="shards")
    assert proven.shards > 1
    assert quire.verify(proven.proof, program.program_id).shards == proven.shards
