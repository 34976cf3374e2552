"""Bitwise operations: AND OR XOR, also of what they overwrite, ANDI ORI XORI. Byte by byte, by lookup."""

from __future__ import annotations

import numpy as np

from core_vm.air.expression import Expression
from core_vm.isa.operations import Operation
from core_vm.tables import buses
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.bytes import limbs_of_bytes
from core_vm.tables.gadgets.in_place import in_place_registers
from core_vm.tables.gadgets.rows import split_bytes, split_limbs
from core_vm.witness.module import TableModule


class _LogicTable(InstructionTable):
    """The operation is a column: program and byte lookup bind it, so that no selectors are needed."""

    def __init__(self, name: str, documentation: str) -> None:
        super().__init__(name, (Operation.AND,), documentation)
        self.operations = (Operation.AND, Operation.OR, Operation.XOR)
        self.operation = self.column("operation", lambda rows: rows.field("operation"))

    def combine(self) -> list[list[Expression]]:
        """Limbs of both operands and of the result; the caller takes the operands from memory."""
        a, b, result = (
            self.columns(f"{name}_byte", 8, lambda rows, name=name: split_bytes(rows.value(name)))
            for name in ("rs1", "rs2", "result")
        )
        # The lookup also shows that all three are bytes: so the split of the limbs that are read is unique.
        for x, y, z in zip(a, b, result, strict=True):
            self.send(buses.BYTE_LOGIC, (self.operation, x, y, z), self.real)
        return [limbs_of_bytes(a), limbs_of_bytes(b), limbs_of_bytes(result)]


def _register_table() -> TableModule:
    t = _LogicTable("logic", "AND, OR, XOR: rd <- rs1 op rs2.")
    rd, rs1, rs2 = t.register("rd"), t.register("rs1"), t.register("rs2")
    t.fetch(rd=rd, rs1=rs1, rs2=rs2)
    t.go_to()
    a, b, result = t.combine()
    t.access_register("rs1", rs1, a, a, 0)
    t.access_register("rs2", rs2, b, b, 1)
    t.write_register(rd, result)
    return t.module()


def _in_place_table() -> TableModule:
    t = _LogicTable("logic_in_place", "AND, OR, XOR with rd = rs1 or rd = rs2: rd <- rd op the other one.")
    rd, other = in_place_registers(t)
    t.go_to()
    a, b, result = t.combine()
    t.access_register("rs2", other, b, b, 1)
    t.update_register(rd, a, result)
    return t.module()


def _immediate_table() -> TableModule:
    and_, or_, xor = operations = (Operation.ANDI, Operation.ORI, Operation.XORI)
    t = InstructionTable("logic_immediate", operations, "ANDI, ORI, XORI: rd <- rs1 op immediate.")
    rd, rs1 = t.register("rd"), t.register("rs1")
    b = t.columns("immediate_byte", 2, lambda rows: split_bytes(rows.field("immediate"))[:, :2])
    negative = t.column("immediate_negative", lambda rows: rows.field("immediate") >> np.uint64(63))
    t.fetch(rd=rd, rs1=rs1, immediate=(b[0] + 2**8 * b[1], *[0xFFFF * negative] * 3))
    t.go_to()
    low = t.columns("rs1_byte", 2, lambda rows: split_bytes(rows.value("rs1"))[:, :2])
    upper = t.columns("rs1_upper", 3, lambda rows: rows.limbs("rs1")[:, 1:])
    a = [low[0] + 2**8 * low[1], *upper]
    t.access_register("rs1", rs1, a, a, 0)
    result_low = t.columns("result_byte", 2, lambda rows: split_bytes(rows.value("result"))[:, :2])
    result_upper = t.columns("result_upper", 3, lambda rows: split_limbs(rows.value("result"))[:, 1:])

    of_bytes = {and_: Operation.AND, or_: Operation.OR, xor: Operation.XOR}
    operation = sum((int(of_bytes[op]) * t.selector[op] for op in operations), 0 * t.real)
    for x, y, z in zip(low, b, result_low, strict=True):
        t.send(buses.BYTE_LOGIC, (operation, x, y, z), t.real)
    # The upper limbs of the immediate are all zeros or all ones (the program binds `negative` to 0 or 1), so each upper
    # limb of the result is 0, 2^16 - 1, the limb, or its complement: in range without a check.
    for i, (x, z) in enumerate(zip(upper, result_upper, strict=True), start=1):
        complement = 0xFFFF - x
        expected = (
            t.selector[and_] * negative * x
            + t.selector[or_] * (x + negative * complement)
            + t.selector[xor] * (x + negative * (complement - x))
        )
        t.constrain(f"upper_limb_{i}_meets_the_sign_of_the_immediate", z - expected)
    t.write_register(rd, [result_low[0] + 2**8 * result_low[1], *result_upper])
    return t.module()


LOGIC = _register_table()
LOGIC_IMMEDIATE = _immediate_table()
LOGIC_IN_PLACE = _in_place_table()
MODULES = (LOGIC, LOGIC_IMMEDIATE, LOGIC_IN_PLACE)
