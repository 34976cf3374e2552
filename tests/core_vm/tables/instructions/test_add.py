"""Sums and differences (ADD, SUB, ADDI, ADDW, SUBW, ADDIW) have one answer."""

from __future__ import annotations

from itertools import product

import pytest

from core_vm.isa.operations import Operation
from core_vm.machine.execute.reference import COMPUTATIONS, REGISTER_FORM
from core_vm.tables.instructions import add
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import EDGES, IMMEDIATES, ODD, Case, check_one_result

REGISTER_OPERATIONS = [
    (add.ADD, Operation.ADD), (add.ADD, Operation.SUB), (add.ADD_WORD, Operation.ADDW), (add.ADD_WORD, Operation.SUBW),
]  # fmt: skip
IMMEDIATE_OPERATIONS = [(add.ADDI, Operation.ADDI), (add.ADDI_WORD, Operation.ADDIW)]


@pytest.mark.parametrize(("module", "operation"), REGISTER_OPERATIONS, ids=lambda x: getattr(x, "name", ""))
def test_a_sum_of_registers_has_one_answer(module: TableModule, operation: Operation) -> None:
    values = (*EDGES, *ODD)
    compute = COMPUTATIONS[operation]
    check_one_result(module, [Case(operation, a, b, compute(a, b)) for a, b in product(values, values)])


@pytest.mark.parametrize(("module", "operation"), IMMEDIATE_OPERATIONS, ids=lambda x: getattr(x, "name", ""))
def test_a_sum_with_an_immediate_has_one_answer(module: TableModule, operation: Operation) -> None:
    compute = COMPUTATIONS[REGISTER_FORM[operation]]
    values = product((*EDGES, *ODD), IMMEDIATES)
    check_one_result(module, [Case(operation, a, 0, compute(a, b), b) for a, b in values])
