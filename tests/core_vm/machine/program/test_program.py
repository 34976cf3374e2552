"""Loading: what a program is, its id, and the refusals of files that are none."""

from __future__ import annotations

import random
import struct
import subprocess
import sys

import numpy as np
import pytest

from core_vm.errors import InvalidProgramError
from core_vm.hash.poseidon2 import compress
from core_vm.isa.decode import decode
from core_vm.isa.encode import encode
from core_vm.isa.operations import NOWHERE, Operation
from core_vm.machine.program.program import Program
from core_vm.state import roots
from tests.core_vm.machine.elf_builder import CODE_BASE, DATA_BASE, assemble_elf, build_elf
from tests.core_vm.machine.snippets import EXIT

CODE = [encode("addi", 5, 0, immediate=7), encode("auipc", 6, immediate=4096), encode("ecall"), 0xFFFFFFFF]


def test_slots_follow_the_executable_segments() -> None:
    words = struct.pack("<4I", *CODE)
    program = Program.from_elf(assemble_elf([(0x5000, words[:8], 8, 5), (0x1000, words[8:], 8, 5)], 0x5004))
    assert program.pc_index.tolist() == [0x400, 0x401, 0x402, 0x1400, 0x1401, 0x1402, NOWHERE]
    assert program.slot_of(np.array([0x401, 0x402, 0x13FF, 0x1400, NOWHERE])).tolist() == [1, 6, 6, 3, 6]
    assert program.instructions[4] == decode(CODE[1], 0x5004)
    assert program.instructions.operation.tolist() == [
        Operation.ECALL, Operation.TRAP, 0, Operation.CONSTANT, Operation.CONSTANT, 0, 0,
    ]  # fmt: skip


def test_program_root_is_the_naive_tree() -> None:
    program = Program.from_elf(build_elf(CODE, base=8))
    leaves = program.leaf_elements(np.arange(4)).tolist()
    nodes = {2 + i: compress(leaf[:8], leaf[8:]) for i, leaf in enumerate(leaves)}
    for _ in range(30):
        nodes = {i >> 1: compress(nodes.get(i & ~1, [0] * 8), nodes.get(i | 1, [0] * 8)) for i in nodes}
    assert list(program.program_root) == nodes[0]


def test_image_roots_do_not_depend_on_the_cut_into_segments() -> None:
    content = bytes(range(1, 101))
    code = (CODE_BASE, struct.pack("<I", CODE[0]), 4, 5)
    whole = Program.from_elf(assemble_elf([code, (0x200005, content, 500, 6)], CODE_BASE))
    parts = [(0x200005, content[:30], 30, 6), (0x200005 + 30, content[30:], 70, 6), (0x80000000, bytes(64), 64, 6)]
    cut = Program.from_elf(assemble_elf([code, *parts], CODE_BASE))
    assert cut.image_roots == whole.image_roots
    assert cut.program_id == whole.program_id
    assert whole.image_roots[1] == roots.default_digests()[25]


def test_program_id_names_code_data_and_entry() -> None:
    ids = {
        Program.from_elf(elf).program_id
        for elf in (build_elf(CODE), build_elf(CODE, entry=CODE_BASE + 4), build_elf(CODE, data=b"\1"),
                    build_elf(CODE[:3]), build_elf(CODE, base=CODE_BASE + 4))
    }  # fmt: skip
    assert len(ids) == 5
    assert all(len(i) == 64 for i in ids)
    assert Program.from_elf(build_elf(CODE, data=bytes(9))).program_id in ids


def test_symbols_name_places() -> None:
    program = Program.from_elf(build_elf(CODE, symbols={"main": CODE_BASE, "stop": CODE_BASE + 8}))
    assert [program.symbol_at(CODE_BASE + at) for at in (0, 4, 8, 12, 16)] == ["main", "main", "stop", "stop", None]


def _patched(at: int, value: bytes, elf: bytes | None = None) -> bytes:
    elf = elf or build_elf(CODE, data=b"data")
    return elf[:at] + value + elf[at + len(value) :]


_CODE_SEGMENT = (CODE_BASE, struct.pack("<I", 0x13), 4, 5)


