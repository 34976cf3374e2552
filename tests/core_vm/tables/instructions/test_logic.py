"""Bitwise operations (AND, OR, XOR, ANDI, ORI, XORI) have one answer."""

from __future__ import annotations

from itertools import product

import pytest

from core_vm.isa.operations import Operation
from core_vm.machine.execute.reference import COMPUTATIONS, REGISTER_FORM
from core_vm.tables.instructions.logic import LOGIC, LOGIC_IMMEDIATE, LOGIC_IN_PLACE
from tests.core_vm.tables.single_rows import EDGES, IMMEDIATES, ODD, Case, accepted, check_one_result, rows_of


@pytest.mark.parametrize("operation", [Operation.AND, Operation.OR, Operation.XOR], ids=lambda x: x.name)
def test_two_registers_have_one_answer(operation: Operation) -> None:
    values = (*EDGES, *ODD)
    compute = COMPUTATIONS[operation]
    check_one_result(LOGIC, [Case(operation, a, b, compute(a, b)) for a, b in product(values, values)])


@pytest.mark.parametrize("rd", [3, 4, 5])
@pytest.mark.parametrize("operation", [Operation.AND, Operation.OR, Operation.XOR], ids=lambda x: x.name)
def test_only_an_operand_is_overwritten_in_place(operation: Operation, rd: int) -> None:
    values = (*EDGES, *ODD)
    compute = COMPUTATIONS[operation]
    cases = [Case(operation, a, b, compute(a, b), rd=rd) for a, b in product(values, values)]
    if rd == 3:
        assert not accepted(LOGIC_IN_PLACE, rows_of(LOGIC_IN_PLACE, cases)).any()
    else:
        check_one_result(LOGIC_IN_PLACE, cases)


@pytest.mark.parametrize("operation", [Operation.ANDI, Operation.ORI, Operation.XORI], ids=lambda x: x.name)
def test_a_register_and_an_immediate_have_one_answer(operation: Operation) -> None:
    compute = COMPUTATIONS[REGISTER_FORM[operation]]
    values = product((*EDGES, *ODD), IMMEDIATES)
    check_one_result(LOGIC_IMMEDIATE, [Case(operation, a, 0, compute(a, b % 2**64), b) for a, b in values])
