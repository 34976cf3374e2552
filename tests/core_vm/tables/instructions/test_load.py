"""Loads (LW, LWU, LH, LHU, LB, LBU) have one answer, at every offset. LD writes the dword that it reads, no other."""

from __future__ import annotations

from itertools import product

import pytest

from core_vm.field.koalabear import P, inverse
from core_vm.isa.operations import Operation
from core_vm.tables.instructions import load
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import (
    ADDRESS,
    EDGES,
    ODD,
    Case,
    accepted,
    accepted_rows,
    as_rows,
    check_one_result,
    rows_of,
    signed,
    value_of,
)

LOADS = [
    (load.LOAD_WORD, Operation.LW, 4), (load.LOAD_WORD, Operation.LWU, 4), (load.LOAD_HALF, Operation.LH, 2),
    (load.LOAD_HALF, Operation.LHU, 2),
]  # fmt: skip


def loaded(operation: Operation, memory: int, offset: int, size: int) -> int:
    value = memory >> 8 * offset & (1 << 8 * size) - 1
    return value if operation.name.endswith("U") else signed(value, 8 * size)


@pytest.mark.parametrize(("module", "operation", "size"), LOADS, ids=lambda x: getattr(x, "name", ""))
def test_a_load_has_one_answer(module: TableModule, operation: Operation, size: int) -> None:
    places = product((*EDGES, *ODD), range(0, 8, size), (0, 8, -16))
    check_one_result(
        module,
        [
            Case(operation, ADDRESS + offset - immediate, 0, loaded(operation, memory, offset, size), immediate, memory)
            for memory, offset, immediate in places
        ],
    )


def test_a_dword_is_loaded_as_it_is() -> None:
    cases = [Case(Operation.LD, ADDRESS, 0, memory, 0, memory) for memory in (*EDGES, *ODD)]
    assert accepted(load.LOAD_DOUBLE, rows_of(load.LOAD_DOUBLE, cases)).all()


@pytest.mark.parametrize("operation", [Operation.LB, Operation.LBU], ids=lambda x: x.name)
def test_a_byte_has_one_split_and_one_sign(operation: Operation) -> None:
    """Every byte and both signs; the other byte of the limb follows."""
    module, split = load.LOAD_BYTE, "bytes_are_those_of_the_addressed_limb"
    for memory, offset in product(ODD, range(8)):
        byte = memory >> 8 * offset & 0xFF
        case = Case(operation, ADDRESS + offset, 0, loaded(operation, memory, offset, 1), 0, memory)
        (row,) = as_rows(module, rows_of(module, [case]))
        weight = 1 if offset % 2 else 2**8
        tried = []
        for value, negative in product(range(2**8), (0, 1)):
            forged = row | {"addressed_byte": value, "other_byte_of_the_limb": 0, "result_is_negative": negative}
            forged["other_byte_of_the_limb"] = -value_of(module, split, forged) * inverse(weight) % P
            tried.append(forged)
        good_rows = [row for row, good in zip(tried, accepted_rows(module, tried), strict=True) if good]
        assert [row["addressed_byte"] for row in good_rows] == [byte]
        assert [row["result_is_negative"] for row in good_rows] == [int(operation == Operation.LB and byte >= 128)]
