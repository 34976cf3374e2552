"""ECALL is of one kind, gives x10 one value, and has a row just where the executor does not trap."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from core_vm.field.koalabear import P
from core_vm.machine.execute.calls import EXIT_NUMBER, WRITE_NUMBER, CallKind
from core_vm.state.memory_map import ADDRESS_LIMIT
from core_vm.tables import buses
from core_vm.tables.instructions.ecall import ECALL
from core_vm.witness.check import stray_messages
from tests.core_vm.tables.single_rows import (
    EDGES,
    ODD,
    TIME,
    EcallCase,
    Row,
    accepted,
    accepted_rows,
    as_rows,
    check_one_result,
    messages,
    rows_of,
)

KINDS = {CallKind.EXIT: "is_exit", CallKind.WRITE: "is_write", CallKind.PRECOMPILE: "is_call"}
POINTERS = (0, 8, 0xFFFF, 0x1_0000, ADDRESS_LIMIT - 8, 2**32 - 1)
TOO_LARGE = (2**32, 2**32 + 8, 2**48, 2**63, 2**64 - 1)
# (address, size): the last byte is the memory map's, or would lie beyond it, or the sum wraps.
FITTING = [
    (0, 1), (ADDRESS_LIMIT - 1, 1), (0, ADDRESS_LIMIT), (1, ADDRESS_LIMIT - 1), (0xFFFF, 0xFFFF),
    (0xEFFF_0001, 0xFFFF), (0x1_0001, 0xEFFE_FFFF), (0x7800_0000, 0x7800_0000),
]  # fmt: skip
BEYOND = [
    (ADDRESS_LIMIT, 1), (ADDRESS_LIMIT - 1, 2), (1, ADDRESS_LIMIT), (0, ADDRESS_LIMIT + 1), (0xEFFF_0001, 0x1_0000),
    (2**32 - 1, 1), (2**32 - 1, 2**32 - 1), (1, 2**32 - 1), (0, 2**32), (2**32, 1), (2**64 - 1, 2), (2, 2**64 - 1),
]  # fmt: skip


def exit_case(code: int) -> EcallCase:
    return EcallCase(EXIT_NUMBER, code, 7, 2**64 - 1, CallKind.EXIT, code)


def write_case(stream: int, address: int, size: int) -> EcallCase:
    return EcallCase(WRITE_NUMBER, stream, address, size, CallKind.WRITE, size)


def call_case(number: int, first: int, second: int, third: int) -> EcallCase:
    return EcallCase(number, first, second, third, CallKind.PRECOMPILE, first)


def buffer_claims(case: EcallCase) -> list[Row]:
    """The row with whatever its two witnesses of the buffer may be."""
    (row,) = as_rows(ECALL, rows_of(ECALL, [case]))
    carries = range(-2, 6)
    return [
        row | {"write_shows_something": shows, "carry_into_the_end_of_the_buffer": carry}
        for shows, carry in product((0, 1), carries)
    ]


CASES = [
    *(exit_case(code) for code in (*EDGES, *ODD)),
    *(write_case(stream, address, size) for stream, (address, size) in product((1, 2), FITTING)),
    *(write_case(1, address, 0) for address in (*EDGES, *ODD)),
    *(call_case(number, *pointers) for number in (0x1000, 0xFFFF) for pointers in product(POINTERS, repeat=3)),
]


def test_x10_has_one_value_after() -> None:
    check_one_result(ECALL, CASES)


@pytest.mark.parametrize(("address", "size"), BEYOND, ids=hex)
def test_a_write_beyond_the_memory_map_has_no_row(address: int, size: int) -> None:
    assert not accepted_rows(ECALL, buffer_claims(write_case(1, address, size))).any()


@pytest.mark.parametrize(("address", "size"), FITTING, ids=hex)
def test_a_write_inside_it_has_one_row(address: int, size: int) -> None:
    tried = buffer_claims(write_case(1, address, size))
    assert accepted_rows(ECALL, tried).sum() == 1


@pytest.mark.parametrize("stream", [0, 3, 4, 2**16 + 1, 2**32 + 1, 2**48 + 2, 2**64 - 1, 2**63 + 2], ids=hex)
def test_a_write_to_another_stream_has_no_row(stream: int) -> None:
    assert not accepted_rows(ECALL, buffer_claims(write_case(stream, 8, 8))).any()
    assert not accepted_rows(ECALL, buffer_claims(write_case(stream, 8, 0))).any()


@pytest.mark.parametrize("place", range(3))
def test_a_pointer_of_more_than_32_bits_has_no_row(place: int) -> None:
    for large in TOO_LARGE:
        pointers = [8, 16, 24]
        pointers[place] = large
        assert not accepted_rows(ECALL, buffer_claims(call_case(0x1000, *pointers))).any()


@pytest.mark.parametrize(("kind", "other"), list(product(KINDS, KINDS)))
def test_a_call_is_of_the_kind_that_its_number_says(kind: CallKind, other: CallKind) -> None:
    """Arguments that all kinds take. That a number is a precompile's is for its table to say, which receives the call:
    here the bus of calls stands for all of them."""
    number = {CallKind.EXIT: EXIT_NUMBER, CallKind.WRITE: WRITE_NUMBER, CallKind.PRECOMPILE: 0x1000}[kind]
    (row,) = as_rows(ECALL, rows_of(ECALL, [EcallCase(number, 1, 8, 1, kind, 1)]))
    bits = {name: int(which == other) for which, name in KINDS.items()}
    forged = [claim | bits for claim in buffer_claims(EcallCase(number, 1, 8, 1, kind, 1))]
    assert accepted_rows(ECALL, forged).any() == (kind == other)
    both = row | {KINDS[kind]: 1, KINDS[other]: 1 if kind != other else 2}
    assert not accepted_rows(ECALL, [both]).any()


def test_the_run_goes_on_unless_it_exits() -> None:
    """An exit sends its code, the low 32 bits of x10, and no state; all others send the next state, and no code.

    A state that is not sent is zero.
    """
    cases = CASES[:: max(1, len(CASES) // 50)]
    columns = rows_of(ECALL, cases)
    assert accepted(ECALL, columns).all()
    is_exit = np.array([case.kind == CallKind.EXIT for case in cases])
    assert is_exit.any()
    assert not is_exit.all()
    ((halts, codes),) = messages(ECALL, buses.HALT, columns)
    assert (halts == is_exit).all()
    for code, case in zip(codes[is_exit].tolist(), (case for case in cases if case.kind == CallKind.EXIT), strict=True):
        assert code == [case.x10 % 2**16, case.x10 >> 16 & 0xFFFF]
    received, sent = sorted(messages(ECALL, buses.STATE, columns), key=lambda states: -int(states[0].max()))
    assert (received[0] == P - 1).all()
    assert (sent[0] == ~is_exit).all()
    assert (sent[1] == (received[1] + [1, 4]) * ~is_exit[:, None]).all()
    assert stray_messages(ECALL.table, columns) == []


@pytest.mark.parametrize("name", ["next_index", "next_time"])
@pytest.mark.parametrize(
    "case", [exit_case(3), write_case(1, 8, 8), call_case(0x1000, 8, 16, 24)], ids=lambda c: c.kind
)
def test_the_next_state_is_no_other(name: str, case: EcallCase) -> None:
    (row,) = as_rows(ECALL, rows_of(ECALL, [case]))
    others = [row | {name: value} for value in (0, row[name] + 1, row[name] - 1, row["index"] + 1, row["time"] + 4)]
    assert not accepted_rows(ECALL, [other for other in others if other != row]).any()


def test_a_precompile_is_told_who_calls_with_what() -> None:
    cases = [call_case(0x1234, 0x1_0002, 0x3_0004, 0x5_0006), write_case(1, 8, 8), exit_case(0)]
    ((called, told),) = messages(ECALL, buses.CALL, rows_of(ECALL, cases))
    assert called.tolist() == [1, 0, 0]
    assert told[0].tolist() == [0x1234, TIME, 2, 1, 4, 3, 6, 5]
