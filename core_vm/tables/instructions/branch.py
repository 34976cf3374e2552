"""Conditional branches: BEQ BNE, BLT BGE BLTU BGEU. A taken branch goes to the instruction index `target`."""

from __future__ import annotations

import numpy as np

from core_vm.air.expression import Expression, as_expression
from core_vm.field.koalabear import P
from core_vm.isa.operations import Operation
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.comparison import Operands, constrain_less, is_less, signed_top
from core_vm.tables.gadgets.inverses import inverses
from core_vm.tables.gadgets.rows import InstructionRows
from core_vm.tables.gadgets.witness_table import Witness
from core_vm.witness.module import TableModule


def _go_to_target(t: InstructionTable, taken: Expression, target: Expression, is_taken: Witness) -> None:
    """Continue at `target` if `taken` is 1 and at the next instruction if it is 0; `taken` has degree at most 2."""
    after = t.column(
        "next_index",
        lambda rows: np.where(is_taken(rows), rows.field("target"), rows.index + np.uint32(1)),
    )
    t.constrain("next_index_is_the_target_if_taken", after - t.index - t.real - taken * (target - t.index - 1))
    t.go_to(after)


def _differences(rows: InstructionRows) -> list[np.ndarray]:
    """The three forms of `_equal_table` modulo p."""
    d = rows.limbs("rs1").astype(np.int64) - rows.limbs("rs2")
    return [(d[:, 0] - (d[:, 3] << 16)) % P, (d[:, 1] - (d[:, 3] << 8)) % P, d[:, 2] % P]


def _witnesses_of_difference(rows: InstructionRows) -> list[np.ndarray]:
    """The inverse of the first form that is not zero, zeros for the others."""
    first, second, third = rows.once(_differences)
    chosen = np.where(first != 0, first, np.where(second != 0, second, third))
    inverse = inverses(chosen)
    by_first, by_second = first != 0, (first == 0) & (second != 0)
    return [inverse * by_first, inverse * by_second, inverse * ~(by_first | by_second)]


def _is_equal(rows: InstructionRows) -> np.ndarray:
    return rows.value("rs1") == rows.value("rs2")


def _equal_is_taken(rows: InstructionRows) -> np.ndarray:
    return _is_equal(rows) == rows.is_operation(Operation.BEQ)


def _is_zero(rows: InstructionRows) -> np.ndarray:
    return rows.value("rs1") == 0


def _zero_is_taken(rows: InstructionRows) -> np.ndarray:
    return _is_zero(rows) == rows.is_operation(Operation.BEQ)


def _equal_table() -> TableModule:
    t = InstructionTable("branch_equal", (Operation.BEQ, Operation.BNE), "BEQ, BNE: branch if rs1 = rs2, or if not.")
    rs1, rs2 = t.register("rs1"), t.register("rs2")
    target = t.column("target", lambda rows: rows.field("target"))
    t.fetch(rs1=rs1, rs2=rs2, target=target)
    a = t.read_register("rs1", rs1, 0)
    b = t.read_register("rs2", rs2, 1)

    # A bit without a constraint of its own: if it is not 0, the operands agree, and then it is `real`.
    equal = t.column("is_equal", _is_equal)
    difference = [x - y for x, y in zip(a, b, strict=True)]
    for i, limb in enumerate(difference):
        t.constrain(f"limbs_{i}_agree_if_equal", equal * limb)
    # Three forms that vanish together only if all four differences d_i do: d_2 = 0; d_1 = 2^8 d_3 modulo p, both below
    # 2^24 in size, so over the integers, hence |d_3| < 2^8; then d_0 = 2^16 d_3 likewise, hence d_3 = 0. A combination
    # of them that is 1 proves a difference; any coefficients will do.
    forms = [difference[0] - 2**16 * difference[3], difference[1] - 2**8 * difference[3], difference[2]]
    weights = t.columns("difference_inverse", 3, _witnesses_of_difference)
    combination = sum((weight * form for weight, form in zip(weights, forms, strict=True)), -t.real)
    t.constrain("operands_differ_unless_equal", combination + equal)

    _go_to_target(t, _equal_taken(t, equal), target, _equal_is_taken)
    return t.module()


