"""What is made of products in Fp12, by identities."""

from __future__ import annotations

import random
from pathlib import Path

from core_vm.guest.build import build
from core_vm.machine.program.program import Program
from precompiles.guest_sources import guest_sources
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.running import execute
from tests.precompiles.accelerators.bls12_381_points import P

HERE = Path(__file__).resolve().parent


def test_identities(tmp_path: Path) -> None:
    build([HERE / "tower.c"], tmp_path / "tower.elf", library_sources=guest_sources())
    program = Program.from_elf((tmp_path / "tower.elf").read_bytes())
    generator = random.Random(12)
    data = b"".join(generator.randrange(P).to_bytes(48, "little") for _ in range(24))
    run = execute(program, data, precompiles=standard_machine().precompiles, with_records=False)
    assert run.exit_code == 0
