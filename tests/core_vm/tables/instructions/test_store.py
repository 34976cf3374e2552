"""Stores (SW, SH, SB) leave one dword, at every offset. SD sends what it writes: it has no column of its own."""

from __future__ import annotations

from itertools import product

import pytest

from core_vm.isa.operations import Operation
from core_vm.tables.instructions import store
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import ADDRESS, EDGES, ODD, Case, accepted, check_one_result, rows_of

STORES = [(store.STORE_WORD, Operation.SW, 4), (store.STORE_HALF, Operation.SH, 2), (store.STORE_BYTE, Operation.SB, 1)]


def cases_of(operation: Operation, size: int) -> list[Case]:
    places = product(ODD, (*EDGES, *ODD), range(0, 8, size), (0, 8, -16))
    return [
        Case(operation, ADDRESS + offset - immediate, value, stored(memory, value, offset, size), immediate, memory)
        for memory, value, offset, immediate in places
    ]


def stored(memory: int, value: int, offset: int, size: int) -> int:
    mask = (1 << 8 * size) - 1 << 8 * offset
    return memory & ~mask | value << 8 * offset & mask


@pytest.mark.parametrize(("module", "operation", "size"), STORES, ids=lambda x: getattr(x, "name", ""))
def test_a_store_leaves_one_dword(module: TableModule, operation: Operation, size: int) -> None:
    check_one_result(module, cases_of(operation, size))


def test_a_dword_that_is_sent_is_accepted() -> None:
    assert accepted(store.STORE_DOUBLE, rows_of(store.STORE_DOUBLE, cases_of(Operation.SD, 8))).all()
