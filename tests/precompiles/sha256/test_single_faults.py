"""Delete one constraint and a forgery passes: for each of nearly all of them, a trace that only it rejects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pytest

from core_vm.air.table import Table
from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from core_vm.witness.check import constraint_values
from precompiles.sha256.witness import block_words, state_words
from tests.precompiles.sha256.calls import (
    CALL_MODULE,
    ROUND_MODULE,
    Rows,
    fill,
    objections,
    outside,
    random_calls,
    run_calls,
)
from tests.precompiles.sha256.forger import INVERSE_OF_LIMB, Fault, Forgery

MAX_ATTEMPTS = 40


def violations_by_row(table: Table, columns: np.ndarray) -> dict[int, set[str]]:
    """Row -> the names of the constraints that it violates."""
    found: dict[int, set[str]] = defaultdict(set)
    for number, row in np.argwhere(constraint_values(table, columns)).tolist():
        found[row].add(table.constraints[number].name)
    return found


def sign_faults(words: str, row: int) -> list[Fault]:
    names = [f"w_{j}" for j in range(16)] if words == "w" else [f"{words}_{i}" for i in range(1, 19)]
    return [
        Fault(f"{name}_sign_{bit}_squared_is_one_on_real_rows", "sign", row, name, bit)
        for name in names
        for bit in range(32)
    ]


def sum_faults(row: int) -> list[Fault]:
    results = [f"w_{j}" for j in range(16)] + [f"round_{i}_new_{c}" for i in range(16) for c in "ae"]
    faults = [
        Fault(f"{name}_{half}_limb_is_the_sum", "sum", row, name, limb)
        for name in results
        for limb, half in enumerate(("low", "high"))
    ]
    return faults + [
        Fault(f"passed_on_{j}_{half}_is_the_sum", "sum", row, f"passed_on_{j}", limb)
        for j in range(15)
        for limb, half in enumerate(("low", "high"))
    ]


def carry_faults(row: int) -> list[Fault]:
    """In `two_carries` the first carry is `inner` where nothing is selected, and `base` shifts the second."""
    faults = []
    for i in range(16):
        faults.append(Fault(f"w_{i}_carries_inner_is_0_1_or_2", "carry", row, f"w_{i}", 0))
        faults.append(Fault(f"w_{i}_carries_base_is_0_1_or_2", "carry", row, f"w_{i}", 1))
        for limb, half in enumerate(("low", "high")):
            for chain, part in (("a", "inner"), ("e", "base")):
                name = f"round_{i}_{half}_carries_{part}_is_0_1_or_2"
                faults.append(Fault(name, "carry", row, f"round_{i}_new_{chain}", limb))
    return faults


def forge(events: PrecompileEvents, faults: Sequence[Fault | None]) -> tuple[np.ndarray, Forgery]:
    """The calls of `events`, call k with faults[k]: the new states (n, 4) that come out, and the round rows."""
    before = state_words(events.before[1])
    forgery = Forgery(before, block_words(events.before[0]), faults, events.times)
    words = (before + (forgery.final[0::2] + (forgery.final[1::2] << 16)).astype(np.uint32)).astype(np.uint64)
    return np.ascontiguousarray((words[0::2] | words[1::2] << np.uint64(32)).T), forgery


def find_inputs(faults: list[Fault]) -> PrecompileEvents:
    """One call for each fault, on an input that brings the fault within reach."""
    found = random_calls(len(faults))
    missing = np.ones(len(faults), dtype=bool)
    for seed in range(MAX_ATTEMPTS):
        draw = random_calls(len(faults), seed)
        for old, new in zip(found.before, draw.before, strict=True):
            old[missing] = new[missing]
        where = np.flatnonzero(missing)
        feasible = forge(run_calls(*(x[where] for x in found.before)), [faults[k] for k in where])[1].feasible
        missing[where[feasible]] = False
        if not missing.any():
            return run_calls(*found.before)
    raise AssertionError(f"no input found for {[faults[k] for k in np.flatnonzero(missing)]}")


def check_all(faults: list[Fault]) -> int:
    """For each fault find some input on which its constraint, and nothing else, stands against the forgery.

    Returns how many forgeries have a false output; the others have a false word that nothing reads later on.
    """
    events = find_inputs(faults)
    true = events.after[1]
    events.after[1], forgery = forge(events, faults)
    rows = Rows(fill(events).calls, forgery.rounds, outside(events))
    found = violations_by_row(ROUND_MODULE.table, rows.rounds)
    assert found == {4 * call + fault.row: {fault.constraint} for call, fault in enumerate(faults)}
    assert set(objections(rows)) == {f"sha256_rounds: {fault.constraint}" for fault in faults}
    return int((events.after[1] != true).any(axis=1).sum())


def test_without_a_fault_the_forger_is_honest() -> None:
    events = random_calls(8)
    state, forgery = forge(events, [None] * 8)
    assert np.array_equal(state, events.after[1])
    assert objections(Rows(fill(events).calls, forgery.rounds, outside(events))) == []


@pytest.mark.parametrize("row", [1, 3])
def test_each_sum_is_checked_by_one_constraint_alone(row: int) -> None:
    faults = sum_faults(row)
    num_idle = 30 if row == 3 else 0  # what the last row passes on goes nowhere
    assert check_all(faults) == len(faults) - num_idle


@pytest.mark.parametrize("row", [1, 3])
def test_each_carry_is_checked_by_one_constraint_alone(row: int) -> None:
    faults = carry_faults(row)
    assert check_all(faults) == len(faults)


@pytest.mark.parametrize(("words", "row"), [("a", 1), ("e", 2), ("w", 1)])
def test_each_sign_is_checked_by_one_constraint_alone(words: str, row: int) -> None:
    faults = sign_faults(words, row)
    assert check_all(faults) > 0.9 * len(faults)


@pytest.mark.parametrize("half", ["low", "high"])
@pytest.mark.parametrize("word", range(8))
def test_each_carry_bit_of_the_last_addition_is_checked_by_one_constraint_alone(word: int, half: str) -> None:
    """Without it any limb, or another word of the same residue modulo p, can be written to memory."""
    column = {name: number for number, name in enumerate(CALL_MODULE.table.columns)}
    events = random_calls(1, seed=word)
    rows = fill(events)
    place = [column[f"state_after_{2 * word + limb}"] for limb in range(2)]
    carry = column[f"carry_of_word_{word}_{half}"]
    value = int(rows.calls[place[0], 0] + (rows.calls[place[1], 0] << 16))
    if half == "high":
        forged = value ^ 1 << 16
        rows.calls[carry, 0] -= ((forged >> 16) - (value >> 16)) * INVERSE_OF_LIMB
    else:
        forged = value - P if value >= P else value + P
        assert forged < 2**32, "choose another seed"
        rows.calls[carry, 0] -= (forged % 2**16 - value % 2**16) * INVERSE_OF_LIMB
    rows.calls[carry, 0] %= P
    rows.calls[place[0], 0], rows.calls[place[1], 0] = forged % 2**16, forged >> 16
    events.after[1][0, word // 2] ^= np.uint64((value ^ forged) << 32 * (word % 2))
    rows.outside = outside(events)
    assert objections(rows) == [f"sha256_call: carry_of_word_{word}_{half}_is_a_bit"]
