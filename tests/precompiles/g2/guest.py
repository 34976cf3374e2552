"""A guest that adds and doubles points over Fp2 that it reads."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from pathlib import Path

from core_vm.machine.program.program import Program
from precompiles.g2.fields import FIELDS, Field
from precompiles.g2.reference import Point, Result
from tests.precompiles.g2.calls import line_elements
from tests.precompiles.guests import built

HERE = Path(__file__).resolve().parent


class Place(IntEnum):
    """Of the line of the sum."""

    APART = 0
    ON_Q = 1
    ON_T = 2


@cache
def program() -> Program:
    return built(HERE / "g2.c")


def number_bytes(field: Field, *numbers: int) -> bytes:
    return b"".join(number.to_bytes(field.bits // 8, "little") for number in numbers)


def point_bytes(field: Field, point: Point) -> bytes:
    return number_bytes(field, *point[0], *point[1])


def result_bytes(field: Field, result: Result) -> bytes:
    line = [part for element in line_elements(field, result[1]) for part in element]
    return point_bytes(field, result[0]) + number_bytes(field, *line)


def input_of(field: Field, t: Point, q: Point, place: Place = Place.APART, middle: tuple[int, int] = (0, 0)) -> bytes:
    """`middle` is a dword of the middle of the line of the sum, and what it holds before the call."""
    header = bytes([FIELDS.index(field), place, *middle, 0, 0, 0, 0])
    return header + point_bytes(field, t) + point_bytes(field, q)
