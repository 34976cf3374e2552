"""A renewal changes a time alone, upwards and below 2^24; and accesses of registers are near, to the last unit."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.isa.encode import encode, load_immediate
from core_vm.isa.operations import Operation
from core_vm.machine.event_words import EventWord
from core_vm.machine.limits import most_renewals
from core_vm.machine.program.program import Program
from core_vm.machine.replay import recorder
from core_vm.machine.replay.recorder import record
from core_vm.state.memory_map import FIRST_TIME, MAX_TIME, NEAR, REGISTER_DWORD
from core_vm.tables import buses
from core_vm.tables.instructions.add import ADD, ADDI_IN_PLACE
from core_vm.tables.instructions.ecall import ECALL
from core_vm.tables.renewal import RENEWAL
from core_vm.witness.check import check_trace
from core_vm.witness.module import ColumnWriter
from core_vm.witness.trace import Trace
from tests.core_vm.machine.running import Executor
from tests.core_vm.tables.shards import program_of, public_messages, sources_of, trace_of
from tests.core_vm.tables.single_rows import TIME, Case, EcallCase, accepted, as_rows, messages, rows_of
from tests.soundness.row_search import pair_changes, silent_changes, single_changes
from tests.soundness.suite import check_deletions, check_filling_row

VALUE = 0x0123_4567_89AB_CDEF
FILLING = np.zeros(RENEWAL.table.width, np.int64)


def renewals(*rows: tuple[int, int, int]) -> np.ndarray:
    """The columns filled for these (register, previous time, time), canonical int64 (width, rows)."""
    words = np.array([(register, VALUE, *times) for register, *times in rows], np.uint64)
    trace, source = Trace([RENEWAL.table], [len(rows)]), SimpleNamespace(events=SimpleNamespace(renewals=words))
    writer = ColumnWriter(trace, 0, 0)
    assert RENEWAL.fill is not None
    RENEWAL.fill(source, 0, len(rows), writer)
    writer.finish()
    return trace.read_table(0)[:, : len(rows)].astype(np.int64)


HONEST = ((5, 0, NEAR), (0, 3, 255 * NEAR), (32, 7 * NEAR - 1, 7 * NEAR), (31, NEAR, 2 * NEAR))


def test_what_a_renewal_receives_it_sends_later() -> None:
    columns = renewals(*HONEST)
    assert accepted(RENEWAL, columns).all()
    (received, before), (sent, after) = messages(RENEWAL, buses.MEMORY, columns)
    assert (received == P - 1).all()
    assert (sent == 1).all()
    assert np.array_equal(before[:, :5], after[:, :5])
    assert before[:, 0].tolist() == [REGISTER_DWORD + register for register, _, _ in HONEST]
    assert before[:, 5].tolist() == [previous for _, previous, _ in HONEST]
    assert after[:, 5].tolist() == [time for _, _, time in HONEST]


@pytest.mark.parametrize("previous", [NEAR, NEAR + 1, 2 * NEAR, MAX_TIME, MAX_TIME + NEAR, 2**28 + 3])
def test_no_renewal_leads_back_or_stays(previous: int) -> None:
    """Of the times that rows send, which are below 2^28 + 4; whatever the low part of the difference is said to be."""
    (row,) = as_rows(RENEWAL, renewals((5, 0, NEAR)))
    lows = [*range(64), *range(2**16 - 64, 2**16), (NEAR - 1 - previous) % P, (NEAR - 1 - previous) % 2**16]
    forged = [row | {"previous_time": previous, "time_difference_low": low} for low in lows]
    columns = np.array([list(values.values()) for values in forged], np.int64).T
    assert not accepted(RENEWAL, columns).any()


@pytest.mark.parametrize("high", [256, 257, 2**16, P - 1, (P + 1) // 2, pow(2, -16, P), -pow(2, -16, P) % P])
def test_no_renewal_has_a_time_beyond_the_last(high: int) -> None:
    """Not even from a time right before it."""
    time = high * NEAR % P
    for previous in (time - 1, time - NEAR, time - 77):
        columns = renewals((5, 0, NEAR))
        for name, value in (("time_high", high), ("previous_time", previous), ("time_difference_low", 0)):
            columns[RENEWAL.table.columns.index(name)] = value % P
        for low in {0, (time - previous - 1) % NEAR}:
            columns[RENEWAL.table.columns.index("time_difference_low")] = low
            assert not accepted(RENEWAL, columns).any()


def test_a_renewal_is_determined_but_for_its_time() -> None:
    """Of one value, any later time is as true."""
    found = set()
    for row in renewals(*HONEST).T:
        for changes in (single_changes(row), pair_changes(row)):
            found |= {s.columns for s in silent_changes(RENEWAL.table, row, changes) if not s.changes_inputs}
    assert found == {("time_high",)}


def test_no_constraint_of_a_renewal_can_be_missed_and_filling_rows_do_nothing() -> None:
    rows = renewals(*HONEST)
    check_filling_row(RENEWAL.table, rows, range(len(HONEST)))
    check_deletions(RENEWAL.table, [FILLING, *rows.T], [FILLING, *rows.T])


@pytest.mark.parametrize(("distance", "near"), [(1, True), (NEAR, True), (NEAR + 1, False), (0, False), (-1, False)])
@pytest.mark.parametrize("access", ["rs1", "rs2", "rd", "rs1 in place", "x17", "x10", "x11", "x12"])
def test_an_access_of_a_register_is_near(access: str, distance: int, near: bool) -> None:
    if access == "rs1 in place":
        module, offset, access = ADDI_IN_PLACE, 3, "rs1"
        columns = rows_of(module, [Case(Operation.ADDI, 5, 0, 11, 6)])
    elif access.startswith("r"):
        module, offset = ADD, {"rs1": 0, "rs2": 1, "rd": 3}[access]
        columns = rows_of(module, [Case(Operation.ADD, 5, 6, 11)])
    else:
        module, offset = ECALL, 3 * (access == "x10")
        columns = rows_of(module, [EcallCase(93, 0, 0, 0, 0, 0)])
    assert accepted(module, columns).all()
    columns[module.table.columns.index(f"{access}_previous_time")] = TIME + offset - distance
    assert accepted(module, columns).all() == near


SECONDS = (
    encode("addi", 10, 8, 0, 1),
    encode("add", 10, 10, 8),
    encode("lui", 8, immediate=4096),
    encode("addi", 8, 8, 0, 1),  # in place, as the next two: read and written at offset 3
    encode("add", 8, 8, 10),
    encode("xor", 8, 9, 8),
)


def _distances(steps: int) -> Program:
    """x8 is named by an instruction, and again by one that comes `steps` later, in between by none; twice each way."""
    spin, words = (steps - 4) // 2, []
    for first in (encode("addi", 8, 9, 0, 1), encode("add", 9, 9, 8)):  # its last time is at offset 3, or 1
        for second in SECONDS:
            count = load_immediate(5, spin)
            fill = [encode("fence")] * (steps - 1 - len(count) - 2 * spin)
            words += [first, *count, encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -4), *fill, second]
    return program_of(words)


@pytest.mark.parametrize("steps", [NEAR // 4 - 1, NEAR // 4, NEAR // 4 + 1])
def test_distances_around_the_bound_balance(steps: int) -> None:
    """The differences of times are 4 `steps` - 3 to 4 `steps` + 2; some are 2^16 exactly, or one less or more."""
    program = _distances(steps)
    ((shard, source),) = sources_of(program)
    check_trace(trace_of(source), public_messages(program, shard))
    of_x8 = [row for row in source.events.renewals.tolist() if row[0] == 8]
    assert len(of_x8) == {NEAR // 4 - 1: 0, NEAR // 4: len(SECONDS)}.get(steps, 2 * len(SECONDS))
    seen = {_difference_of_constant(source.events.families["constant"], program)}
    assert steps != NEAR // 4 or NEAR in seen


def _difference_of_constant(rows: np.ndarray, program: Program) -> int:
    """The largest one between a write of a constant and the last time of its register."""
    times, before = rows[:, EventWord.WHEN] >> np.uint64(32), rows[:, EventWord.OTHER_TIMES] & np.uint64(0xFFFF_FFFF)
    return int((times + np.uint64(3) - before).max())


def test_renewals_are_few() -> None:
    """None before the time of 2^16, and as many as there are registers for each 2^16 later, less a little."""
    assert most_renewals(NEAR // 4 - 1) == 0
    assert most_renewals(NEAR // 4) == 33
    assert most_renewals((MAX_TIME - FIRST_TIME) // 4) <= 33 * 256


def test_a_replay_stays_inside_its_renewals(monkeypatch: pytest.MonkeyPatch) -> None:
    program = _distances(NEAR // 2)
    (shard,) = Executor(program).shards()
    needed = len(record(program, shard).renewals)
    for room in range(needed):
        monkeypatch.setattr(recorder, "most_renewals", lambda _, room=room: room)
        with pytest.raises(WitnessError, match="not of this program"):
            record(program, shard)
    monkeypatch.setattr(recorder, "most_renewals", lambda _: needed)
    assert len(record(program, shard).renewals) == needed
