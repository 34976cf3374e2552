"""A register is read as what the prover likes, if renewals may lead back in time or around modulo p: a cycle of them
takes the read's message and hands it what it read. Either lookup of a renewal's bytes stops it, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core_vm.air.expression import as_expression
from core_vm.air.table_set import TableSet
from core_vm.errors import LogUpRejection, WitnessError
from core_vm.field.koalabear import P
from core_vm.machine.event_words import EventWord
from core_vm.machine.machine import Machine
from core_vm.machine.shard import ShardEvents
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.state.memory_map import NEAR, REGISTER_DWORD
from core_vm.tables import buses
from core_vm.tables.renewal import RENEWAL
from core_vm.tables.standard import BASE_MODULES
from core_vm.witness.check import check_trace
from core_vm.witness.lookups import count_lookups
from core_vm.witness.trace import Trace
from tests.conformance.assembler import Assembler, guest
from tests.conformance.checking import Shard, shards_of
from tests.soundness.runs import QUICK

REGISTER, COPY = 6, 8
HELD, CLAIMED = 5, 0x0123_4567_89AB_CDEF
NAMES = RENEWAL.table.columns
TABLES = Machine(BASE_MODULES).everything.tables
NUMBER = BASE_MODULES.index(RENEWAL)
TIME, DIFFERENCE = 0, 1
"""Places in the lookup of bytes: of the time's, and of the difference's."""


@cache
def shard() -> Shard:
    """A register is read once, and what was read is forgotten."""
    code = Assembler()
    code.set(REGISTER, HELD)
    code.emit("addi", COPY, REGISTER, immediate=1)
    code.set(COPY, 0)
    code.exit()
    (only,) = shards_of(guest("one read", code).program, machine=Machine(BASE_MODULES))
    return only


def cycle_back(time: int) -> list[int]:
    """From the read's time to one before it, as fast as differences of 24 bits allow, through all of the field."""
    return [(time + k * 2**24) % P for k in range(128)]


def fall_back(time: int) -> list[int]:
    """From the read's time to 0, by one step."""
    return [time, 0]


def without(place: int) -> TableSet:
    """The tables, but that one of the two bytes of a renewal may be any element."""
    interactions = [
        replace(i, message=tuple(as_expression(0) if n == place else e for n, e in enumerate(i.message)))
        if i.bus == buses.BYTE_PAIR
        else i
        for i in RENEWAL.table.interactions
    ]
    weaker = replace(RENEWAL.table, interactions=tuple(interactions))
    return TableSet(tuple(weaker if table is RENEWAL.table else table for table in TABLES.tables))


def forged(times: Callable[[int], list[int]], tables: TableSet) -> Trace:
    """The shard's trace in which the read finds `CLAIMED`, on a cycle through `times`, lookups counted by `tables`."""
    around: list[int] = []

    def forge(events: ShardEvents) -> None:
        around.extend(_take_the_read_out(events, times))

    honest = shard().trace(forge)
    trace = Trace(tables.tables, honest.num_rows)
    for number, table in enumerate(tables.tables):
        columns = honest.read_table(number).astype(np.int64)
        if table.name == "renewal":
            _write_cycle(columns, around)
        for place, values in enumerate(columns):
            trace.write(number, place, 0, values)
    count_lookups(trace)
    return trace


def _take_the_read_out(events: ShardEvents, times: Callable[[int], list[int]]) -> list[int]:
    """What comes after the read comes after what was before it; the read itself comes after the last of `times`."""
    events.families = {name: rows.copy() for name, rows in events.families.items()}
    rows, claimed = events.families["addi"], np.uint64(CLAIMED)
    (read,) = np.flatnonzero(rows[:, EventWord.RS1] == HELD)
    time, before = int(rows[read, EventWord.WHEN]) >> 32, int(rows[read, EventWord.SOURCE_TIMES]) % 2**32
    around = times(time)
    rows[read, EventWord.RS1], rows[read, EventWord.RESULT] = claimed, claimed + np.uint64(1)
    rows[read, EventWord.SOURCE_TIMES] = around[-1]
    constants = events.families["constant"]
    constants[constants[:, EventWord.RD] == HELD + 1, EventWord.RD] = claimed + np.uint64(1)
    events.last_times = events.last_times.copy()
    last = events.last_times[-9:].reshape(-1)
    assert last[REGISTER] == time
    last[REGISTER] = before
    events.renewals = np.array([(REGISTER, CLAIMED, 0, NEAR)] * (len(around) - 1), np.uint64)  # written over
    return around


def _write_cycle(columns: np.ndarray, around: list[int]) -> None:
    """Rows of renewals from each of the times to the next one. `columns` (width, rows) canonical."""
    previous, time = (np.array(part, np.int64) for part in (around[:-1], around[1:]))
    rows = slice(0, len(time))
    difference = (time - 1 - previous) % P
    columns[NAMES.index("previous_time"), rows] = previous
    columns[NAMES.index("time_high"), rows] = time * pow(NEAR, -1, P) % P
    columns[NAMES.index("time_difference_low"), rows] = difference % NEAR
    assert (columns[NAMES.index("dword"), rows] == REGISTER_DWORD + REGISTER).all()


FORGERIES = pytest.mark.parametrize(
    ("times", "place"), [(cycle_back, TIME), (fall_back, DIFFERENCE)], ids=["around_modulo_p", "back_in_time"]
)


@FORGERIES
def test_without_the_lookup_a_read_finds_anything(times: Callable[[int], list[int]], place: int) -> None:
    tables, public = without(place), shard().public
    trace = forged(times, tables)
    check_trace(trace, public.messages)
    verify_shard(tables, prove_shard(tables, trace, public, config=QUICK), public, QUICK)


@FORGERIES
def test_with_the_lookup_there_is_no_such_trace(times: Callable[[int], list[int]], place: int) -> None:
    for tables in (TABLES, without(1 - place)):
        with pytest.raises(WitnessError, match="table renewal, row 0: no lookup table holds its byte_pair"):
            forged(times, tables)


@FORGERIES
def test_no_proof_of_a_cycle_verifies(times: Callable[[int], list[int]], place: int) -> None:
    """Lookups counted as if the byte need not be one."""
    public, weaker = shard().public, forged(times, without(place))
    trace = Trace(TABLES.tables, weaker.num_rows)
    for number in range(len(TABLES.tables)):
        for column, values in enumerate(weaker.read_table(number)):
            trace.write(number, column, 0, values.astype(np.int64))
    words = prove_shard(TABLES, trace, public, config=QUICK, check=False)
    with pytest.raises(LogUpRejection):
        verify_shard(TABLES, words, public, QUICK)
