"""Constants and unconditional control flow: CONSTANT, JUMP, JUMP_LINK, JALR, NOP."""

from __future__ import annotations

import numpy as np

from core_vm.isa.operations import Operation
from core_vm.tables.gadgets.address import address_of
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.rows import split_limbs
from core_vm.tables.instructions.add import constrain_signed_sum
from core_vm.witness.module import TableModule


def _constant_table() -> TableModule:
    t = InstructionTable(
        "constant", (Operation.CONSTANT,), "LUI, AUIPC, and ADDI from x0: rd <- a value that the program fixes."
    )
    rd = t.register("rd")
    value = t.columns("immediate", 4, lambda rows: split_limbs(rows.field("immediate")))
    t.fetch(rd=rd, immediate=value)
    t.go_to()
    t.write_register(rd, value)
    return t.module()


def _jump_table() -> TableModule:
    t = InstructionTable("jump", (Operation.JUMP,), "JAL x0: go to the target.")
    target = t.column("target", lambda rows: rows.field("target"))
    t.fetch(target=target)
    t.go_to(target)
    return t.module()


def _jump_link_table() -> TableModule:
    t = InstructionTable("jump_link", (Operation.JUMP_LINK,), "JAL: rd <- pc + 4, go to the target.")
    rd = t.register("rd")
    # pc + 4 is at most 2^32 - 4 where code can stand, so two limbs hold it.
    link = t.columns("link", 2, lambda rows: split_limbs(rows.field("immediate"))[:, :2])
    target = t.column("target", lambda rows: rows.field("target"))
    t.fetch(rd=rd, immediate=(*link, 0, 0), target=target)
    t.go_to(target)
    t.write_register(rd, (*link, 0, 0))
    return t.module()


def _jalr_table() -> TableModule:
    t = InstructionTable(
        "jalr", (Operation.JALR,), "JALR: rd <- pc + 4, go to rs1 + immediate with its lowest bit cleared."
    )
    rd, rs1, immediate = t.register("rd"), t.register("rs1"), t.signed_immediate()
    t.fetch(rd=rd, rs1=rs1, immediate=(immediate, 0, 0, 0))
    a = t.read_register("rs1", rs1, 0)

    # rs1 + immediate = odd + 4 low + 2^16 high, below 2^32 (the two upper limbs are zero), bit 1 zero: any other target
    # is a trap. low < 2^14 and high < 2^16, so the instruction index low + 2^14 high is below 2^30.
    odd = t.bit("target_is_odd", lambda rows: address_of(rows) & np.uint64(1))
    low = t.column("target_low", lambda rows: address_of(rows) >> np.uint64(2) & np.uint64(0x3FFF))
    high = t.column("target_high", lambda rows: address_of(rows) >> np.uint64(16) & np.uint64(0xFFFF))
    t.bit_range(14, low, t.real)
    t.range16(high, t.real)
    zero = 0 * t.real
    constrain_signed_sum(t, a, immediate, [odd + 4 * low, high, zero, zero])
    t.go_to(low + 2**14 * high)

    # The link value pc + 4 = 4 (index + 1) as two limbs: index + 1 = link_low + 2^14 link_high. The index is below
    # 2^30, as every instruction of the program tree has; link_low + 2^14 link_high is, too, so this is unique.
    link_high = t.column("link_high", lambda rows: (rows.index.astype(np.int64) + 1) >> 14)
    link_low = t.index + t.real - 2**14 * link_high
    t.range16(link_high, t.real)
    t.bit_range(14, link_low, t.real)
    t.write_register(rd, (4 * link_low, link_high, 0, 0))
    return t.module()


def _nop_table() -> TableModule:
    t = InstructionTable("nop", (Operation.NOP,), "What changes nothing but the pc: fences, hints, writes to x0.")
    t.fetch()
    t.go_to()
    return t.module()


CONSTANT = _constant_table()
JUMP = _jump_table()
JUMP_LINK = _jump_link_table()
JALR = _jalr_table()
NOP = _nop_table()
MODULES = (CONSTANT, JUMP, JUMP_LINK, JALR, NOP)
