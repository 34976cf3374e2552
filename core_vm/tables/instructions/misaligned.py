"""Misaligned loads and stores: the 16 bytes of two neighbouring dwords, and a window of 2, 4 or 8 of them.

The offset of the window in its first dword is one of seven selectors (1 to 7), so that picking a byte has degree 2.
Both dwords are accessed at time + 2, also where the window lies in the first one alone. An aligned access that a prover
sends through here reads and writes the same bytes, so nothing is gained by it. The second dword's index is one more
than that of the first, which is openable and therefore below 0xF0000000 / 8: it never reaches the registers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.expression import Expression
from core_vm.isa.operations import Operation
from core_vm.tables.gadgets.address import address_of, constrain_address, read_base
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.bytes import limbs_of_bytes, read_bytes
from core_vm.tables.gadgets.rows import InstructionRows, split_bytes, split_limbs
from core_vm.witness.module import TableModule

FAMILY = "misaligned"
_OFFSETS = range(1, 8)


def _offset_of(rows: InstructionRows) -> np.ndarray:
    """uint64 (n,), 1 to 7."""
    return address_of(rows) & np.uint64(7)


class _MisalignedTable(InstructionTable):
    """Selectors of the offset, and the bytes before."""

    def __init__(self, name: str, operations: Sequence[Operation], documentation: str) -> None:
        super().__init__(name, operations, documentation)
        self.family = FAMILY

    def locate(self, base: list[Expression], immediate: Expression) -> None:
        """The offset's selectors, the address, and the 16 bytes of its two dwords."""
        self.at = [self.bit(f"offset_is_{o}", lambda rows, o=o: _offset_of(rows) == np.uint64(o)) for o in _OFFSETS]
        self.constrain("one_offset_on_a_row_in_use", sum(self.at, -self.real))
        offset = sum((o * bit for o, bit in zip(_OFFSETS, self.at, strict=True)), 0 * self.real)
        self.dword = constrain_address(self, base, immediate, offset)
        self.window = [
            byte
            for name in ("memory", "second")
            for byte in self.columns(f"{name}_byte", 8, lambda rows, name=name: split_bytes(rows.value(name)))
        ]
        # Limbs on the memory bus are below 2^16 and bytes below 2^8: the split is unique.
        self.byte_pairs(self.window, self.real)
        self.before = limbs_of_bytes(self.window)

    def replace_both(self, after: Sequence[Expression]) -> None:
        """Both dwords go from what they were to `after`, eight limbs."""
        self.access("memory", self.dword, self.before[:4], after[:4], 2)
        self.access("second", self.dword + self.real, self.before[4:], after[4:], 2)

    def loaded_byte(self, k: int) -> Expression:
        """Byte k of the window at the offset: degree 2."""
        return sum((bit * self.window[o + k] for o, bit in zip(_OFFSETS, self.at, strict=True)), 0 * self.real)

    def loaded_limb(self, i: int) -> Expression:
        return self.loaded_byte(2 * i) + 2**8 * self.loaded_byte(2 * i + 1)


def _load_table() -> TableModule:
    lh, _, lw, lwu, ld = operations = (
        Operation.LH, Operation.LHU, Operation.LW, Operation.LWU, Operation.LD,
    )  # fmt: skip
    t = _MisalignedTable("misaligned_load", operations, "LH, LHU, LW, LWU, LD at an address that is not aligned.")
    rd, rs1, immediate = t.register("rd"), t.register("rs1"), t.signed_immediate()
    t.fetch(rd=rd, rs1=rs1, immediate=(immediate, 0, 0, 0))
    t.go_to()
    t.locate(read_base(t, rs1), immediate)
    t.replace_both(t.before)

    # Every limb of the result is made of two bytes, or 0, or 2^16 - 1: below 2^16 without a check.
    result = t.columns("result", 4, lambda rows: rows.limbs("result"))
    fill = t.bit("fill", lambda rows: _is_negative(rows, (lh, lw)))
    t.bit_range(15, result[0] - 2**15 * fill, t.selector[lh])
    t.bit_range(15, result[1] - 2**15 * fill, t.selector[lw])
    t.constrain("only_a_signed_short_load_fills_with_ones", fill * (t.real - t.selector[lh] - t.selector[lw]))
    double = t.selector[ld]
    wide = double + t.selector[lw] + t.selector[lwu]
    t.constrain("limb_0_is_loaded", result[0] - t.loaded_limb(0))
    for i, loaded in ((1, wide), (2, double), (3, double)):
        t.constrain(f"limb_{i}_is_loaded_or_filled",
                    result[i] - loaded * t.loaded_limb(i) - 0xFFFF * fill * (t.real - loaded))  # fmt: skip
    t.write_register(rd, result)
    return t.module()


def _is_negative(rows: InstructionRows, signed: Sequence[Operation]) -> np.ndarray:
    return (rows.value("result") >> np.uint64(63)).astype(np.bool_) & np.isin(rows.field("operation"), signed)


def _store_table() -> TableModule:
    _, sw, sd = operations = (Operation.SH, Operation.SW, Operation.SD)
    t = _MisalignedTable("misaligned_store", operations, "SH, SW, SD at an address that is not aligned.")
    rs1, rs2, immediate = t.register("rs1"), t.register("rs2"), t.signed_immediate()
    t.fetch(rs1=rs1, rs2=rs2, immediate=(immediate, 0, 0, 0))
    t.go_to()
    base = read_base(t, rs1)
    value = read_bytes(t, "rs2", rs2, 1)
    t.locate(base, immediate)

    # 1 where byte k of rs2 is stored.
    stored = [t.real] * 2 + [t.selector[sw] + t.selector[sd]] * 2 + [t.selector[sd]] * 4

    def after_byte(position: int) -> Expression:
        """A byte of rs2 inside the window, else the byte before: degree 3, below 2^8 either way."""
        total = self_before = t.window[position]
        for o, bit in zip(_OFFSETS, t.at, strict=True):
            if 0 <= position - o < 8:
                total = total + bit * stored[position - o] * (value[position - o] - self_before)
        return total

    after = t.columns("after", 8, _limbs_after)
    for i, limb in enumerate(after):
        t.constrain(f"limb_{i}_keeps_what_is_not_stored",
                    limb - after_byte(2 * i) - 2**8 * after_byte(2 * i + 1))  # fmt: skip
    t.replace_both(after)
    return t.module()


def _limbs_after(rows: InstructionRows) -> np.ndarray:
    """The limbs of both dwords after the store, uint16 (n, 8)."""
    operation, shift = rows.field("operation"), np.uint64(8) * _offset_of(rows)
    size = np.select([operation == Operation.SH, operation == Operation.SW], [np.uint64(2), np.uint64(4)], np.uint64(8))
    mask = np.uint64(2**64 - 1) >> (np.uint64(64) - np.uint64(8) * size)
    value, back = rows.value("rs2") & mask, np.uint64(64) - shift
    first = rows.value("memory") & ~(mask << shift) | value << shift
    second = rows.value("second") & ~(mask >> back) | value >> back
    return np.concatenate([split_limbs(first), split_limbs(second)], axis=1)


MODULES = (_load_table(), _store_table())
