"""A guest that makes every call of modular arithmetic on numbers that it reads."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from core_vm.guest.build import build
from core_vm.machine.program.program import Program
from precompiles.guest_sources import guest_sources

HERE = Path(__file__).resolve().parent


@cache
def program() -> Program:
    with tempfile.TemporaryDirectory() as folder:
        elf = Path(folder) / "modular.elf"
        build([HERE / "modular.c"], elf, library_sources=guest_sources())
        return Program.from_elf(elf.read_bytes())


def input_of(bits: int, *numbers: int) -> bytes:
    """x, y and m for the guest, behind the number of dwords and the operation."""
    return b"".join(number.to_bytes(bits // 8, "little") for number in numbers)
