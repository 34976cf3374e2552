"""Calls from a guest: what they leave where operands overlap, which are refused, what they cost."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import GuestTrap
from core_vm.field.koalabear import P
from core_vm.state.memory_map import ADDRESS_LIMIT
from precompiles.poseidon2.precompile import NAME, PRECOMPILE
from precompiles.poseidon2.reference import compress_dwords
from precompiles.standard.machine import standard_machine
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.machine.running import execute
from tests.precompiles.poseidon2.guests import DATA, Places, calls, operands, shard

MEMORY = operands(1, seed=3).ravel()


def run_on(memory: np.ndarray, places: list[Places]) -> np.ndarray:
    """What the calls leave of the dwords at DATA, by the definition: each reads both operands, then writes."""
    memory = memory.copy()
    for place in places:
        digest, left, right = ((address - DATA) // 8 for address in place)
        memory[digest : digest + 4] = compress_dwords(
            memory[left : left + 4].tolist(), memory[right : right + 4].tolist()
        )
    return memory


def left_behind(shard: Shard, before: np.ndarray) -> np.ndarray:
    """The dwords at DATA at the end of a shard: those `before`, but for the leaves that the shard touched."""
    events, after = shard.events(), before.reshape(-1, 4).copy()
    places = events.leaves.astype(np.int64) - DATA // 32
    inside = (places >= 0) & (places < len(after))
    after[places[inside]] = events.after[inside]
    return after.ravel()


@pytest.mark.parametrize("right", [0, 8, 24, 32])
@pytest.mark.parametrize("digest", [0, 8, 16, 24, 32, 56, 64])
def test_operands_may_overlap_in_any_way(digest: int, right: int) -> None:
    places = [(DATA + digest, DATA, DATA + right), (DATA, DATA + digest, DATA + right)]
    (only,) = shards_of(calls(places, MEMORY.tobytes()))
    only.check()
    assert np.array_equal(left_behind(only, MEMORY), run_on(MEMORY, places))


def test_equal_compressions_are_proved_once() -> None:
    (only,) = shards_of(calls([(DATA + 64, DATA, DATA + 32)] * 50, MEMORY.tobytes()))
    only.check()
    asked = only.source().compressions
    same = (asked.inputs == MEMORY[:8].view(np.uint32) % np.uint32(P)).all(axis=1)
    assert asked.multiplicity[same].tolist() == [50]


REFUSED = {
    "a digest that is misaligned": (DATA + 68, DATA, DATA + 32),
    "a left that is misaligned": (DATA + 64, DATA + 1, DATA + 32),
    "a right that is misaligned": (DATA + 64, DATA, DATA + 36),
    "a digest beyond the map": (ADDRESS_LIMIT - 24, DATA, DATA + 32),
    "a left beyond the map": (DATA + 64, ADDRESS_LIMIT, DATA + 32),
    "a right beyond the map": (DATA + 64, DATA, ADDRESS_LIMIT - 8),
    "a left of more than 32 bits": (DATA + 64, 2**32 + DATA, DATA + 32),
}


@pytest.mark.parametrize("places", REFUSED.values(), ids=REFUSED.keys())
def test_operands_that_make_no_sense_are_refused(places: Places) -> None:
    with pytest.raises(
        GuestTrap, match=r"poseidon2: (operand at .* is misaligned or outside|an argument is no 32-bit)"
    ):
        execute(calls([places], MEMORY.tobytes()), precompiles=standard_machine().precompiles, with_records=False)


def test_the_end_of_the_map_and_code_are_operands_like_any_other() -> None:
    """Code is read as data, from its readable copy."""
    places = [(ADDRESS_LIMIT - 32, 0x10_0000, DATA), (DATA, ADDRESS_LIMIT - 32, 0x10_0000)]
    (only,) = shards_of(calls(places, MEMORY.tobytes()))
    only.check()


def test_cells_and_interactions_of_a_call() -> None:
    (module,) = PRECOMPILE.tables
    assert (module.table.width, len(module.table.interactions), PRECOMPILE.compressions_per_call) == (104, 71, 1)


def test_a_shard_that_calls_is_proved_with_the_hashes() -> None:
    assert standard_machine().profile_for({NAME: 1}).name == "hashes"
    assert shard().record.num_calls[NAME] == 60
