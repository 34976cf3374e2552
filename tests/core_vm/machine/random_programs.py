"""Random RV64IM programs without environment calls but a last exit, over edge values."""

from __future__ import annotations

import random

from core_vm.isa.encode import encode, load_immediate
from core_vm.isa.formats import ENCODINGS
from tests.core_vm.machine.snippets import EXIT

DATA_BASE = 0x200000
DATA_SIZE = 4096
EDGES = (
    0,
    1,
    2,
    7,
    63,
    64,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**63 - 1,
    2**63,
    2**64 - 1,
    2**64 - 2**31,
    2**64 - 2**15,
)
DATA_POINTER = 31
"""The register that random instructions leave alone."""

_COMPUTING = [e.mnemonic for e in ENCODINGS if e.form in ("R", "I", "shift64", "shift32", "U", "fence")]
_ACCESSING = [e.mnemonic for e in ENCODINGS if e.form in ("load", "S")]
_BRANCHING = [e.mnemonic for e in ENCODINGS if e.form == "B"]
_FORMS = {e.mnemonic: e.form for e in ENCODINGS}


def random_program(seed: int, length: int = 200) -> list[int]:
    """Instruction words: edge values in the registers, `length` random instructions (jumps only forward), an exit."""
    rng = random.Random(seed)
    words = load_immediate(DATA_POINTER, DATA_BASE + DATA_SIZE // 2)
    for register in range(1, 31):
        words += load_immediate(register, rng.choice(EDGES) if rng.random() < 0.7 else rng.getrandbits(64))
    for place in range(length):
        words.append(_random_instruction(rng, length - place - 1))
    return words + EXIT


def _random_instruction(rng: random.Random, left: int) -> int:
    rd, rs1, rs2 = rng.randrange(31), rng.randrange(32), rng.randrange(32)
    kind = rng.random()
    if kind < 0.3:
        return encode(rng.choice(_ACCESSING), rd, DATA_POINTER, rs2, rng.randrange(-DATA_SIZE // 2, DATA_SIZE // 2 - 8))
    if kind < 0.4:
        distance = 4 * (1 + rng.randrange(min(left, 4) + 1))
        if rng.random() < 0.3:
            return encode("jal", rd, immediate=distance)
        return encode(rng.choice(_BRANCHING), 0, rs1, rs2, distance)
    mnemonic = rng.choice(_COMPUTING)
    immediate = {
        "I": rng.choice([0, 1, -1, 2047, -2048, rng.randrange(-2048, 2048)]),
        "shift64": rng.randrange(64),
        "shift32": rng.randrange(32),
        "U": rng.randrange(-(2**19), 2**19) * 4096,
    }.get(_FORMS[mnemonic], 0)
    return encode(mnemonic, rd, rs1, rs2, immediate)
