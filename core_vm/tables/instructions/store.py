"""Aligned stores: SD, SW, SH, SB. rs2 is read at time + 1, the dword replaced at time + 2."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.expression import Expression
from core_vm.isa.operations import Operation
from core_vm.tables.gadgets.address import constrain_address, offset_bit, read_base
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.instructions.load import constrain_addressed_byte
from core_vm.witness.module import TableModule


class _StoreTable(InstructionTable):
    """Operands, address and the dword before of a store whose address has these offset bits free."""

    def __init__(self, name: str, operation: Operation, offset_bits: Sequence[int], documentation: str) -> None:
        super().__init__(name, (operation,), documentation)
        self.rs1, self.rs2, self.immediate = self.register("rs1"), self.register("rs2"), self.signed_immediate()
        self.fetch(rs1=self.rs1, rs2=self.rs2, immediate=(self.immediate, 0, 0, 0))
        self.go_to()
        base = read_base(self, self.rs1)
        self.value = self.read_register("rs2", self.rs2, 1)
        self.offset = [offset_bit(self, bit) for bit in offset_bits]
        offset = sum((bit * 2**k for bit, k in zip(self.offset, offset_bits, strict=True)), 0 * self.real)
        self.dword = constrain_address(self, base, self.immediate, offset)
        self.memory = self.cell("memory")


def _double() -> TableModule:
    t = _StoreTable("store_double", Operation.SD, (), "SD: the dword at rs1 + immediate <- rs2.")
    t.access("memory", t.dword, t.memory, t.value, 2)
    return t.module()


def _word() -> TableModule:
    t = _StoreTable("store_word", Operation.SW, (2,), "SW: 4 bytes at rs1 + immediate <- rs2.")
    upper = t.offset[0]
    after = t.columns("memory_after", 4, lambda rows: rows.limbs("result"))
    for i in range(4):
        # Each a limb of the dword or of rs2, both below 2^16.
        chosen = upper if i >= 2 else 1 - upper
        t.constrain(
            f"limb_{i}_is_replaced_if_addressed", after[i] - t.memory[i] - chosen * (t.value[i % 2] - t.memory[i])
        )
    t.access("memory", t.dword, t.memory, after, 2)
    return t.module()


def _chosen(low_bit: Expression, high_bit: Expression) -> list[Expression]:
    """For each limb of the dword, 1 if the two offset bits name it and else 0: degree 2."""
    return [(1 - low_bit) * (1 - high_bit), low_bit * (1 - high_bit), (1 - low_bit) * high_bit, low_bit * high_bit]


def _half() -> TableModule:
    t = _StoreTable("store_half", Operation.SH, (1, 2), "SH: 2 bytes at rs1 + immediate <- rs2.")
    after = t.columns("memory_after", 4, lambda rows: rows.limbs("result"))
    chosen = _chosen(*t.offset)
    for i in range(4):
        # A limb of the dword or of rs2, both below 2^16.
        replaced = chosen[i] * (t.value[0] - t.memory[i])
        t.constrain(f"limb_{i}_is_replaced_if_addressed", after[i] - t.memory[i] - replaced)
    t.access("memory", t.dword, t.memory, after, 2)
    return t.module()


def _byte() -> TableModule:
    t = _StoreTable("store_byte", Operation.SB, (0, 1, 2), "SB: the byte at rs1 + immediate <- rs2.")
    byte, _ = constrain_addressed_byte(t, t.memory, t.offset, "byte_before")
    # rs2's lowest limb is new + 2^8 rest, both below 2^8: unique.
    new = t.column("byte_after", lambda rows: rows.value("rs2") & np.uint64(0xFF))
    t.byte_pairs([new, (t.value[0] - new) / 2**8], t.real)

    # The addressed limb changes by new - byte, times 2^8 at an odd address, and stays below 2^16. Every other limb
    # stays, so the change of the sum of the limbs is that of the addressed one: no column for it.
    odd, low_bit, high_bit = t.offset
    after = t.columns("memory_after", 4, lambda rows: rows.limbs("result"))
    change = sum((x - y for x, y in zip(after, t.memory, strict=True)), 0 * t.real)
    t.constrain("the_byte_is_replaced", change - (new - byte) * (1 + (2**8 - 1) * odd))
    chosen = _chosen(low_bit, high_bit)
    for i in range(1, 4):  # limb 0 is what the sum leaves: the four `chosen` add up to 1
        t.constrain(f"limb_{i}_changes_only_if_addressed", after[i] - t.memory[i] - chosen[i] * change)
    t.access("memory", t.dword, t.memory, after, 2)
    return t.module()


STORE_DOUBLE = _double()
STORE_WORD = _word()
STORE_HALF = _half()
STORE_BYTE = _byte()
MODULES = (STORE_DOUBLE, STORE_WORD, STORE_HALF, STORE_BYTE)
