"""The address of a load or store: rs1 + immediate, as a dword index and an offset inside the dword."""

from __future__ import annotations

import numpy as np

from core_vm.air.expression import Expression
from core_vm.arguments import rely_on
from core_vm.state.memory_map import ADDRESS_LIMIT
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.rows import InstructionRows
from core_vm.tables.gadgets.witness_table import Value

rely_on(ADDRESS_LIMIT <= 2**32 - 2**11, "a base from 2^32 to 2^64 - 2^11 leads to no address of the memory map")


def address_of(rows: InstructionRows) -> np.ndarray:
    """rs1 + immediate modulo 2^64, uint64 (n,)."""
    return rows.once(_address)


def _address(rows: InstructionRows) -> np.ndarray:
    return rows.value("rs1") + rows.field("immediate")


def offset_bit(t: InstructionTable, bit: int) -> Expression:
    """One bit of the address, as a column."""
    return t.bit(f"address_bit_{bit}", lambda rows: address_of(rows) >> np.uint64(bit) & np.uint64(1))


def read_base(t: InstructionTable, register: Value) -> list[Expression]:
    """rs1, read at the instruction's time: its two lower limbs, and the bit that all bits of the upper ones are.

    A base has no others. From 0 to 2^32 - 1 they are zeros; a lower address than the immediate has a base that is
    negative, and they are ones. Whatever else a register holds leads, by immediates of 12 bits, to addresses from
    2^32 - 2^11 on, which are reserved or none: a trap.
    """
    lower = t.columns("rs1", 2, lambda rows: rows.limbs("rs1")[:, :2])
    negative = t.bit("rs1_is_negative", lambda rows: rows.value("rs1") >> np.uint64(63))
    limbs = [*lower, 0xFFFF * negative, 0xFFFF * negative]
    t.access_register("rs1", register, limbs, limbs, 0)
    return [*lower, negative]


def constrain_address(t: InstructionTable, base: list[Expression], immediate: Expression, offset: Value) -> Expression:
    """The dword index of base + immediate, which is `offset` (0 to 7, determined bits) above it.

    base_0 + immediate = 8 low + offset + 2^16 carry, with low < 2^13 and a carry of -1, 0 or 1: limbs are below 2^16,
    so that holds over the integers and has one solution. base_1 + carry = high + 2^16 negative, with high < 2^16, does
    so too. The upper limbs of a negative base are 2^64 - 2^32, which with 2^32 makes 2^64: so base + immediate is
    8 low + offset + 2^16 high modulo 2^64. The index low + 2^13 high is below 2^29, where no register lives;
    reserved addresses are leaves that nobody can open.
    """
    lowest, second, negative = base
    low = t.column("address_low", lambda rows: address_of(rows) >> np.uint64(3) & np.uint64(0x1FFF))
    carry = (lowest + immediate - 8 * low - offset) / 2**16
    t.constrain("carry_out_of_limb_0_is_minus_one_zero_or_one", carry * (carry - 1) * (carry + 1))
    high = second + carry - 2**16 * negative
    t.bit_range(13, low, t.real)
    t.range16(high, t.real)
    return low + 2**13 * high
