"""Guests of one source in C that tests call precompiles with."""

from __future__ import annotations

import tempfile
from pathlib import Path

from core_vm.guest.build import build
from core_vm.machine.program.program import Program
from precompiles.guest_sources import guest_sources


def built(source: Path) -> Program:
    """With the headers and the code of all precompiles."""
    with tempfile.TemporaryDirectory() as folder:
        elf = Path(folder) / "guest.elf"
        build([source], elf, library_sources=guest_sources())
        return Program.from_elf(elf.read_bytes())
