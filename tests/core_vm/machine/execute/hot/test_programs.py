"""Compiled code runs like the interpreter: whole runs, shard by shard."""

from __future__ import annotations

import itertools
import random
import struct

import pytest

from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.program.program import Program
from tests.core_vm.machine.elf_builder import build_elf
from tests.core_vm.machine.execute.both_ways import check_both_ways
from tests.core_vm.machine.execute.small_shards import ONE_CELL_A_ROW
from tests.core_vm.machine.mixing import MIX
from tests.core_vm.machine.random_programs import DATA_BASE, DATA_SIZE, EDGES, random_loop
from tests.core_vm.machine.snippets import EXIT, call, walk_program

DATA = random.Random(0).randbytes(DATA_SIZE)
ROUNDS = 30


@pytest.mark.parametrize("seed", range(16))
def test_random_loops(seed: int) -> None:
    program = Program.from_elf(build_elf(random_loop(seed, ROUNDS), data=DATA, data_base=DATA_BASE))
    assert check_both_ways(program) > 1000
    for shard_cells in (4000, 1900):
        check_both_ways(program, costs=ONE_CELL_A_ROW, shard_cells=shard_cells)


def test_every_computation_and_branch_on_every_pair_of_edges() -> None:
    """One loop over all pairs; the results are stored, one after the other."""
    computing = [
        "add", "sub", "addw", "subw", "and", "or", "xor", "slt", "sltu", "sll", "srl", "sra", "sllw", "srlw", "sraw",
        "mul", "mulh", "mulhsu", "mulhu", "mulw", "div", "divu", "rem", "remu", "divw", "divuw", "remw", "remuw",
    ]  # fmt: skip
    body = [encode("ld", 1, 8), encode("ld", 2, 8, 0, 8)]
    for name in computing:
        body += [encode(name, 3, 1, 2), encode("sd", 0, 9, 3), encode("addi", 9, 9, 0, 8)]
    for name in ("beq", "bne", "blt", "bge", "bltu", "bgeu"):
        body += [encode("slli", 4, 4, 0, 1), encode(name, 0, 1, 2, 8), encode("addi", 4, 4, 0, 1)]
    for name in ("slli", "srli", "srai", "slliw", "srliw", "sraiw"):
        for distance in (0, 1, 31, *((32, 63) if not name.endswith("w") else ())):
            body += [encode(name, 3, 1, 0, distance), encode("xor", 4, 4, 3), encode("add", 4, 4, 4)]
    for name, immediate in itertools.product(("addi", "addiw", "andi", "ori", "xori", "slti", "sltiu"), (-2048, -1, 7)):
        body += [encode(name, 3, 1, 0, immediate), encode("xor", 4, 4, 3), encode("add", 4, 4, 4)]
    body += [encode("sd", 0, 9, 4), encode("addi", 9, 9, 0, 8)]
    body += [encode("addi", 8, 8, 0, 16), encode("addi", 5, 5, 0, -1)]
    pairs = list(itertools.product(EDGES, EDGES))
    start = [*load_immediate(5, len(pairs)), *load_immediate(8, DATA_BASE), *load_immediate(9, DATA_BASE + 2**16)]
    loop = [*body, encode("bne", 0, 5, 0, -4 * len(body))]
    data = b"".join(struct.pack("<2Q", *pair) for pair in pairs)
    program = Program.from_elf(build_elf([*start, *loop, *EXIT], data=data, data_base=DATA_BASE))
    assert check_both_ways(program) > 0.9 * len(pairs) * len(loop)


def test_every_access_wherever_it_lies() -> None:
    """Aligned or not, in a leaf that is new, that was read, or that was stored to."""
    body = []
    for name in ("lb", "lh", "lw", "ld", "lbu", "lhu", "lwu"):
        body += [encode(name, 3, 8, 0, 16), encode("xor", 4, 4, 3), encode("add", 4, 4, 4)]
    for place, name in enumerate(("sb", "sh", "sw", "sd")):
        body += [encode(name, 0, 8, 4, 24 + 512 * place)]
    for stride in (1, 3, 8, 24, 40):
        step = [encode("addi", 8, 8, 0, stride), encode("addi", 5, 5, 0, -1)]
        loop = [*body, *step, encode("bne", 0, 5, 0, -4 * (len(body) + 2))]
        start = [*load_immediate(5, 300), *load_immediate(8, DATA_BASE)]
        program = Program.from_elf(build_elf([*start, *loop, *EXIT], data=DATA, data_base=DATA_BASE))
        assert check_both_ways(program) > (3000 if stride % 8 == 0 else 300)
        check_both_ways(program, costs=ONE_CELL_A_ROW, shard_cells=4000)


@pytest.mark.parametrize("shard_cells", range(1900, 1990))
def test_shards_of_every_size(shard_cells: int) -> None:
    """So budgets end at every instruction of the loop, and shards begin there."""
    assert check_both_ways(walk_program(), costs=ONE_CELL_A_ROW, shard_cells=shard_cells) > 0


def test_calls_of_precompiles_in_a_loop() -> None:
    ask = call(MIX.number, DATA_BASE, DATA_BASE + 2**12)
    loop = [*ask, encode("addi", 5, 5, 0, -1)]
    words = [*load_immediate(5, 200), *loop, encode("bne", 0, 5, 0, -4 * len(loop)), *EXIT]
    program = Program.from_elf(build_elf(words, data=DATA, data_base=DATA_BASE))
    assert check_both_ways(program, precompiles=(MIX,)) > 1000
    check_both_ways(program, precompiles=(MIX,), costs=ONE_CELL_A_ROW, shard_cells=3000)
