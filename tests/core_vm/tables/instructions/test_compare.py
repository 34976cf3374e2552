"""Comparisons (SLT, SLTU, SLTI, SLTIU, BLT, BGE, BLTU, BGEU) have one answer: every hint that a prover could choose
instead is tried."""

from __future__ import annotations

from itertools import product

import pytest

from core_vm.field.koalabear import P
from core_vm.isa.operations import Operation
from core_vm.tables.instructions import branch, compare
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import (
    IMMEDIATES,
    ODD,
    Case,
    accepted_rows,
    as_rows,
    rows_of,
    signed,
    value_of,
)

CONSTRAINT_OF_DISTANCE = "distance_is_that_of_the_deciding_limb"
COMPARISONS = [
    (compare.COMPARE, Operation.SLT), (compare.COMPARE, Operation.SLTU),
    (branch.BRANCH_LESS, Operation.BLT), (branch.BRANCH_LESS, Operation.BGE),
    (branch.BRANCH_LESS, Operation.BLTU), (branch.BRANCH_LESS, Operation.BGEU),
]  # fmt: skip


VALUES = (0, 1, 0xFFFF, 0x1_0000, 2**48, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1, *ODD)


def check_comparisons(module: TableModule, cases: list[Case], second_sign: str) -> None:
    """For each case: both answers, both signs of each operand, each deciding limb; the distance follows."""
    honest = as_rows(module, rows_of(module, cases))
    for case, row in zip(cases, honest, strict=True):
        tried = []
        for less, first, second, limb in product((0, 1), (0, 1), (0, 1), range(4)):
            forged = row | {"is_less": less, "rs1_is_negative": first, second_sign: second, "distance": 0}
            forged |= {f"decided_by_limb_{i}": int(i == limb - 1) for i in range(3)}
            forged["distance"] = -value_of(module, CONSTRAINT_OF_DISTANCE, forged) % P
            if "next_index" in forged:
                taken = less ^ (case.operation in (Operation.BGE, Operation.BGEU))
                forged["next_index"] = forged["target"] if taken else forged["index"] + 1
            tried.append(forged)
        answers = {row["is_less"] for row, good in zip(tried, accepted_rows(module, tried), strict=True) if good}
        assert answers == {int(is_less(case))}, case


def is_less(case: Case) -> bool:
    first, second = case.rs1, (case.rs2 or case.immediate) % 2**64
    if case.operation.name in ("SLT", "SLTI", "BLT", "BGE"):
        first, second = signed(first), signed(second)
    return first < second


@pytest.mark.parametrize(("module", "operation"), COMPARISONS, ids=lambda x: getattr(x, "name", ""))
def test_a_comparison_has_one_answer(module: TableModule, operation: Operation) -> None:
    cases = [Case(operation, a, b, 0) for a, b in product(VALUES, VALUES)]
    check_comparisons(module, cases, "rs2_is_negative")


@pytest.mark.parametrize("operation", [Operation.SLTI, Operation.SLTIU], ids=lambda x: x.name)
def test_a_comparison_with_an_immediate_has_one_answer(operation: Operation) -> None:
    cases = [Case(operation, a, 0, 0, b) for a, b in product(VALUES, IMMEDIATES)]
    check_comparisons(compare.COMPARE_IMMEDIATE, cases, "immediate_is_negative_number")
