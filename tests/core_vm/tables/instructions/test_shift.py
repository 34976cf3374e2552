"""Shifts (SLL, SRL, SRA, SLLI, SRLI, SRAI, SLLW, SRLW, SRAW, SLLIW, SRLIW, SRAIW) have one answer: every split that a
prover could choose instead is tried."""

from __future__ import annotations

from itertools import product

import pytest

from core_vm.air.expression import evaluate
from core_vm.field.koalabear import P
from core_vm.isa.operations import Operation
from core_vm.tables.instructions import shift
from core_vm.witness.module import TableModule
from tests.core_vm.tables.single_rows import (
    EDGES,
    ODD,
    Case,
    accepted,
    accepted_rows,
    as_rows,
    rows_of,
    signed,
    value_of,
)


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
        good = [row for row, ok in zip(tried, accepted_rows(module, tried), strict=True) if ok]
        if "I" in operation.name:  # the program binds the amount: compare what it would be looked up with
            amount_of = next(i for i in module.table.interactions if i.bus.name == "program").message[5]
            good = [row for row in good if evaluate(amount_of, [v % P for v in row.values()]) == amount]
        results = {tuple(row[f"result_{i}"] for i in range(count)) for row in good}
        assert results == {tuple(case.result >> 16 * i & 0xFFFF for i in range(count))}, (hex(a), amount)
