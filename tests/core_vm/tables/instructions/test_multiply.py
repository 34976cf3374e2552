"""Products (MUL, MULW, MULH, MULHSU, MULHU) have one answer: every carry and sign that a prover could choose is
tried."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from core_vm.field.koalabear import P
from core_vm.isa.operations import Operation
from core_vm.tables.instructions import multiply
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import (
    EDGES,
    ODD,
    Case,
    Row,
    accepted,
    accepted_rows,
    as_rows,
    rows_of,
    signed,
    value_of,
)


def product_answer(operation: Operation, a: int, b: int) -> int:
    if operation == Operation.MULW:
        return signed(a * b, 32) % 2**64
    if operation == Operation.MUL:
        return a * b % 2**64
    first = signed(a) if operation in (Operation.MULH, Operation.MULHSU) else a
    second = signed(b) if operation == Operation.MULH else b
    return (first * second >> 64) % 2**64


PRODUCTS = [
    (multiply.MULTIPLY, Operation.MUL), (multiply.MULTIPLY_WORD, Operation.MULW),
    *((multiply.MULTIPLY_HIGH, operation) for operation in (Operation.MULH, Operation.MULHSU, Operation.MULHU)),
]  # fmt: skip


@pytest.mark.parametrize(("module", "operation"), PRODUCTS, ids=lambda x: getattr(x, "name", ""))
def test_every_product_is_accepted(module: TableModule, operation: Operation) -> None:
    values = (*EDGES, *ODD)
    cases = [Case(operation, a, b, product_answer(operation, a, b)) for a, b in product(values, values)]
    assert accepted(module, rows_of(module, cases)).all()


@pytest.mark.parametrize(("module", "operation"), PRODUCTS, ids=lambda x: getattr(x, "name", ""))
def test_a_limb_of_a_product_has_one_carry(module: TableModule, operation: Operation) -> None:
    """For each limb, all 2^12 carries: only one leaves a limb that is in range."""
    (row,) = rows_of(module, [Case(operation, ODD[0], ODD[1], product_answer(operation, ODD[0], ODD[1]))]).T
    names = module.table.columns
    carries = [name for name in names if name.startswith("carry_")]
    limbs = [name for name in names if name.startswith("low_product_")]
    limbs += [f"result_{i}" for i in range(len(carries) - len(limbs))]
    for limb, carry in zip(limbs, carries, strict=True):
        total = int(row[names.index(limb)] + 2**16 * row[names.index(carry)])
        in_range = (total - 2**16 * np.arange(2**12, dtype=np.int64)) % P < 2**16
        assert np.flatnonzero(in_range).tolist() == [int(row[names.index(carry)])]


SIGN_LIES: dict[str, Callable[[Row], Row]] = {
    "first": lambda row: row | {"rs1_is_negative": 1 - row["rs1_is_negative"]},
    "second": lambda row: row | {"rs2_is_negative": 1 - row["rs2_is_negative"]},
    "both": lambda row: row | {f"rs{i}_is_negative": 1 - row[f"rs{i}_is_negative"] for i in (1, 2)},
}


@pytest.mark.parametrize("lie", SIGN_LIES.values(), ids=SIGN_LIES)
@pytest.mark.parametrize(("module", "operation"), PRODUCTS[2:], ids=lambda x: getattr(x, "name", ""))
def test_a_sign_of_a_factor_is_no_choice(module: TableModule, operation: Operation, lie: Callable[[Row], Row]) -> None:
    """The forged sign, with limbs and carries that follow from it, is refused for every pair of factors."""
    values = (*EDGES, *ODD)
    cases = [Case(operation, a, b, product_answer(operation, a, b)) for a, b in product(values, values)]
    tried = []
    for row in as_rows(module, rows_of(module, cases)):
        forged = lie(row)
        for n in range(4, 8):
            forged |= {f"result_{n - 4}": 0, f"carry_{n}": 0}
            total = value_of(module, f"product_limb_{n}_with_its_carry", forged)
            forged |= {f"result_{n - 4}": total % 2**16, f"carry_{n}": total >> 16}
        tried.append(forged)
    assert not accepted_rows(module, tried).any()
