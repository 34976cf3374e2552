"""A guest that adds and doubles points that it reads."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core_vm.machine.program.program import Program
from precompiles.curve.curves import CURVES, Curve
from precompiles.curve.reference import Point
from tests.precompiles.guests import built

HERE = Path(__file__).resolve().parent


@cache
def program() -> Program:
    return built(HERE / "curve.c")


def point_bytes(curve: Curve, point: Point) -> bytes:
    return b"".join(coordinate.to_bytes(curve.bits // 8, "little") for coordinate in point)


def input_of(curve: Curve, p: Point, q: Point) -> bytes:
    """For the guest: which curve, how many dwords a coordinate has, p and q."""
    header = bytes([CURVES.index(curve), curve.dwords, 0, 0, 0, 0, 0, 0])
    return header + point_bytes(curve, p) + point_bytes(curve, q)


def curve_of(precompile: str) -> Curve:
    """That a precompile is about, by its name."""
    return next(curve for curve in CURVES if precompile.endswith(curve.name))
