"""What the examples that check pairings do not take for a signature or a proof, though equations might hold."""

from __future__ import annotations

import tempfile
from pathlib import Path

from py_ecc.optimized_bn128 import curve_order

from core_vm.guest.build import build
from core_vm.machine.program.program import Program
from precompiles.guest_sources import guest_sources
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.running import execute
from tests.places import ROOT

KEY, RECORD = 576, 288
"""Of Groth16, in bytes."""


def output(name: str, data: bytes) -> bytes:
    """What the example answers."""
    with tempfile.TemporaryDirectory() as folder:
        elf = Path(folder) / "example.elf"
        build([ROOT / "examples" / name / "main.c"], elf, library_sources=guest_sources())
        program = Program.from_elf(elf.read_bytes())
    finished = execute(program, data, precompiles=standard_machine().precompiles, with_records=False)
    assert finished.exit_code == 0
    return finished.output


def test_infinity_is_no_key() -> None:
    """With the signature at infinity, the pairings of any message would be equal. A key off the curve fails."""
    infinite = bytes(96 + 192) + bytes(range(32))
    off_curve = b"\1" + infinite[1:]
    assert output("bls_signatures", infinite + off_curve) == b"\0\0"


def test_a_public_input_has_one_form() -> None:
    """The order more is another number with the same multiple. A proof of points off the curve is none."""
    data = (ROOT / "examples/groth16/input").read_bytes()
    key, proof = data[:KEY], data[KEY : KEY + RECORD]
    public = int.from_bytes(proof[-32:], "big")
    aliased = proof[:-32] + (public + curve_order).to_bytes(32, "big")
    off_curve = bytes([proof[0] ^ 1]) + proof[1:]
    verdicts = output("groth16", key + proof + aliased + off_curve)[32:]
    assert [verdicts[k + 32] for k in (0, 33, 66)] == [1, 0, 0]
