"""Comparisons, shifts and products have one answer: every hint that a prover could choose instead is tried."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from core_vm.air.expression import evaluate
from core_vm.field.koalabear import P
from core_vm.isa.operations import Operation
from core_vm.tables.instructions import branch, compare, multiply, shift
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import EDGES, ODD, Case, accepted, rows_of, signed

Row = dict[str, int]
CONSTRAINT_OF_DISTANCE = "distance_is_that_of_the_deciding_limb"


def as_rows(module: TableModule, columns: np.ndarray) -> list[Row]:
    return [dict(zip(module.table.columns, row.tolist(), strict=True)) for row in columns.T]


def check(module: TableModule, rows: list[Row]) -> np.ndarray:
    return accepted(module, np.array([list(row.values()) for row in rows], np.int64).T % P)


def value_of(module: TableModule, constraint: str, row: Row) -> int:
    expression = next(c.expression for c in module.table.constraints if c.name == constraint)
    return evaluate(expression, [v % P for v in row.values()])


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
        answers = {row["is_less"] for row, good in zip(tried, check(module, tried), strict=True) if good}
        assert answers == {int(true)}, (a, b)


def shift_answer(operation: Operation, a: int, amount: int) -> int:
    bits = 32 if operation.name.endswith("W") else 64
    a, amount = a % 2**bits, amount % bits
    if "SLL" in operation.name:
        return signed(a << amount, bits) % 2**64
    return signed((signed(a, bits) if "SRA" in operation.name else a) >> amount, bits) % 2**64


SHIFTS = [
    (module, operation)
    for module in shift.MODULES
    for operation in Operation
    if operation.name[:3] in ("SLL", "SRL", "SRA")
    and ("I" in operation.name) == module.table.name.endswith("immediate")
    and operation.name.endswith("W") == ("word" in module.table.name)
    and ("SLL" in operation.name) == ("left" in module.table.name)
]


def shift_case(operation: Operation, a: int, amount: int) -> Case:
    if "I" in operation.name:
        return Case(operation, a, 0, shift_answer(operation, a, amount), amount)
    return Case(operation, a, amount | 0xABCD_EF01_2345_6700, shift_answer(operation, a, amount))


@pytest.mark.parametrize(("module", "operation"), SHIFTS, ids=lambda x: getattr(x, "name", ""))
def test_every_amount_is_accepted(module: TableModule, operation: Operation) -> None:
    amounts = range(32 if operation.name.endswith("W") else 64)
    cases = [shift_case(operation, a, amount) for a, amount in product((*EDGES, *ODD), amounts)]
    assert accepted(module, rows_of(module, cases)).all()


@pytest.mark.parametrize(("module", "operation"), SHIFTS, ids=lambda x: getattr(x, "name", ""))
def test_a_shift_has_one_answer(module: TableModule, operation: Operation) -> None:
    """Every split, every number of limbs and both fills: whatever the table accepts moves the limbs to one result."""
    count = 2 if operation.name.endswith("W") else 4
    moves = [name for name in module.table.columns if name.startswith("moved_by_limbs")]
    glued = [f"limb_{i}_of_the_result_is_moved_and_glued" for i in range(count)]
    for a, amount in product(ODD, (0, 1, 15, 16, 17, 31)):
        case = shift_case(operation, a, amount)
        (row,) = as_rows(module, rows_of(module, [case]))
        tried = []
        for t, moved, fill in product(range(16), range(len(moves) + 1), (0, 1)):
            forged = row | {"bit_shift": t, "power": 2**t, "co_power": 2 ** (16 - t)}
            forged |= {name: int(i == moved) for i, name in enumerate(moves, start=1)}
            if "fill" in row:
                forged["fill"] = fill
            for i in range(count):
                forged |= {f"high_{i}": row[f"rs1_{i}"] >> t, f"low_{i}": row[f"rs1_{i}"] % 2**t, f"result_{i}": 0}
            results = {f"result_{i}": -value_of(module, name, forged) % P for i, name in enumerate(glued)}
            for negative in (0, 1) if "result_is_negative" in row else (0,):
                signs = {"result_is_negative": negative} if "result_is_negative" in row else {}
                tried.append(forged | results | signs)
        good = [row for row, ok in zip(tried, check(module, tried), strict=True) if ok]
        if "I" in operation.name:  # the program binds the amount: compare what it would be looked up with
            amount_of = next(i for i in module.table.interactions if i.bus.name == "program").message[5]
            good = [row for row in good if evaluate(amount_of, [v % P for v in row.values()]) == amount]
        results = {tuple(row[f"result_{i}"] for i in range(count)) for row in good}
        assert results == {tuple(case.result >> 16 * i & 0xFFFF for i in range(count))}, (hex(a), amount)


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
    assert not check(module, tried).any()
