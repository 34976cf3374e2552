"""Move whole rows about, or change several cells: what still verifies must mean the same."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.field.koalabear import P, inverse
from core_vm.tables.buses import BIT_RANGE
from tests.precompiles.sha256.calls import CALL_MODULE, ROUND_MODULE, Rows, fill, objections, outside, random_calls

CALLS = {name: number for number, name in enumerate(CALL_MODULE.table.columns)}
ROUNDS = {name: number for number, name in enumerate(ROUND_MODULE.table.columns)}


def test_the_order_of_rows_means_nothing() -> None:
    rows = fill(random_calls(5))
    order = np.random.default_rng(2).permutation(rows.rounds.shape[1])
    rows.rounds = rows.rounds[:, order]
    assert objections(rows) == []


def exchange(rows: Rows, column: str, first: int, second: int) -> None:
    rows.rounds[ROUNDS[column], [first, second]] = rows.rounds[ROUNDS[column], [second, first]]


@pytest.mark.parametrize("number", range(4))
def test_rows_of_two_calls_cannot_be_exchanged(number: int) -> None:
    rows = fill(random_calls(2))
    exchange(rows, "call", number, 4 + number)
    assert objections(rows) != []


def test_two_rows_of_a_call_cannot_trade_places() -> None:
    rows = fill(random_calls(1))
    for selector in ("is_row_1", "is_row_2"):
        exchange(rows, selector, 1, 2)
    assert objections(rows) != []


@pytest.mark.parametrize("number", range(4))
def test_no_row_can_be_left_out_or_repeated(number: int) -> None:
    rows = fill(random_calls(1))
    left_out, repeated = rows.copy(), rows.copy()
    left_out.rounds[:, number] = 0
    repeated.rounds[:, 4] = rows.rounds[:, number]
    assert objections(left_out) != []
    assert objections(repeated) != []


def test_rounds_without_a_call_are_noticed() -> None:
    rows = fill(random_calls(2))
    rows.calls[:, 1] = 0
    assert objections(rows) != []


def test_one_ecall_has_one_row() -> None:
    """A second row with another output for the same call, its rounds included."""
    events, other = random_calls(1), random_calls(1)
    other.before[0][:] += np.uint64(1)
    rows, more = fill(events), fill(other)
    rows.calls[:, 1] = more.calls[:, 0]
    rows.rounds[:, 4:8] = more.rounds[:, :4]
    assert "unbalanced bus 10" in objections(rows)


def test_another_output_is_noticed() -> None:
    for dword in range(4):
        events = random_calls(1)
        events.after[1][0, dword] ^= np.uint64(1) << np.uint64(17)
        assert objections(fill(events)) != []


def test_another_representation_of_the_last_words_gives_the_same_output() -> None:
    """Nothing bounds the limbs that the last row leaves: 2^16 may stand in the low or as 1 in the high limb."""
    rows = fill(random_calls(64))
    call = next(k for k in range(64) if rows.calls[CALLS["carry_of_word_0_low"], k] == 0 and _carry_can_fall(rows, k))
    last = 4 * call + 3
    rows.rounds[ROUNDS["a_19_low"], last] += 2**16
    rows.rounds[ROUNDS["a_19_high"], last] -= 1
    rows.rounds[ROUNDS["round_15_low_carries_inner"], last] -= 1
    rows.calls[CALLS["carry_of_word_0_low"], call] = 1
    assert objections(rows) == []


def _carry_can_fall(rows: Rows, call: int) -> bool:
    at = lambda name: rows.rounds[ROUNDS[name], 4 * call + 3]  # noqa: E731
    return at("round_15_low_carries_outer") < 2 and at("round_15_low_carries_inner") > 0 and at("a_19_high") > 0


def test_a_pointer_that_is_no_multiple_of_8_is_noticed() -> None:
    events = random_calls(1)
    events.arguments[0, 0] += np.uint64(4)
    rows = fill(events)
    low = int(events.arguments[0, 0]) & 0xFFFF
    rows.calls[CALLS["x10_dwords"], 0] = low * inverse(8) % P
    found = objections(rows)
    assert "unbalanced bus 10" not in found
    assert any(reason.startswith(f"lookup {BIT_RANGE.number}") for reason in found)


def test_a_pointer_cannot_be_split_otherwise() -> None:
    """The same dword index from other limbs is another call."""
    rows = fill(random_calls(1))
    rows.calls[CALLS["x11_dwords"], 0] += 2**13
    rows.calls[CALLS["x11_high"], 0] -= 1
    assert "unbalanced bus 10" in objections(rows)


@pytest.mark.parametrize("ahead", [0, 1, 100, 2**24])
def test_memory_from_the_future_cannot_be_read(ahead: int) -> None:
    """Above all the block cannot be what the same call writes (two times ahead of nothing: `ahead` 1)."""
    events = random_calls(1)
    events.previous_times[0][0, 3] = events.times[0] + 1 + ahead
    assert any(reason.startswith("lookup") for reason in objections(fill(events)))


def test_the_block_is_not_what_the_call_writes() -> None:
    """State and block at one address: an output that is consistent with itself as input is refused."""
    events = random_calls(1)
    events.pointers[1][:] = events.pointers[0]
    events.arguments[:, 0] = events.arguments[:, 1]
    events.before[1][:] = events.before[0][:, :4]
    events.previous_times[1][:] = events.previous_times[0][:, :4]
    events.previous_times[0][:, :4] = events.times[0] + 2
    rows = fill(events)
    rows.outside = outside(events)
    assert any(reason.startswith("lookup") for reason in objections(rows))
