"""One memory image, cut into segments in many ways: what it executes, and its program id, are the same."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest

from core_vm.errors import GuestTrap, InvalidProgramError
from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.program.program import Program
from core_vm.machine.shard import Run
from tests.core_vm.machine.elf_builder import CODE_BASE, DATA_BASE, assemble_elf
from tests.core_vm.machine.random_programs import random_program
from tests.core_vm.machine.running import execute
from tests.core_vm.machine.snippets import EXIT

CODE, DATA, WRITABLE_CODE = 5, 6, 7
Part = tuple[int, bytes, int, int]


def _bytes(words: list[int]) -> bytes:
    return b"".join(struct.pack("<I", word) for word in words)


def _whole(content: bytes, base: int, flags: int) -> list[Part]:
    return [(base, content, len(content), flags)]


def _cut(content: bytes, base: int, flags: int, rng: random.Random) -> list[Part]:
    """The same bytes in up to six segments, cut anywhere, some empty; zeros at an end are left out of the file."""
    at = sorted(rng.randrange(len(content) + 1) for _ in range(rng.randrange(6)))
    parts = []
    for start, stop in zip([0, *at], [*at, len(content)], strict=True):
        piece = content[start:stop]
        in_file = piece.rstrip(b"\0") if rng.random() < 0.5 else piece
        parts.append((base + start, in_file, len(piece), flags))
    return parts


def _summary(run: Run) -> tuple[object, ...]:
    return run.final_root, run.cycles, run.counts, run.output, run.exit_code


@pytest.mark.parametrize("seed", range(12))
def test_any_cut_in_any_order_is_the_same_program(seed: int) -> None:
    rng = random.Random(seed)
    code, data = _bytes([*random_program(seed, 60), 0, 0]), rng.randbytes(2000) + bytes(2096)
    whole = Program.from_elf(assemble_elf(_whole(code, CODE_BASE, CODE) + _whole(data, DATA_BASE, DATA), CODE_BASE))
    expected = _summary(execute(whole, public_input=True))
    for _ in range(4):
        parts = _cut(code, CODE_BASE, CODE, rng) + _cut(data, DATA_BASE, DATA, rng)
        rng.shuffle(parts)
        cut = Program.from_elf(assemble_elf(parts, CODE_BASE))
        assert cut.program_id == whole.program_id
        assert cut.words.tolist()[: len(code) // 4 - 2] == whole.words.tolist()[: len(code) // 4 - 2]
        assert _summary(execute(cut, public_input=True)) == expected


def test_a_run_goes_from_one_segment_into_the_next_and_back() -> None:
    """Falling through the seam, branching back over it, and `jalr` behind it."""
    first = [*load_immediate(5, 3), encode("addi", 6, 6, 0, 1)]
    second = [encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -8), encode("auipc", 1, immediate=0)]
    second += [encode("jalr", 7, 1, 0, 12), encode("ebreak"), *EXIT]
    halves = [(CODE_BASE + 4 * len(first), _bytes(second), 4 * len(second), WRITABLE_CODE)]
    halves += _whole(_bytes(first), CODE_BASE, CODE)
    run = execute(Program.from_elf(assemble_elf(halves, CODE_BASE)))
    assert run.exit_code == 0
    assert run.counts["bne"] == 3


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_an_instruction_that_ends_in_a_data_segment_is_what_memory_holds(cut: int) -> None:
    last = len(EXIT) + 1
    code = _bytes([encode("jal", immediate=4 * last), *EXIT, encode("jal", immediate=4 - 4 * last)])
    at = CODE_BASE + len(code) - cut
    parts = [(CODE_BASE, code[:-cut], len(code) - cut, CODE), (at, code[-cut:] + b"data", cut + 4, DATA)]
    program = Program.from_elf(assemble_elf(parts, CODE_BASE))
    whole = [(CODE_BASE, code, len(code), CODE), (at + cut, b"data", 4, DATA)]
    assert program.program_id == Program.from_elf(assemble_elf(whole, CODE_BASE)).program_id
    assert execute(program).exit_code == 0


def test_an_instruction_that_begins_in_a_data_segment_is_refused() -> None:
    code = _bytes([*EXIT])
    for first in [(CODE_BASE - 2, b"ab" + code[:2], 4, DATA), (CODE_BASE, code[:1], 1, CODE)]:
        parts = [first, (CODE_BASE + 2, code[2:], len(code) - 2, CODE)]
        with pytest.raises(InvalidProgramError, match="multiple of 4"):
            Program.from_elf(assemble_elf(parts, CODE_BASE + 4))


def test_data_that_touches_code_does_not_execute() -> None:
    code = _bytes([encode("addi", 6, 6, 0, 1), encode("addi", 6, 6, 0, 1)])
    parts = [*_whole(code, CODE_BASE, CODE), (CODE_BASE + len(code), _bytes(EXIT), 4 * len(EXIT), DATA)]
    with pytest.raises(GuestTrap) as caught:
        execute(Program.from_elf(assemble_elf(parts, CODE_BASE)))
    assert caught.value.pc == CODE_BASE + 4


def test_zeros_are_no_instructions_whoever_writes_them() -> None:
    """In the file or left to the loader: no leaf of the program tree, a trap where a run gets there."""
    code = _bytes([encode("addi", 6, 6, 0, 1)])
    written = Program.from_elf(assemble_elf([(CODE_BASE, code + bytes(8), 12, CODE)], CODE_BASE))
    left = Program.from_elf(assemble_elf([(CODE_BASE, code, 12, CODE)], CODE_BASE))
    assert written.program_id == left.program_id
    for program in (written, left):
        with pytest.raises(GuestTrap):
            execute(program)


def test_many_segments_are_found_by_address() -> None:
    """A thousand segments of one instruction, every second one touching its successor."""
    places = [CODE_BASE + 8 * (number // 2) + 4 * (number % 2) + 64 * (number // 4) for number in range(1000)]
    parts = [(place, _bytes([encode("addi", 5, 5, 0, number % 2048)]), 4, CODE) for number, place in enumerate(places)]
    random.Random(1).shuffle(parts)
    program = Program.from_elf(assemble_elf(parts, CODE_BASE))
    assert len(program.code_ranges) == 250
    indices = np.array(places) // 4
    assert program.pc_index[program.slot_of(indices)].tolist() == indices.tolist()
    assert program.instructions.immediate[program.slot_of(indices)].tolist() == [n % 2048 for n in range(1000)]
    beyond = program.slot_of(np.array([0, CODE_BASE // 4 - 1, CODE_BASE // 4 + 4, max(indices) + 1, 2**30 - 1]))
    assert set(beyond.tolist()) == {len(program.pc_index) - 1}
