"""Calls from a guest: the executor's events fill the tables of the whole machine, and everything balances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from aggregator.tiny_program import DATA_ADDRESS, elf_of
from core_vm.errors import GuestTrap, WitnessError
from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.program.program import Program
from core_vm.state.memory_map import ADDRESS_LIMIT
from precompiles.keccak.precompile import PRECOMPILE
from precompiles.keccak.reference import NUM_LANES, RATE_LANES, absorb, padded, sponge_256
from precompiles.standard.machine import standard_machine
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.machine.running import execute
from tests.precompiles.shared.forged_calls import other_place, other_time

STATE, BLOCK = DATA_ADDRESS, DATA_ADDRESS + 8 * NUM_LANES


def store(address: int, dwords: list[int]) -> list[int]:
    words = load_immediate(6, address)
    for i, dword in enumerate(dwords):
        words += [*load_immediate(7, dword), encode("sd", rs1=6, rs2=7, immediate=8 * i)]
    return words


def call(state: int, block: int, third: int = 0) -> list[int]:
    registers = {10: state, 11: block, 12: third, 17: PRECOMPILE.number}
    return [word for number, value in registers.items() for word in load_immediate(number, value)] + [encode("ecall")]


def program(words: list[int]) -> Program:
    return Program.from_elf(elf_of([*words, *load_immediate(17, 93), *load_immediate(10, 0), encode("ecall")]))


def run(words: list[int]) -> tuple[Shard, PrecompileEvents]:
    """Check the trace of a guest that runs `words` and exits; returns its shard and its calls."""
    (shard,) = shards_of(program(words))
    shard.check()
    return shard, shard.events().precompiles[PRECOMPILE.name]


def test_a_guest_hashes_two_blocks() -> None:
    message = bytes(range(200))
    words = []
    for block in np.frombuffer(padded(message), dtype="<u8").reshape(2, RATE_LANES):
        words += store(BLOCK, block.tolist()) + call(STATE, BLOCK)
    _, events = run(words)
    assert events.after[1][-1, :4].astype("<u8").tobytes() == sponge_256(message)


@pytest.mark.parametrize("offset", [0, 3, 8])
def test_a_block_inside_its_state(offset: int) -> None:
    """The executor does what the tables prove: the block as it was before the call."""
    state = [0x0123_4567_89AB_CDEF * (i + 1) % 2**64 for i in range(NUM_LANES)]
    _, events = run(store(STATE, state) + 2 * call(STATE, STATE + 8 * offset))
    for k in range(2):
        state = absorb(state, state[offset : offset + RATE_LANES])
        assert events.after[1][k].tolist() == state


@pytest.mark.parametrize("offset", [-136 + 8, -64, 136, 192])
def test_a_block_that_laps_over_an_end_of_its_state(offset: int) -> None:
    run(store(STATE + 256, list(range(NUM_LANES))) + call(STATE + 256, STATE + 256 + offset))


def test_the_unused_pointer_may_be_anything() -> None:
    run(call(STATE, BLOCK, third=0xFFFF_FFF1))


@pytest.mark.parametrize(
    ("state", "block", "reason"),
    [
        (STATE + 4, BLOCK, "misaligned or outside"),
        (STATE, BLOCK + 1, "misaligned or outside"),
        (ADDRESS_LIMIT - 192, BLOCK, "misaligned or outside"),
        (STATE, ADDRESS_LIMIT - 128, "misaligned or outside"),
        (STATE, 2**32, "no 32-bit address"),
    ],
)
def test_a_pointer_that_makes_no_sense_is_a_trap(state: int, block: int, reason: str) -> None:
    with pytest.raises(GuestTrap, match=reason):
        execute(program(call(state, block)), precompiles=standard_machine().precompiles)


def test_pointers_may_reach_the_end_of_the_map_and_lie_in_the_code() -> None:
    """Memory where the code was loaded from is like any other; what is executed stays."""
    run(call(ADDRESS_LIMIT - 200, ADDRESS_LIMIT - 136) + call(0x0010_0000, 0x0010_0000 + 64))


def test_a_shard_without_a_call_has_no_lookup_tables_of_keccak() -> None:
    """Nor is it metered for them."""
    with_calls, _ = run(call(STATE, BLOCK))
    (without,) = shards_of(program(load_immediate(5, 7)))
    heights = [
        [tiles for table, tiles in zip(trace.tables, trace.tiles, strict=True) if table.name.startswith("keccak")]
        for trace in (with_calls.trace(), without.trace())
    ]
    assert heights == [[1, 1, 1, 1024, 32], [0] * 5]
    assert with_calls.record.cells - without.record.cells > PRECOMPILE.cells(1)
    assert [shard.machine.profile_for(shard.record.num_calls).name for shard in (with_calls, without)] == [
        "hashes",
        "core",
    ]


def other_digest(calls: PrecompileEvents) -> None:
    calls.after[1][0, 2] += np.uint64(1)


@pytest.mark.parametrize("forge", [other_digest, other_place, other_time], ids=lambda f: f.__name__)
def test_a_forged_call_is_refused(forge: Callable[[PrecompileEvents], None]) -> None:
    (shard,) = shards_of(program(call(STATE, BLOCK)))
    with pytest.raises(WitnessError):
        shard.check(lambda events: forge(events.precompiles[PRECOMPILE.name]))
