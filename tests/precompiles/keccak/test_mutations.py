"""Move whole rows about, or change several cells: what still verifies must mean the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from tests.precompiles.keccak.filled import BLOCK, LANES, STATE, Filled, column, random_calls
from tests.soundness.deletion import RepairSearch


def changed(table: str, change: Callable[[np.ndarray], None], calls: int = 2) -> str:
    """What is said to an honest trace of which one table's rows (width, rows) were changed."""
    filled = Filled(random_calls(calls))
    rows = filled.rows(table)
    change(rows)
    filled.put(table, rows)
    return filled.objection()


@pytest.mark.parametrize("table", ["keccak_absorb", "keccak_lanes", "keccak_rounds"])
def test_the_order_of_rows_means_nothing(table: str) -> None:
    def reorder(rows: np.ndarray) -> None:
        rows[:] = rows[:, np.random.default_rng(2).permutation(rows.shape[1])]

    assert changed(table, reorder) == ""


@pytest.mark.parametrize(("table", "per_call"), [("keccak_absorb", 1), ("keccak_lanes", 9), ("keccak_rounds", 12)])
def test_no_row_can_be_left_out_repeated_or_given_to_another_call(table: str, per_call: int) -> None:
    call = column(table, "time" if table == "keccak_absorb" else "call")

    def leave_out(rows: np.ndarray) -> None:
        rows[:, per_call - 1] = 0

    def repeat(rows: np.ndarray) -> None:
        rows[:, 2 * per_call] = rows[:, per_call // 2]

    def exchange(rows: np.ndarray) -> None:
        rows[call, [0, per_call]] = rows[call, [per_call, 0]]

    for change in (leave_out, repeat, exchange):
        assert changed(table, change) != "", change.__name__


def test_two_rows_of_a_call_cannot_trade_places() -> None:
    for table, name, first, second in (("keccak_rounds", "round", 3, 4), ("keccak_lanes", "part", 1, 2)):
        place = column(table, name)

        def trade(rows: np.ndarray, place: int = place, first: int = first, second: int = second) -> None:
            rows[place, [first, second]] = rows[place, [second, first]]

        assert changed(table, trade) != ""


def test_rounds_may_not_go_on_after_the_last() -> None:
    """A row of round 24 would take the result as if it were a state, and nobody takes what it gives."""

    def go_on(rows: np.ndarray) -> None:
        names = ("real", "call", "round")
        for name, value in zip(names, (1, int(rows[column("keccak_rounds", "call"), 0]), 24), strict=True):
            rows[column("keccak_rounds", name), 24] = value

    assert changed("keccak_rounds", go_on) != ""


def test_one_ecall_has_one_row() -> None:
    """A second set of rows with another output for the same call."""
    events, other = random_calls(1), random_calls(1)
    other.before[BLOCK][:] += np.uint64(1)
    filled, more = Filled(events), Filled(other)
    for table, count in (("keccak_absorb", 1), ("keccak_lanes", 9), ("keccak_rounds", 12)):
        rows = filled.rows(table)
        rows[:, count : 2 * count] = more.rows(table)[:, :count]
        filled.put(table, rows)
    assert "bus call" in filled.objection()


def other_output(events: PrecompileEvents) -> None:
    events.after[STATE][1, 24] ^= np.uint64(1) << np.uint64(17)


def other_state(events: PrecompileEvents) -> None:
    events.before[STATE][1, 20] ^= np.uint64(1)


def other_block(events: PrecompileEvents) -> None:
    events.before[BLOCK][1, 16] ^= np.uint64(1) << np.uint64(63)


def from_the_future(events: PrecompileEvents) -> None:
    events.previous_times[BLOCK][1, 3] = events.times[1] + 1


def block_of_its_own_output(events: PrecompileEvents) -> None:
    """As if the block were read after the state was written."""
    events.pointers[BLOCK][1], events.arguments[1, 1] = events.pointers[STATE][1], events.arguments[1, 0]
    events.before[BLOCK][1] = events.after[STATE][1, :17]
    events.previous_times[BLOCK][1] = events.times[1] + 2


FORGERIES = (other_output, other_state, other_block, from_the_future, block_of_its_own_output)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_call_is_refused(forge: Callable[[PrecompileEvents], None]) -> None:
    """Whatever the surroundings say: those of the true call, and those of the forged one."""
    honest, forged = random_calls(2), random_calls(2)
    forge(forged)
    for outside in (honest, forged):
        # Another state or block that is the surroundings' too has another output.
        with pytest.raises(WitnessError):
            Filled(forged, outside).check()


def test_a_part_has_the_lanes_that_the_call_says() -> None:
    """A lane less, a lane more, and a block that is not read, or read where there is none."""
    for part, group, value in ((0, "state_1_2", 0), (8, "state_1_2", 1), (1, "block_0_1", 0), (7, "block_0_1", 1)):

        def change(rows: np.ndarray, part: int = part, group: str = group, value: int = value) -> None:
            """With the time that would be right for it."""
            flag, time, call = (column("keccak_lanes", name) for name in (f"has_{group}", f"{group}_time", "call"))
            rows[flag, part], rows[time, part] = value, value * rows[call, part]

        assert changed("keccak_lanes", change) != "", group


def test_a_lane_that_is_not_there_is_nothing_in_the_messages() -> None:
    """Neither in those of memory, which are not sent, nor in the call's."""
    cells = {"before_1_2": 8, "after_2_0": 8, "state_1_previous_time": 8, "block_2_previous_time": 5}
    for name, part in cells.items():

        def fill(rows: np.ndarray, name: str = name, part: int = part) -> None:
            rows[column("keccak_lanes", name), part] = 5
            if "previous" in name:  # the difference of times, of which a lookup asks, is what it was
                low = column("keccak_lanes", name.replace("previous_time", "time_difference_low"))
                rows[low, part] = (rows[low, part] - 5) % P

        assert f"bus memory, row {part}: not zero where there is no message" in changed("keccak_lanes", fill), name

    def fill_piece(rows: np.ndarray) -> None:
        rows[column("keccak_lanes", "before_1_pieces_9"), 8] = 1

    assert "lane_1_chunk_1_is_zero_where_there_is_none" in changed("keccak_lanes", fill_piece)


@pytest.mark.parametrize("group", ["state_1_2", "block_0_1", "block_2"])
def test_lanes_have_the_time_and_place_of_the_call_or_none(group: str) -> None:
    for part in (0, 5, 8):
        for name in ("time", "dword"):

            def other(rows: np.ndarray, name: str = name, part: int = part) -> None:
                cell = column("keccak_lanes", f"{group}_{name}"), part
                rows[cell] = 0 if rows[cell] else rows[column("keccak_lanes", "call"), part]

            assert changed("keccak_lanes", other) != "", (part, name)


@pytest.mark.parametrize("shift", [1, -1])
def test_limbs_cannot_be_split_into_other_pieces(shift: int) -> None:
    """What two pieces add up to would be the same number."""

    def change(rows: np.ndarray) -> None:
        rows[column("keccak_lanes", "after_0_pieces_0"), 3] += 14**2 * shift
        rows[column("keccak_lanes", "after_0_pieces_8"), 3] -= shift
        rows %= P

    assert "keccak_limb" in changed("keccak_lanes", change)


def test_every_constraint_of_the_lanes_is_missed_when_deleted() -> None:
    """Some row violates it alone."""
    table, rows = LANES.table, Filled(random_calls(2)).rows("keccak_lanes")
    in_use = np.zeros(table.width, np.int64)
    for name in ("real", *(f"state_{i}_time_difference_low" for i in range(3))):
        in_use[column("keccak_lanes", name)] = 1
    search = RepairSearch(table, [*[np.zeros(table.width, np.int64)] * 18, in_use, *rows[:, :18].T])
    for constraint in table.constraints:
        assert search.find(constraint.name, 2000) is not None, constraint.name
