"""Random RV64IM programs without environment calls but a last exit, over edge values."""

from __future__ import annotations

import random

from core_vm.isa.encode import encode, load_immediate
from core_vm.isa.formats import ENCODINGS
from core_vm.state.memory_map import NEAR
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
COUNTER = 30
"""The one that pauses count in."""

_COMPUTING = [e.mnemonic for e in ENCODINGS if e.form in ("R", "I", "shift64", "shift32", "U", "fence")]
_ACCESSING = [e.mnemonic for e in ENCODINGS if e.form in ("load", "S")]
_BRANCHING = [e.mnemonic for e in ENCODINGS if e.form == "B"]
_FORMS = {e.mnemonic: e.form for e in ENCODINGS}


def random_program(seed: int, length: int = 200) -> list[int]:
    """Instruction words: edge values in the registers, `length` random instructions (jumps only forward), an exit."""
    rng = random.Random(seed)
    return [*_edge_values(rng), *_random_instructions(rng, length), *EXIT]


def idle_program(seed: int, parts: int = 10) -> list[int]:
    """The same with pauses, in which nothing but a counter changes: after them registers are near, or beyond that by a
    little, or far."""
    rng = random.Random(seed)
    words = _edge_values(rng)
    for _ in range(parts):
        words += _random_instructions(rng, 40)
        steps = rng.choice([NEAR // 8, NEAR // 4 - rng.randrange(60), NEAR // 4 + 1, NEAR // 2])
        words += [*load_immediate(COUNTER, steps // 2), encode("addi", COUNTER, COUNTER, 0, -1)]
        words.append(encode("bne", 0, COUNTER, 0, -4))
    return words + EXIT


def _edge_values(rng: random.Random) -> list[int]:
    words = load_immediate(DATA_POINTER, DATA_BASE + DATA_SIZE // 2)
    for register in range(1, 31):
        words += load_immediate(register, rng.choice(EDGES) if rng.random() < 0.7 else rng.getrandbits(64))
    return words


def _random_instructions(rng: random.Random, length: int) -> list[int]:
    """Jumps go to the one behind them at most."""
    return [_random_instruction(rng, length - place - 1) for place in range(length)]


def random_loop(seed: int, rounds: int, length: int = 200) -> list[int]:
    """The same, with the random instructions `rounds` times over; they are counted in memory, behind the data."""
    rng = random.Random(seed)
    start = load_immediate(DATA_POINTER, DATA_BASE + DATA_SIZE // 2)
    for register in range(1, 31):
        start += load_immediate(register, rng.choice(EDGES) if rng.random() < 0.7 else rng.getrandbits(64))
    body = [_random_instruction(rng, length - place - 1) for place in range(length)]
    body += [encode("addi", 0, 0)] * 4  # where the last jumps may go
    body += [*load_immediate(30, DATA_BASE + DATA_SIZE), encode("ld", 29, 30), encode("addi", 29, 29, 0, 1)]
    body += [encode("sd", 0, 30, 29), encode("slti", 29, 29, 0, rounds), encode("beq", 0, 29, 0, 8)]
    return [*start, *body, encode("jal", 0, immediate=-4 * len(body)), *EXIT]


def _registers(rng: random.Random) -> tuple[int, int, int]:
    """rd, rs1 and rs2, often as instructions have them that have tables of their own: one twice, or x0."""
    rd, rs1, rs2 = rng.randrange(31), rng.randrange(32), rng.randrange(32)
    return rng.choice([(rd, rs1, rs2)] * 6 + [(rd, rd, rs2), (rd, rs1, rd), (rd, rd, rd), (rd, rs1, 0)])


def _random_instruction(rng: random.Random, left: int) -> int:
    rd, rs1, rs2 = _registers(rng)
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
