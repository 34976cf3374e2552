"""The names of the calls on curves and their numbers: one for each operation and curve."""

from __future__ import annotations

from typing import Final

from precompiles.curve.curves import CURVES, Curve, curves_of

FIRST_ADD: Final = 0x1040
FIRST_DOUBLE: Final = 0x1048


def add_name(curve: Curve) -> str:
    return f"curve_add_{curve.name}"


def double_name(curve: Curve) -> str:
    return f"curve_double_{curve.name}"


def add_numbers(bits: int) -> dict[str, int]:
    """Of the calls that share the table of a width, by name."""
    return {add_name(curve): FIRST_ADD + CURVES.index(curve) for curve in curves_of(bits)}


def double_numbers(bits: int) -> dict[str, int]:
    return {double_name(curve): FIRST_DOUBLE + CURVES.index(curve) for curve in curves_of(bits)}
