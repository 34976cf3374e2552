"""The decoder against the encoder, its canonicalisation, and the disassembler's golden text."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from core_vm.errors import UsageError
from core_vm.isa.decode import Instruction, decode, decode_many
from core_vm.isa.disassemble import disassemble
from core_vm.isa.encode import encode, load_immediate
from core_vm.isa.formats import BY_MNEMONIC, ENCODINGS
from core_vm.isa.operations import FAMILY_OF, NOWHERE, SINK, WRITES_RD, Operation

PC = 0x100000
LIMITS = {
    "I": (-2048, 2047), "load": (-2048, 2047), "jalr": (-2048, 2047), "S": (-2048, 2047), "shift64": (0, 63),
    "shift32": (0, 31), "B": (-4096, 4094), "J": (-(2**20), 2**20 - 2), "U": (-(2**31), 2**31 - 4096),
}  # fmt: skip


def test_every_operation_but_trap_has_a_family() -> None:
    assert set(FAMILY_OF) == set(Operation) - {Operation.TRAP}


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda e: e.mnemonic)
def test_operands_survive_encoding(encoding) -> None:
    for immediate in LIMITS.get(encoding.form, (0,)):
        instruction = decode(encode(encoding.mnemonic, 5, 6, 7, immediate), 0x10000000)
        wrapped = immediate % 2**64
        expected = {
            "R": (5, 6, 7, 0), "I": (5, 6, 0, wrapped), "load": (5, 6, 0, wrapped), "jalr": (5, 6, 0, wrapped),
            "shift64": (5, 6, 0, wrapped), "shift32": (5, 6, 0, wrapped), "S": (0, 6, 7, wrapped), "B": (0, 6, 7, 0),
        }.get(encoding.form)  # fmt: skip
        if expected is not None:
            assert instruction.operation == Operation[encoding.mnemonic.upper()]
            assert instruction[1:5] == expected
        if encoding.form in "BJ":
            assert instruction.target == (0x10000000 + immediate) // 4 or immediate % 4 == 2


def test_operands_that_do_not_fit_are_refused() -> None:
    for mnemonic, operands in [
        ("addi", {"immediate": 2048}), ("beq", {"immediate": 1}), ("slliw", {"immediate": 32}),
        ("lui", {"immediate": 1}),
        ("add", {"rd": 32}), ("fadd", {}),
    ]:  # fmt: skip
        with pytest.raises(UsageError):
            encode(mnemonic, **operands)


def test_computations_into_x0_are_no_operations() -> None:
    for mnemonic, encoding in BY_MNEMONIC.items():
        if encoding.form in ("R", "I", "U", "shift64", "shift32", "fence"):
            assert decode(encode(mnemonic, 0, 6, 7), PC) == Instruction(Operation.NOP)
    assert decode(0x0100000F, PC) == decode(0x8330000F, PC) == Instruction(Operation.NOP)  # PAUSE, FENCE.TSO


def test_what_is_no_instruction_traps() -> None:
    floating_add, compressed, atomic, csr, fence_i, unused_funct7 = 0x53, 0x4501, 0x2F, 0x30529073, 0x100F, 0x04000033
    wide_word_shift = encode("slliw", 1, 1) | 1 << 25
    for word in (0, 0xFFFFFFFF, 0x00100073, 0x30200073, 0x10500073, floating_add, compressed, atomic, csr, fence_i,
                 unused_funct7, wide_word_shift, 0x000000F3):  # fmt: skip
        assert decode(word, PC) == Instruction(Operation.TRAP), hex(word)


def test_values_known_from_the_place_are_constants() -> None:
    assert decode(encode("lui", 5, immediate=-4096), PC) == (Operation.CONSTANT, 5, 0, 0, 2**64 - 4096, 0)
    assert decode(encode("auipc", 5, immediate=-(2**31)), PC) == (Operation.CONSTANT, 5, 0, 0, 2**64 - 2**31 + PC, 0)
    assert decode(encode("addi", 5, 0, immediate=-1), PC) == (Operation.CONSTANT, 5, 0, 0, 2**64 - 1, 0)


def test_jumps() -> None:
    assert decode(encode("jal", 0, immediate=-8), PC) == (Operation.JUMP, 0, 0, 0, 0, PC // 4 - 2)
    assert decode(encode("jal", 1, immediate=8), PC) == (Operation.JUMP_LINK, 1, 0, 0, PC + 4, PC // 4 + 2)
    assert decode(encode("jal", 0, immediate=2), PC).target == NOWHERE
    assert decode(encode("jal", 0, immediate=-8), 4).target == NOWHERE
    assert decode(encode("jalr", 0, 1, immediate=-4), PC) == (Operation.JALR, SINK, 1, 0, 2**64 - 4, 0)


def test_loads_into_x0_keep_their_access() -> None:
    assert decode(encode("lw", 0, 6, immediate=4), PC) == (Operation.LW, SINK, 6, 0, 4, 0)


def test_nothing_writes_x0() -> None:
    """The table of branches on zero does not read it."""
    rng = random.Random(3)
    for encoding in ENCODINGS:
        for rd in range(32):
            word = encode(encoding.mnemonic, rd, rng.randrange(32), rng.randrange(32))
            for noise in (0, rng.getrandbits(20) << 12):
                instruction = decode(word ^ noise, PC)
                assert instruction.operation not in WRITES_RD or instruction.rd


def test_many_are_decoded_like_one() -> None:
    rng = random.Random(1)
    words = [rng.getrandbits(32) for _ in range(500)]
    words += [rng.getrandbits(25) << 7 | rng.choice([e.opcode for e in ENCODINGS]) for _ in range(2000)]
    pcs = [rng.choice([0, 0x100000, 0xBFFFFFFC]) for _ in words]
    many = decode_many(np.array(words, np.uint32), np.array(pcs, np.uint64))
    assert [many[i] for i in range(len(words))] == [decode(word, pc) for word, pc in zip(words, pcs, strict=True)]
    assert len(decode_many(np.zeros(0, np.uint32), np.zeros(0, np.uint64))) == 0


def test_load_immediate_reaches_every_value() -> None:
    rng = random.Random(2)
    values = [0, 1, -1, 2047, 2048, -2048, -2049, 2**31 - 1, 2**31, -(2**31), 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1]
    for value in values + [rng.getrandbits(rng.randrange(1, 65)) for _ in range(200)]:
        register = 0
        for word in load_immediate(5, value):
            instruction = decode(word, PC)
            signed = instruction.immediate - (instruction.immediate >> 63 << 64)
            if instruction.operation == Operation.CONSTANT:
                register = signed
            elif instruction.operation == Operation.SLLI:
                register <<= signed
            else:
                register += signed
            if instruction.operation == Operation.ADDIW:
                register = (register + 2**31) % 2**32 - 2**31
        assert register % 2**64 == value % 2**64


def test_disassembly_matches_the_golden_text() -> None:
    lines = []
    for encoding in ENCODINGS:
        words = [encode(encoding.mnemonic, 10, 2, 31, limit) for limit in LIMITS.get(encoding.form, (0,))]
        lines += [f"{word:08x}  {disassemble(word, PC)}" for word in words]
    lines += [f"{word:08x}  {disassemble(word, PC)}" for word in (0x13, 0, 0xFFFFFFFF)]
    golden = Path(__file__).with_name("golden_disassembly.txt")
    assert "\n".join(lines) + "\n" == golden.read_text(encoding="utf-8")