@pytest.mark.parametrize(
    ("elf", "complaint"),
    [
        (b"", "not an ELF"),
        (b"MZ\x90\0", "not an ELF"),
        (b"\x7fELF\x02\x01\x01", "truncated"),
        (_patched(4, b"\1"), "not a 64-bit"),
        (_patched(5, b"\2"), "not a little-endian"),
        (_patched(6, b"\0"), "version"),
        (_patched(16, b"\1\0"), "not an executable at fixed"),
        (_patched(16, b"\3\0"), "-no-pie"),
        (_patched(18, b"\x3e\0"), "not a RISC-V"),
        (build_elf(CODE, flags=1), "compressed"),
        (build_elf(CODE, flags=2), "floating-point"),
        (build_elf(CODE, flags=4), "floating-point"),
        (build_elf(CODE, flags=8), "RV64E"),
        (_patched(56, b"\0\0"), "no program headers"),
        (_patched(54, b"\x20\0"), "unreadable program headers"),
        (_patched(32, b"\xff\xff\xff\xff\xff\xff\xff\xff"), "program headers lie beyond"),
        (build_elf(CODE, data=b"data")[:-1], "truncated"),
        (_patched(64, b"\2"), "dynamically linked"),
        (_patched(64, b"\3"), "dynamically linked"),
        (_patched(64, b"\0"), "entry point"),
        (build_elf(CODE, entry=CODE_BASE + 2), "entry point"),
        (build_elf(CODE, entry=CODE_BASE + 16), "entry point"),
        (build_elf(CODE, data=b"data", entry=DATA_BASE), "entry point"),
        (build_elf(CODE, entry=2**64 - 4), "entry point"),
        (build_elf(CODE, data=b"x", data_base=CODE_BASE + 15), "overlap"),
        (build_elf(CODE, data=b"x", data_base=0xBFFFFFFF, zeroed=1), "does not fit below"),
        (build_elf(CODE, data=b"x", data_base=2**64 - 1), "does not fit below"),
        (assemble_elf([(CODE_BASE + 2, bytes(4), 4, 5)], CODE_BASE), "multiple of 4"),
        (assemble_elf([_CODE_SEGMENT, (DATA_BASE, bytes(4), 3, 6)], CODE_BASE), "more bytes in the file"),
    ],
)
def test_what_cannot_run_is_refused(elf: bytes, complaint: str) -> None:
    with pytest.raises(InvalidProgramError, match=complaint):
        Program.from_elf(elf)


def test_any_damage_ends_in_a_program_or_a_refusal() -> None:
    rng, elf = random.Random(3), build_elf(CODE, data=b"data", symbols={"main": CODE_BASE})
    for _ in range(2000):
        damaged = bytearray(elf)
        for _ in range(rng.randrange(1, 6)):
            damaged[rng.randrange(len(elf))] = rng.choice([0, 1, 0xFF, rng.randrange(256)])
        try:
            Program.from_elf(
                bytes(damaged[: rng.randrange(len(elf) + 1)] if rng.random() < 0.2 else damaged)
            ).symbol_at(0)
        except InvalidProgramError:
            pass


def test_runs_statement_by_hand() -> None:
    defaults = roots.default_digests()
    first = roots.initial_root([defaults[25]] * 3, roots.input_root_of(b""))
    siblings = [roots.input_root_of(b""), defaults[25], defaults[26], defaults[27]]
    assert roots.root_from_output(roots.output_root_of(b""), siblings) == first
    assert roots.root_from_output(roots.output_root_of(b"x"), siblings) != first
    assert roots.input_root_of(b"") == defaults[24] != roots.input_root_of(b"", bytes(23) + b"\1")
    assert roots.input_root_of(b"a") != roots.input_root_of(b"a\0")


def test_programs_and_statements_need_no_compiler() -> None:
    code = (
        "import sys; from core_vm.machine.program.program import Program; from core_vm.state import roots;"
        "program = Program.from_elf(sys.stdin.buffer.read());"
        "roots.initial_root(program.image_roots, roots.input_root_of(b'x' * 99)); print(program.program_id);"
        "assert 'numba' not in sys.modules and 'llvmlite' not in sys.modules"
    )
    elf = build_elf(EXIT)
    done = subprocess.run([sys.executable, "-c", code], input=elf, capture_output=True, check=True)
    assert done.stdout.decode().strip() == Program.from_elf(elf).program_id
