"""A guest that makes every call of modular arithmetic on numbers that it reads."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core_vm.machine.program.program import Program
from tests.precompiles.guests import built

HERE = Path(__file__).resolve().parent


@cache
def program() -> Program:
    return built(HERE / "modular.c")


def input_of(bits: int, *numbers: int) -> bytes:
    """x, y and m for the guest, behind the number of dwords and the operation."""
    return b"".join(number.to_bytes(bits // 8, "little") for number in numbers)