def _equal_taken(t: InstructionTable, equal: Expression) -> Expression:
    """Whether a BEQ or BNE is taken: degree 2. A BNE of what is not equal: is_bne = 1, equal = 0."""
    return t.selector[Operation.BEQ] * equal + t.selector[Operation.BNE] * (1 - equal)


def _limb_sum(rows: InstructionRows) -> np.ndarray:
    return rows.limbs("rs1").sum(axis=1, dtype=np.int64)


def _zero_table() -> TableModule:
    """x0 is zero in every state that a run reaches, so the row need not read it: registers begin as zeros in the root
    that a run starts from (`core_vm/state/roots.py`), what a decoder makes a program tree of writes no x0
    (`core_vm/isa/decode.py`), and an environment call writes x10 alone."""
    t = InstructionTable("branch_zero", (Operation.BEQ, Operation.BNE), "BEQ, BNE with x0: branch if rs1 = 0, or not.")
    rs1 = t.register("rs1")
    target = t.column("target", lambda rows: rows.field("target"))
    t.fetch(rs1=rs1, target=target)
    a = t.read_register("rs1", rs1, 0)

    # Limbs are below 2^16, so their sum is below 2^18: it is zero modulo p only if all of them are.
    total = sum(a, as_expression(0))
    equal = t.column("is_zero", _is_zero)
    inverse = t.column("limb_sum_inverse", lambda rows: inverses(_limb_sum(rows)))
    t.constrain("sum_of_limbs_vanishes_if_zero", equal * total)
    t.constrain("sum_of_limbs_has_an_inverse_unless_zero", total * inverse + equal - t.real)
    _go_to_target(t, _equal_taken(t, equal), target, _zero_is_taken)
    return t.module()


def _is_unsigned(rows: InstructionRows) -> np.ndarray:
    return rows.is_operation(Operation.BLTU) | rows.is_operation(Operation.BGEU)


def _is_negated(rows: InstructionRows) -> np.ndarray:
    return rows.is_operation(Operation.BGE) | rows.is_operation(Operation.BGEU)


def _operands(rows: InstructionRows) -> Operands:
    return rows.value("rs1"), rows.value("rs2"), ~_is_unsigned(rows)


def _less_is_taken(rows: InstructionRows) -> np.ndarray:
    return is_less(_operands(rows)) != _is_negated(rows)


class _OrderedBranchTable(InstructionTable):
    """Three columns for four operations: BLT + is_negated + 2 is_unsigned."""

    def __init__(self) -> None:
        super().__init__("branch_less", (Operation.BLT,), "BLT, BGE, BLTU, BGEU: branch if rs1 < rs2, or if not.")
        self.operations = (Operation.BLT, Operation.BGE, Operation.BLTU, Operation.BGEU)
        self.negated = self.bit("is_negated", _is_negated)
        self.unsigned = self.bit("is_unsigned", _is_unsigned)
        # `real - is_unsigned` multiplies lookups: it must not become negative.
        self.constrain("only_rows_in_use_are_unsigned", self.unsigned * (1 - self.real))
        self.operation = int(Operation.BLT) * self.real + self.negated + 2 * self.unsigned


def _less_table() -> TableModule:
    t = _OrderedBranchTable()
    rs1, rs2 = t.register("rs1"), t.register("rs2")
    target = t.column("target", lambda rows: rows.field("target"))
    t.fetch(rs1=rs1, rs2=rs2, target=target)
    signed = t.real - t.unsigned

    def sign(name: str) -> Witness:
        return lambda rows: (rows.value(name) >> np.uint64(63)) * ~_is_unsigned(rows)

    a = signed_top(t, "rs1", t.read_register("rs1", rs1, 0), signed, sign("rs1"))
    b = signed_top(t, "rs2", t.read_register("rs2", rs2, 1), signed, sign("rs2"))
    less = constrain_less(t, a, b, _operands)
    _go_to_target(t, less + t.negated - 2 * less * t.negated, target, _less_is_taken)
    return t.module()


BRANCH_EQUAL = _equal_table()
BRANCH_LESS = _less_table()
BRANCH_ZERO = _zero_table()
MODULES = (BRANCH_EQUAL, BRANCH_LESS, BRANCH_ZERO)
