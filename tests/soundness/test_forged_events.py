"""A prover that lies about what its instructions did: the check names the lie, and the verifier rejects the proof.

The lies are told in the events, before the tables are filled, so that everything derived from them (carries, limbs,
lookup counts) is as consistent as the real witness functions can make it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from core_vm.errors import LogUpRejection, WitnessError, ZerocheckRejection
from core_vm.machine.event_words import EcallWord, EventWord
from core_vm.machine.shard import ShardEvents
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from tests.soundness.runs import QUICK, TABLES, counting, everything

_, RS1, RS2, RD_BEFORE, READ_TIMES, WRITE_TIMES, MEMORY, RESULT, SECOND, _ = EventWord
HALF = 2**32


@dataclass(frozen=True)
class Lie:
    """`tell` changes the events; `named` is a pattern of what the check says; `shard` makes the victim."""

    name: str
    tell: Callable[[ShardEvents], None]
    named: str
    shard: Callable = everything


def add_to(family: str, word: int, amount: int, row: int = 0) -> Callable[[ShardEvents], None]:
    """One word of one instruction of a family becomes larger by `amount`, modulo 2^64."""

    def tell(events: ShardEvents) -> None:
        rows = events.families[family]
        rows[row, word] = np.uint64((int(rows[row, word]) + amount) % 2**64)

    return tell


def remove(family: str, row: int) -> Callable[[ShardEvents], None]:
    def tell(events: ShardEvents) -> None:
        events.families[family] = np.delete(events.families[family], row, axis=0)

    return tell


def repeat(family: str, row: int) -> Callable[[ShardEvents], None]:
    def tell(events: ShardEvents) -> None:
        rows = events.families[family]
        events.families[family] = np.insert(rows, row, rows[row], axis=0)

    return tell


def both(*lies: Callable[[ShardEvents], None]) -> Callable[[ShardEvents], None]:
    def tell(events: ShardEvents) -> None:
        for lie in lies:
            lie(events)

    return tell


def _swap_times(events: ShardEvents) -> None:
    """The first two additions change places."""
    rows = events.families["add"]
    rows[[0, 1], EventWord.WHEN] = rows[[1, 0], EventWord.WHEN]


def _drop_write(events: ShardEvents) -> None:
    """A register keeps its value: the result is what was there before."""
    rows = events.families["addi"]
    rows[1, RESULT] = rows[1, RD_BEFORE]


def _another_instruction(events: ShardEvents) -> None:
    """The row of an addition claims to be the instruction after it."""
    events.families["add"][0, EventWord.WHEN] += np.uint64(1)


def _other_start(events: ShardEvents) -> None:
    """A leaf begins with another value than the tree says, but the read sees it."""
    place = int(np.flatnonzero(events.leaves == 0x20_0000 // 32)[0])
    events.before = events.before.copy()
    events.before[place, 0] += np.uint64(1)


def _later_end(events: ShardEvents) -> None:
    """A dword ends with another value than was last written."""
    place = int(np.flatnonzero(events.leaves == 0x20_0000 // 32)[0])
    events.after = events.after.copy()
    events.after[place, 0] += np.uint64(1)


def _skip_a_round(events: ShardEvents) -> None:
    """The second round of the counting loop never happens, and nobody else notices: the later times move up."""
    for name, rows in events.families.items():
        times = rows[:, EventWord.WHEN] >> np.uint64(32)
        skipped = (times >= first) & (times < first + 20) if (first := _second_round(events)) else times < 0
        events.families[name] = rows[~skipped]


def _second_round(events: ShardEvents) -> int:
    return int(events.families["load_double"][1, EventWord.WHEN]) // HALF


BALANCE = "do not balance"
LIES = (
    Lie("sum", add_to("add", RESULT, 1), "sum_carry_out_of_limb_0_is_a_bit"),
    Lie("sum with a carry too many", add_to("add", RESULT, 2**16), "sum_carry_out_of_limb_1_is_a_bit"),
    Lie("difference", add_to("add", RESULT, 1, 1), "difference_carry_out_of_limb_0_is_a_bit"),
    Lie("operand and result", both(add_to("add", RS1, 1), add_to("add", RESULT, 1)), BALANCE),
    Lie("second operand alone", both(add_to("add", RS2, 5), add_to("add", RESULT, 5)), BALANCE),
    Lie("immediate sum", add_to("addi", RESULT, 1, 1), "carry_out_of_limb_0"),
    Lie("sum in place", add_to("add_in_place", RESULT, 1), "carry_out_of_limb_0"),
    Lie("operand overwritten", both(add_to("add_in_place", RS1, 1), add_to("add_in_place", RESULT, 1)), BALANCE),
    Lie("stale time of an update", add_to("add_in_place", READ_TIMES, -4), BALANCE),
    Lie("immediate sum in place", add_to("addi_in_place", RESULT, 1), "carry_out_of_limb_0"),
    Lie("what is moved", add_to("move", RS1, 1), BALANCE),
    Lie("move forgotten", remove("move", 0), BALANCE),
    Lie("logic", add_to("logic", RESULT, 1), "."),
    Lie("logic in place", add_to("logic_in_place", RESULT, 1), "."),
    Lie("branch on zero", add_to("branch_zero", RS1, -2), BALANCE),
    Lie("shift left", add_to("shift_left", RESULT, 2), "."),
    Lie("shift right", add_to("shift_right", RESULT, 1), "."),
    Lie("shift right word", add_to("shift_right_word", RESULT, 1), "."),
    Lie("product", add_to("multiply", RESULT, 1), "."),
    Lie("product, highest limb", add_to("multiply", RESULT, 2**48), "."),
    Lie("high product", add_to("multiply_high", RESULT, 1), "."),
    Lie("quotient too large", add_to("divide", RESULT, 1), "."),
    Lie("quotient too small", add_to("divide", RESULT, -1), "."),
    Lie("remainder", add_to("remainder", RESULT, 1), "."),
    Lie("remainder plus the divisor", add_to("remainder", RESULT, 2), "."),
    Lie("word quotient", add_to("divide_word", RESULT, 1), "."),
    Lie("word remainder", add_to("remainder_word", RESULT, 1), "."),
    Lie("loaded dword and value", both(add_to("load_double", MEMORY, 1), add_to("load_double", RESULT, 1)), BALANCE),
    Lie("stored byte", add_to("store_byte", RESULT, 1), "."),
    Lie("neighbour of a stored byte", add_to("store_byte", RESULT, 2**40), "."),
    Lie("misaligned load", add_to("misaligned", RESULT, 1, 2), "."),
    Lie("second dword of a misaligned access", add_to("misaligned", SECOND, 2**56), BALANCE),
    # Of a base only the sign and the lower 32 bits have columns: there is no row that tells another lie of the rest.
    Lie("load address below zero", add_to("load_double", RS1, 2**63), "range16"),
    Lie("store address below zero", add_to("store_double", RS1, 2**63), "range16"),
    Lie("byte address below zero", add_to("store_byte", RS1, 2**63), "range16"),
    Lie("misaligned address below zero", add_to("misaligned", RS1, 2**63), "range16"),
    Lie("load address far from here", add_to("load_double", RS1, 2**20), BALANCE),
    Lie("jump address beyond 32 bits", add_to("jalr", RS1, 2**32), "carry_out_of_limb_2_is_minus"),
    Lie("aligned access taken for another byte's", add_to("load_word", RS1, 1), "range16"),
    Lie("stale read time", add_to("load_double", WRITE_TIMES, -4 * HALF), BALANCE),
    Lie("stale register time", add_to("add", READ_TIMES, -4, 1), BALANCE),
    Lie("read from the future", add_to("add", READ_TIMES, 10_000), "."),
    Lie("register write dropped", _drop_write, "carry_out_of_limb_0"),
    Lie("value before of a register", add_to("add", RD_BEFORE, 1, 1), BALANCE),
    Lie("store skipped", remove("store_double", 0), BALANCE),
    Lie("store repeated", repeat("store_double", 0), BALANCE),
    Lie("instructions swapped", _swap_times, "no lookup table holds"),
    Lie("another instruction", _another_instruction, "difference_carry_out_of_limb_0_is_a_bit"),
    Lie("branch comparison", add_to("branch_equal", RS1, 1), BALANCE),
    Lie("jump target", add_to("jalr", RS1, 4), BALANCE),
    Lie("write's result", add_to("ecall", EcallWord.RESULT, 1), "write_returns_its_length_limb_0"),
    Lie("exit code", add_to("ecall", EcallWord.X10, 1, 1), "."),
    Lie("exit skipped", remove("ecall", 1), BALANCE),
    Lie("memory at the end", _later_end, "."),
    Lie("a round of the loop skipped", _skip_a_round, BALANCE, lambda: counting()[0]),
)


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name.replace(" ", "_"))
def test_the_check_names_a_lie(lie: Lie) -> None:
    with pytest.raises(WitnessError, match=lie.named):
        lie.shard().check(lie.tell)


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name.replace(" ", "_"))
def test_no_proof_of_a_lie_verifies(lie: Lie) -> None:
    shard = lie.shard()
    try:
        trace = shard.trace(lie.tell)
    except WitnessError:
        return  # a lookup that no table holds, or digests that do not lead to the root: there is no trace to prove
    with pytest.raises(WitnessError):
        prove_shard(TABLES, trace, shard.public, config=QUICK)
    words = prove_shard(TABLES, trace, shard.public, config=QUICK, check=False)
    with pytest.raises((LogUpRejection, ZerocheckRejection)):
        verify_shard(TABLES, words, shard.public, QUICK)


def test_a_leaf_that_starts_otherwise_than_the_tree_says_has_no_trace() -> None:
    with pytest.raises(WitnessError, match="root"):
        everything().trace(_other_start)


def test_the_honest_shards_are_accepted() -> None:
    for shard in (everything(), *counting()):
        shard.check()
    words = prove_shard(TABLES, everything().trace(), everything().public, config=QUICK)
    verify_shard(TABLES, words, everything().public, QUICK)
