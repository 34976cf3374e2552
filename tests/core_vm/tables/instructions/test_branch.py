"""BEQ and BNE know whether two registers are equal, or one is zero: no claim and no witness says otherwise.
BLT, BGE, BLTU and BGEU are in test_compare."""

from __future__ import annotations

from itertools import product

import pytest

from core_vm.field.koalabear import P, inverse
from core_vm.isa.operations import Operation
from core_vm.tables.instructions.branch import BRANCH_EQUAL, BRANCH_ZERO
from tests.core_vm.tables.single_rows import EDGES, ODD, Case, Row, accepted_rows, as_rows, rows_of

# Differences of limbs at which one of the three combined forms vanishes, or two.
CANCELLING = (2**48, 2**48 + 2**24, 2**48 + 2**16, 2**24, 2**32, 2**48 - 1)


def claims(row: Row, operation: Operation) -> list[Row]:
    """Both answers, each with the inverse of each form that has one, with none, and with the honest witnesses."""
    difference = [row[f"rs1_{i}"] - row[f"rs2_{i}"] for i in range(4)]
    forms = [difference[0] - 2**16 * difference[3], difference[1] - 2**8 * difference[3], difference[2]]
    no_inverses = {f"difference_inverse_{i}": 0 for i in range(3)}
    inverses = [no_inverses | {f"difference_inverse_{i}": inverse(x % P)} for i, x in enumerate(forms) if x % P]
    tried = []
    for equal, witnesses in product((0, 1), (no_inverses, {}, *inverses)):
        taken = equal == (operation == Operation.BEQ)
        after = row["target"] if taken else row["index"] + 1
        tried.append(row | witnesses | {"is_equal": equal, "next_index": after})
    return tried


@pytest.mark.parametrize("operation", [Operation.BEQ, Operation.BNE], ids=lambda x: x.name)
def test_registers_are_equal_or_not(operation: Operation) -> None:
    values = (*EDGES, *ODD, *CANCELLING)
    for a, b in product(values, values):
        (row,) = as_rows(BRANCH_EQUAL, rows_of(BRANCH_EQUAL, [Case(operation, a, b, 0)]))
        tried = claims(row, operation)
        answers = {row["is_equal"] for row, good in zip(tried, accepted_rows(BRANCH_EQUAL, tried), strict=True) if good}
        assert answers == {int(a == b)}, (hex(a), hex(b))


@pytest.mark.parametrize("operation", [Operation.BEQ, Operation.BNE], ids=lambda x: x.name)
def test_a_register_is_zero_or_not(operation: Operation) -> None:
    for value in (*EDGES, *ODD, *(0xFFFF << 16 * i for i in range(4))):
        (row,) = as_rows(BRANCH_ZERO, rows_of(BRANCH_ZERO, [Case(operation, value, 0, 0)]))
        total = sum(row[f"rs1_{i}"] for i in range(4))
        tried = []
        for zero, weight in product((0, 1, -1, 2), {0, inverse(total) if total else 1, row["limb_sum_inverse"]}):
            taken = zero == (operation == Operation.BEQ)
            after = row["target"] if taken else row["index"] + 1
            tried.append(row | {"is_zero": zero, "limb_sum_inverse": weight, "next_index": after})
        answers = {row["is_zero"] for row, good in zip(tried, accepted_rows(BRANCH_ZERO, tried), strict=True) if good}
        assert answers == {int(value == 0)}, hex(value)
