"""Aligned loads: LD, LW LWU, LH LHU, LB LBU. The dword is read at time + 2, rd written at time + 3."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.expression import Expression
from core_vm.isa.operations import Operation
from core_vm.tables.gadgets.address import address_of, constrain_address, offset_bit, read_base
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.rows import InstructionRows
from core_vm.witness.module import TableModule


class _LoadTable(InstructionTable):
    """Operands, address and the dword of a load whose address has these offset bits free; the others are zero."""

    def __init__(
        self, name: str, operations: Sequence[Operation], offset_bits: Sequence[int], documentation: str
    ) -> None:
        super().__init__(name, operations, documentation)
        self.rd, rs1, immediate = self.register("rd"), self.register("rs1"), self.signed_immediate()
        self.fetch(rd=self.rd, rs1=rs1, immediate=(immediate, 0, 0, 0))
        self.go_to()
        base = read_base(self, rs1)
        self.offset = [offset_bit(self, bit) for bit in offset_bits]
        offset = sum((bit * 2**k for bit, k in zip(self.offset, offset_bits, strict=True)), 0 * self.real)
        dword = constrain_address(self, base, immediate, offset)
        self.memory = self.cell("memory")
        self.access("memory", dword, self.memory, self.memory, 2)

    def sign(self, limb: Expression, bits: int) -> Expression:
        """The sign with which a value of `bits` bits, highest part `limb`, is extended: 0 for an unsigned load."""
        signed, unsigned = (self.selector[operation] for operation in self.operations)
        operation = self.operations[0]
        top = bits % 16 or 16
        negative = self.bit(
            "result_is_negative",
            lambda rows: (rows.value("result") >> np.uint64(63)) * rows.is_operation(operation),
        )
        # limb < 2^top, so the difference is in range for one bit only.
        self.bit_range(top - 1, limb - 2 ** (top - 1) * negative, signed)
        self.constrain("an_unsigned_load_extends_with_zeros", unsigned * negative)
        return negative


def _double() -> TableModule:
    t = _LoadTable("load_double", (Operation.LD,), (), "LD: rd <- the dword at rs1 + immediate.")
    t.write_register(t.rd, t.memory)
    return t.module()


def _word() -> TableModule:
    t = _LoadTable("load_word", (Operation.LW, Operation.LWU), (2,), "LW, LWU: rd <- 4 bytes, extended.")
    upper = t.offset[0]
    # Selected limbs are limbs of the dword, hence below 2^16.
    value = t.columns("result", 2, lambda rows: rows.limbs("result")[:, :2])
    for i in range(2):
        selected = t.memory[i] + upper * (t.memory[i + 2] - t.memory[i])
        t.constrain(f"limb_{i}_is_that_of_the_addressed_half", value[i] - selected)
    fill = 0xFFFF * t.sign(value[1], 32)
    t.write_register(t.rd, (*value, fill, fill))
    return t.module()


def select_limb(limbs: Sequence[Expression], low_bit: Expression, high_bit: Expression) -> Expression:
    """limbs[low_bit + 2 high_bit], of degree 3."""
    lower = limbs[0] + low_bit * (limbs[1] - limbs[0])
    upper = limbs[2] + low_bit * (limbs[3] - limbs[2])
    return lower + high_bit * (upper - lower)


def _half() -> TableModule:
    t = _LoadTable("load_half", (Operation.LH, Operation.LHU), (1, 2), "LH, LHU: rd <- 2 bytes, extended.")
    value = t.column("result", lambda rows: rows.limbs("result")[:, 0])
    t.constrain("result_is_the_addressed_limb", value - select_limb(t.memory, *t.offset))
    fill = 0xFFFF * t.sign(value, 16)
    t.write_register(t.rd, (value, fill, fill, fill))
    return t.module()


def addressed_byte(rows: InstructionRows, other: bool) -> np.ndarray:
    """The byte of the dword before that the address names, or the other one of its limb."""
    position = (address_of(rows) ^ np.uint64(other)) & np.uint64(7)
    return rows.value("memory") >> (position * np.uint64(8)) & np.uint64(0xFF)


def constrain_addressed_byte(
    t: InstructionTable, memory: Sequence[Expression], offset: Sequence[Expression], name: str
) -> tuple[Expression, Expression]:
    """The byte at the offset (three bits) and the other byte of its limb: two columns.

    limb = byte + 2^8 other at an even address and the other way round at an odd one; both are below 2^8, so the split
    of a limb below 2^16 is unique.
    """
    byte = t.column(name, lambda rows: addressed_byte(rows, False))
    other = t.column("other_byte_of_the_limb", lambda rows: addressed_byte(rows, True))
    t.byte_pairs([byte, other], t.real)
    odd, low_bit, high_bit = offset
    split = byte + 2**8 * other + odd * (2**8 - 1) * (byte - other)
    t.constrain("bytes_are_those_of_the_addressed_limb", split - select_limb(memory, low_bit, high_bit))
    return byte, other


def _byte() -> TableModule:
    t = _LoadTable("load_byte", (Operation.LB, Operation.LBU), (0, 1, 2), "LB, LBU: rd <- a byte, extended.")
    byte, _ = constrain_addressed_byte(t, t.memory, t.offset, "addressed_byte")
    negative = t.sign(byte, 8)
    fill = 0xFFFF * negative
    t.write_register(t.rd, (byte + 0xFF00 * negative, fill, fill, fill))
    return t.module()


LOAD_DOUBLE = _double()
LOAD_WORD = _word()
LOAD_HALF = _half()
LOAD_BYTE = _byte()
MODULES = (LOAD_DOUBLE, LOAD_WORD, LOAD_HALF, LOAD_BYTE)
