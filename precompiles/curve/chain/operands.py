"""The calls on chains: their names, numbers and operands."""

from __future__ import annotations

from typing import Final

from core_vm.machine.precompile import Operand
from precompiles.curve.curves import CURVES, Curve, curves_of

FIRST_NUMBER: Final = 0x1060
STEPS: Final = 64
"""Of a call: the bits of a dword."""
NUM_POINTS: Final = 8
INDEX_BITS: Final = 3
DIGIT_DWORDS: Final = INDEX_BITS + 1
"""A dword for each bit of the index, and one for the sign."""
LIMB_BITS: Final = 16
QUARTERS: Final = STEPS // LIMB_BITS
"""Of a call's steps: those of the bits of one limb of each dword."""
POINTS, DIGITS, P = range(3)
"""The operands."""


def operands(bits: int) -> tuple[Operand, ...]:
    """The points and the digits are read, then p is read and written: so they may overlap."""
    dwords = bits // 32
    return (
        Operand(11, NUM_POINTS * dwords, "read"),
        Operand(12, DIGIT_DWORDS, "read"),
        Operand(10, dwords, "write"),
    )


def name_of(curve: Curve) -> str:
    return f"curve_chain_{curve.name}"


def numbers_of(bits: int) -> dict[str, int]:
    """Of the calls that share the tables of a width, by name."""
    return {name_of(curve): FIRST_NUMBER + CURVES.index(curve) for curve in curves_of(bits)}
