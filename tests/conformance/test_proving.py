"""Every conformance guest satisfies every table row by row, and is really proved and verified."""

from __future__ import annotations

import pytest

import quire
from tests.conformance.assembler import Guest
from tests.conformance.branching import environment_calls
from tests.conformance.checking import shards_of
from tests.conformance.guests import all_guests
from tests.conformance.idling import idle_once


@pytest.mark.parametrize("guest", all_guests(), ids=lambda guest: guest.name)
def test_the_trace_of_a_guest_satisfies_its_tables(guest: Guest) -> None:
    (shard,) = shards_of(guest.program, guest.input)
    shard.check()


@pytest.mark.parametrize("guest", all_guests(), ids=lambda guest: guest.name)
def test_a_guest_is_proved_and_verified(guest: Guest) -> None:
    program = guest.program
    proven = quire.prove(program, guest.input, public_input=True, kind="shards")
    run = quire.verify(proven.proof, program.program_id, exit_code=guest.exit_code, input=guest.input)
    assert (run.exit_code, run.output, run.input_bound) == (guest.exit_code, proven.output, True)
    assert run.security_bits >= 128


def test_registers_that_are_left_alone_for_a_million_instructions_are_proved() -> None:
    """In one shard, so that times differ by more than 2^22."""
    time = 2**22
    guest = idle_once(time)
    program = guest.program
    proven = quire.prove(program, kind="shards", shard_cells=2**25, workers=1)
    assert proven.shards == 1
    assert proven.cycles > time // 4
    assert quire.verify(proven.proof, program.program_id, exit_code=guest.exit_code).exit_code == guest.exit_code


@pytest.mark.parametrize("code", [0, 1, 0xFFFF, 0x1_0000, 2**31, 2**32 - 1, 2**32, 2**64 - 1])
def test_every_exit_code_satisfies_the_tables(code: int) -> None:
    (shard,) = shards_of(environment_calls(code).program)
    shard.check()
    assert shard.record.exit_code == code % 2**32
