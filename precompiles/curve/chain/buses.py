"""The buses between the tables of chains. `call` is the time of the ecall, unique to one call; `curve` is a number of
the curve: so what is proved modulo one curve's prime counts for no other. On rows that are not in use it is 0, and on
others never: nobody asks for what such a row may offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core_vm.air.expression import Expression
from core_vm.air.table import Bus
from precompiles.curve.chain.operands import DIGIT_DWORDS
from precompiles.curve.curves import CURVES, Curve
from precompiles.shared.parts import in_parts

ENTRIES_OF_A_PART: Final = 24
_PART: Final = tuple(f"entry_{i}" for i in range(ENTRIES_OF_A_PART))

POINT: Final = Bus("chain_point", 48, ("call", "curve", "place", *_PART))
"""A part of the point before a step: place = parts x step + part. x in bytes and reduced, y in limbs of 16 bits. Before
step 64, which does not exist, the result."""

TABLE: Final = Bus("chain_table", 49, ("call", "curve", "place", *_PART))
"""A part of one of the call's points: place = parts x index + part. x in bytes and reduced, y in limbs of 16 bits."""

DIGIT: Final = Bus("chain_digit", 50, ("call", "curve", "step", "index", "sign"))
"""Which point a step adds (sign 1) or subtracts (sign -1)."""

LIMBS: Final = Bus("chain_limbs", 52, ("call", "curve", "quarter", *(f"limb_{k}" for k in range(DIGIT_DWORDS))))
"""Limbs of the digits: one of each dword, the highest ones as quarter 0."""

ADDRESS: Final = Bus("chain_address", 51, ("call", "curve", "index", "dword"))
"""Where one of the call's points lies in memory."""


def curve_number(curve: Curve) -> int:
    return 1 + CURVES.index(curve)


def num_parts(bits: int) -> int:
    """Of a point: a byte of x each, and a limb for two bytes of y."""
    return 3 * bits // (16 * ENTRIES_OF_A_PART)


def parts_of(x: Sequence[Expression], y: Sequence[Expression]) -> list[list[Expression | int]]:
    return in_parts([*x, *y], ENTRIES_OF_A_PART)
