"""Comparisons into a register: SLT SLTU, SLTI SLTIU."""

from __future__ import annotations

import numpy as np

from core_vm.isa.operations import Operation
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.comparison import Operands, constrain_less, signed_top
from core_vm.tables.gadgets.rows import InstructionRows
from core_vm.tables.gadgets.witness_table import Witness
from core_vm.witness.module import TableModule


def _register_operands(rows: InstructionRows) -> Operands:
    return rows.value("rs1"), rows.value("rs2"), rows.is_operation(Operation.SLT)


def _immediate_operands(rows: InstructionRows) -> Operands:
    return rows.value("rs1"), rows.field("immediate"), rows.is_operation(Operation.SLTI)


def _register_table() -> TableModule:
    t = InstructionTable("compare", (Operation.SLT, Operation.SLTU), "SLT, SLTU: rd <- 1 if rs1 < rs2, else 0.")
    rd, rs1, rs2 = t.register("rd"), t.register("rs1"), t.register("rs2")
    t.fetch(rd=rd, rs1=rs1, rs2=rs2)
    t.go_to()
    signed = t.selector[Operation.SLT]

    def sign(name: str) -> Witness:
        return lambda rows: (rows.value(name) >> np.uint64(63)) * rows.is_operation(Operation.SLT)

    a = signed_top(t, "rs1", t.read_register("rs1", rs1, 0), signed, sign("rs1"))
    b = signed_top(t, "rs2", t.read_register("rs2", rs2, 1), signed, sign("rs2"))
    less = constrain_less(t, a, b, _register_operands)
    t.write_register(rd, [less, 0, 0, 0])
    return t.module()


def _immediate_table() -> TableModule:
    t = InstructionTable(
        "compare_immediate", (Operation.SLTI, Operation.SLTIU), "SLTI, SLTIU: rd <- 1 if rs1 < immediate, else 0."
    )
    rd, rs1 = t.register("rd"), t.register("rs1")
    immediate = t.immediate_limbs()
    t.fetch(rd=rd, rs1=rs1, immediate=immediate)
    t.go_to()
    signed = t.selector[Operation.SLTI]

    a = signed_top(
        t,
        "rs1",
        t.read_register("rs1", rs1, 0),
        signed,
        lambda rows: (rows.value("rs1") >> np.uint64(63)) * rows.is_operation(Operation.SLTI),
    )
    # The immediate's sign is a column that the program binds; only its use as a signed number needs one more.
    negative = t.column(
        "immediate_is_negative_number",
        lambda rows: (rows.field("immediate") >> np.uint64(63)) * rows.is_operation(Operation.SLTI),
    )
    t.constrain("immediate_is_a_negative_number_if_signed", 0xFFFF * negative - signed * immediate[3])
    b = [*immediate[:3], immediate[3] - 2**16 * negative]
    less = constrain_less(t, a, b, _immediate_operands)
    t.write_register(rd, [less, 0, 0, 0])
    return t.module()


COMPARE = _register_table()
COMPARE_IMMEDIATE = _immediate_table()
MODULES = (COMPARE, COMPARE_IMMEDIATE)
