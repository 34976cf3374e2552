"""Sums and differences (ADD, SUB, ADDI, ADDW, SUBW, ADDIW) have one answer, in place too, and so has a move."""

from __future__ import annotations

from itertools import product

import pytest

from core_vm.isa.operations import Operation
from core_vm.machine.execute.reference import COMPUTATIONS, REGISTER_FORM
from core_vm.state.memory_map import REGISTER_DWORD
from core_vm.tables import buses
from core_vm.tables.instructions import add
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import (
    EDGES,
    IMMEDIATES,
    ODD,
    TIME,
    Case,
    accepted,
    check_one_result,
    messages,
    rows_of,
)

REGISTER_OPERATIONS = [
    (add.ADD, Operation.ADD), (add.ADD, Operation.SUB), (add.ADD_WORD, Operation.ADDW), (add.ADD_WORD, Operation.SUBW),
]  # fmt: skip
IMMEDIATE_OPERATIONS = [
    (add.ADDI, Operation.ADDI), (add.ADDI_IN_PLACE, Operation.ADDI), (add.ADDI_WORD, Operation.ADDIW)
]  # fmt: skip


def _name(x: TableModule | Operation) -> str:
    return x.name if isinstance(x, Operation) else x.table.name


@pytest.mark.parametrize(("module", "operation"), REGISTER_OPERATIONS, ids=_name)
def test_a_sum_of_registers_has_one_answer(module: TableModule, operation: Operation) -> None:
    values = (*EDGES, *ODD)
    compute = COMPUTATIONS[operation]
    check_one_result(module, [Case(operation, a, b, compute(a, b)) for a, b in product(values, values)])


@pytest.mark.parametrize(("module", "operation"), IMMEDIATE_OPERATIONS, ids=_name)
def test_a_sum_with_an_immediate_has_one_answer(module: TableModule, operation: Operation) -> None:
    compute = COMPUTATIONS[REGISTER_FORM[operation]]
    values = product((*EDGES, *ODD), IMMEDIATES)
    check_one_result(module, [Case(operation, a, 0, compute(a, b), b) for a, b in values])


@pytest.mark.parametrize("rd", [4, 5])
@pytest.mark.parametrize("operation", [Operation.ADD, Operation.SUB], ids=lambda x: x.name)
def test_a_sum_in_place_has_one_answer(operation: Operation, rd: int) -> None:
    values = (*EDGES, *ODD)
    compute = COMPUTATIONS[operation]
    cases = [Case(operation, a, b, compute(a, b), rd=rd) for a, b in product(values, values)]
    if operation == Operation.SUB and rd == 5:
        assert not accepted(add.ADD_IN_PLACE, rows_of(add.ADD_IN_PLACE, cases)).any()
    else:
        check_one_result(add.ADD_IN_PLACE, cases)


def test_neither_operand_is_overwritten_by_a_sum_elsewhere() -> None:
    cases = [Case(Operation.ADD, a, b, (a + b) % 2**64) for a, b in product(EDGES, EDGES)]
    assert not accepted(add.ADD_IN_PLACE, rows_of(add.ADD_IN_PLACE, cases)).any()


def test_a_move_writes_what_it_reads() -> None:
    """It has no column for the result, so any claim is the same row."""
    rows = rows_of(add.MOVE, [Case(Operation.ADDI, value, 0, 99) for value in (*EDGES, *ODD)])
    assert accepted(add.MOVE, rows).all()
    sent = [message for multiplicity, message in messages(add.MOVE, buses.MEMORY, rows) if (multiplicity == 1).all()]
    read, written = sorted(sent, key=lambda message: message[0, -1])
    assert (read[:, 1:5] == written[:, 1:5]).all()
    assert (read[:, 0] == REGISTER_DWORD + 4).all()
    assert (written[:, 0] == REGISTER_DWORD + 3).all()
    assert (written[:, -1] == TIME + 3).all()
