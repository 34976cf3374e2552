"""Comparisons (SLT, BLT and their kin) have one answer: every hint that a prover could choose instead is tried."""

from __future__ import annotations

from itertools import product

import pytest

from core_vm.field.koalabear import P
from core_vm.isa.operations import Operation
from core_vm.tables.instructions import branch, compare
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import (
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


@pytest.mark.parametrize(("module", "operation"), COMPARISONS, ids=lambda x: getattr(x, "name", ""))
def test_a_comparison_has_one_answer(module: TableModule, operation: Operation) -> None:
    """For each pair of values: both answers, both signs of each operand, each deciding limb; the distance follows."""
    values = (0, 1, 0xFFFF, 0x1_0000, 2**48, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1, *ODD)
    honest = as_rows(module, rows_of(module, [Case(operation, a, b, 0) for a, b in product(values, values)]))
    is_signed = operation.name in ("SLT", "BLT", "BGE")
    for (a, b), row in zip(product(values, values), honest, strict=True):
        true = signed(a) < signed(b) if is_signed else a < b
        tried = []
        for less, first, second, limb in product((0, 1), (0, 1), (0, 1), range(4)):
            forged = row | {"is_less": less, "rs1_is_negative": first, "rs2_is_negative": second, "distance": 0}
            forged |= {f"decided_by_limb_{i}": int(i == limb - 1) for i in range(3)}
            forged["distance"] = -value_of(module, CONSTRAINT_OF_DISTANCE, forged) % P
            if "next_index" in forged:
                taken = less ^ (operation in (Operation.BGE, Operation.BGEU))
                forged["next_index"] = forged["target"] if taken else forged["index"] + 1
            tried.append(forged)
        answers = {row["is_less"] for row, good in zip(tried, accepted_rows(module, tried), strict=True) if good}
        assert answers == {int(true)}, (a, b)
