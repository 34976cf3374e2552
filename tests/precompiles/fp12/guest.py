"""A guest that makes the call of a field on elements that it reads."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core_vm.machine.program.program import Program
from precompiles.fp12.fields import FIELDS
from precompiles.fp12.reference import Element
from precompiles.shared.fp12_field import Field
from tests.precompiles.guests import built

HERE = Path(__file__).resolve().parent


@cache
def program() -> Program:
    return built(HERE / "fp12.c")


def element_bytes(field: Field, element: Element) -> bytes:
    return b"".join(number.to_bytes(field.bits // 8, "little") for number in element)


def input_of(field: Field, a: Element, b: Element) -> bytes:
    """For the guest: which field, a and b."""
    header = bytes([FIELDS.index(field), 0, 0, 0, 0, 0, 0, 0])
    return header + element_bytes(field, a) + element_bytes(field, b)
