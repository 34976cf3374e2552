"""Guests that call the precompile on operands given by the test, and what their calls should leave."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from core_vm.field.koalabear import P
from core_vm.guest.build import build
from core_vm.machine.program.program import Program
from precompiles.guest_sources import guest_sources
from precompiles.poseidon2.precompile import NUMBER
from tests.conformance.assembler import Assembler, guest
from tests.conformance.checking import Shard, shards_of

DATA = 0x20_0000
EDGE_WORDS = (0, 1, 0xFFFF, 0x1_0000, 0x7EFF_FFFF, P - 1, P, P + 1, 2 * P - 1, 2 * P, 2**31, 2**32 - 1)
Places = tuple[int, int, int]
"""Where a call's digest, left and right lie."""


def operands(count: int, seed: int = 1) -> np.ndarray:
    """Dwords (count, 12) of left, right and what the digest overwrites; every third row of words at the edges."""
    generator = np.random.default_rng(seed)
    words = generator.integers(0, 2**32, (count, 24), dtype=np.uint32)
    words[::3] = generator.choice(np.array(EDGE_WORDS, np.uint32), words[::3].shape)
    return words.view(np.uint64)


def calls(places: list[Places], data: bytes) -> Program:
    """A guest that makes these calls, one after the other, with `data` at DATA."""
    code = Assembler()
    for digest, left, right in places:
        for register, value in {10: digest, 11: left, 12: right, 17: NUMBER}.items():
            code.set(register, value)
        code.emit("ecall")
    code.exit()
    return guest("poseidon2", code, data, DATA).program


@cache
def shard(count: int = 60) -> Shard:
    """One shard with a call for each row of `operands(count)`, all at places of their own."""
    places = [(at + 64, at, at + 32) for at in range(DATA, DATA + 96 * count, 96)]
    (only,) = shards_of(calls(places, operands(count).tobytes()))
    return only


@cache
def root_program() -> Program:
    """Writes the root of an output that is the input from byte input[0] on."""
    with tempfile.TemporaryDirectory() as folder:
        elf = Path(folder) / "output_root.elf"
        build([Path(__file__).with_name("output_root.c")], elf, library_sources=guest_sources())
        return Program.from_elf(elf.read_bytes())
