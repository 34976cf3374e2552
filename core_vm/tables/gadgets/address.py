"""The address of a load or store: rs1 + immediate, as a dword index and an offset inside the dword."""

from __future__ import annotations

import numpy as np

from core_vm.air.expression import Expression
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.rows import InstructionRows
from core_vm.tables.gadgets.witness_table import Value
from core_vm.tables.instructions.add import constrain_signed_sum


def address_of(rows: InstructionRows) -> np.ndarray:
    """rs1 + immediate modulo 2^64, uint64 (n,)."""
    return rows.once(_address)


def _address(rows: InstructionRows) -> np.ndarray:
    return rows.value("rs1") + rows.field("immediate")


def offset_bit(t: InstructionTable, bit: int) -> Expression:
    """One bit of the address, as a column."""
    return t.bit(f"address_bit_{bit}", lambda rows: address_of(rows) >> np.uint64(bit) & np.uint64(1))


def constrain_address(t: InstructionTable, base: list[Expression], immediate: Expression, offset: Value) -> Expression:
    """The dword index of base + immediate, which is `offset` (0 to 7, determined bits) above it.

    base + immediate = 8 low + offset + 2^16 high with low < 2^13 and high < 2^16, the two upper limbs zero: any other
    address is a trap. So the index low + 2^13 high is below 2^29, where no register lives; reserved addresses are
    leaves that nobody can open.
    """
    low = t.column("address_low", lambda rows: address_of(rows) >> np.uint64(3) & np.uint64(0x1FFF))
    high = t.column("address_high", lambda rows: address_of(rows) >> np.uint64(16) & np.uint64(0xFFFF))
    t.bit_range(13, low, t.real)
    t.range16(high, t.real)
    zero = 0 * t.real
    constrain_signed_sum(t, base, immediate, [8 * low + offset, high, zero, zero])
    return low + 2**13 * high
