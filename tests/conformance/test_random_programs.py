"""Random programs: every row holds, and a proof verifies. A few by default, many when asked for slow tests."""

from __future__ import annotations

import random

import pytest

import quire
from tests.conformance.checking import shards_of
from tests.core_vm.machine.elf_builder import build_elf
from tests.core_vm.machine.random_programs import DATA_BASE, DATA_SIZE, random_program

DATA = random.Random(1).randbytes(DATA_SIZE)


def _program(seed: int, length: int) -> quire.Program:
    return quire.Program.from_elf(build_elf(random_program(seed, length), data=DATA, data_base=DATA_BASE))


@pytest.mark.parametrize("seed", range(100, 104))
def test_the_trace_of_a_random_program_satisfies_its_tables(seed: int) -> None:
    (shard,) = shards_of(_program(seed, 2000))
    shard.check()


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
