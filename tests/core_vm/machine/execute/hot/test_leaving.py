"""Where compiled code leaves the rest to the interpreter, nothing is lost, done twice, or done that ought not to be."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.errors import CycleLimitExceeded, GuestTrap
from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.execute.hot import hot_code
from core_vm.machine.program.program import Program
from tests.core_vm.machine.elf_builder import CODE_BASE, build_elf
from tests.core_vm.machine.execute.both_ways import Lockstep, check_both_ways, run_one_way
from tests.core_vm.machine.execute.small_shards import ONE_CELL_A_ROW
from tests.core_vm.machine.mixing import MIX
from tests.core_vm.machine.random_programs import DATA_BASE, DATA_SIZE, random_loop
from tests.core_vm.machine.snippets import EXIT, call, program_of, walk_program

DATA = random.Random(0).randbytes(DATA_SIZE)
ROUNDS = 40


def _counted(body: list[int], at_last: list[int], rounds: int = ROUNDS) -> Program:
    """`body` over and over, then once `at_last` in place of its first instructions: of a branch past them."""
    back = [*at_last, *body, encode("addi", 5, 5, 0, -1)]
    skip = encode("bne", 0, 5, 0, 4 * (len(at_last) + 1))
    jump = encode("jal", 0, immediate=-4 * (len(back) + 1))
    words = [*load_immediate(5, rounds), *load_immediate(8, DATA_BASE), skip, *back, jump, *EXIT]
    return Program.from_elf(build_elf(words, data=DATA, data_base=DATA_BASE))


BODY = [encode("ld", 6, 8), encode("add", 7, 7, 6), encode("sd", 0, 8, 7), encode("mul", 9, 7, 6)]


@pytest.mark.parametrize(
    ("at_last", "reason"),
    [
        ([encode("ebreak")], "breakpoint"),
        ([0], "illegal instruction"),
        ([encode("lui", 1, immediate=-0x10000000), encode("ld", 3, 1, 0, -8)], "address 0xffffffffeffffff8"),
        ([*load_immediate(1, 0xF0000000), encode("sb", 0, 1, 7)], "address 0xf0000000"),
        ([*load_immediate(1, 2**63), encode("ld", 1, 1)], "address 0x8000000000000000"),
        ([*load_immediate(1, 0xF0000000), encode("lw", 0, 1, 0, -2)], "address 0xeffffffe"),
        ([encode("ld", 3, 0, 0, 8)], "null pointer"),
        ([encode("sb", 0, 0, 7, 5)], "null pointer"),
        ([encode("jalr", 1, 0, immediate=8)], "jump to 0x8"),
        ([*load_immediate(1, CODE_BASE + 2), encode("jalr", 1, 1)], "jump to 0x100002"),
        ([*load_immediate(1, 2**32 + CODE_BASE), encode("jalr", 1, 1)], "jump to 0x100100000"),
        ([*load_immediate(1, CODE_BASE + 4096), encode("jalr", 1, 1)], "jump to 0x101000"),
        ([encode("jal", 1, immediate=4096)], "outside the code"),
        (call(5), "unknown environment call"),
        (call(MIX.number, DATA_BASE, DATA_BASE + 20), "misaligned"),
    ],
)
def test_traps_after_the_code_was_compiled(at_last: list[int], reason: str) -> None:
    """The loop runs compiled; in its last round it comes to what nothing has executed before, and again in a block."""
    program = _counted(BODY, at_last)
    assert check_both_ways(program, precompiles=(MIX,)) > 4 * ROUNDS
    (_, (kind, message, _)) = run_one_way(0, program, b"", precompiles=(MIX,))
    assert kind is GuestTrap
    assert reason in message


@pytest.mark.parametrize("mnemonic", ["ld", "sd", "lw", "sw", "lbu", "sb"])
@pytest.mark.parametrize("stride", [2**25, 3 * 2**24 + 4, -(2**16), 2**28 + 2, 2**32 - DATA_BASE, 2**33, 2**63])
def test_traps_in_the_middle_of_a_compiled_block(mnemonic: str, stride: int) -> None:
    """A pointer that walks out of memory, into the null page, or to a wrong address: always by the same instruction."""
    access = encode(mnemonic, 0, 8, 7) if mnemonic.startswith("s") else encode(mnemonic, 7, 8)
    loop = [encode("addi", 7, 7, 0, 3), access, encode("add", 6, 6, 7), encode("add", 8, 8, 9)]
    words = [*load_immediate(8, DATA_BASE), *load_immediate(9, stride), *loop]
    program = program_of(*words, encode("jal", 0, immediate=-4 * len(loop)), data=bytes(64))
    assert check_both_ways(program) > 0
    (_, (kind, *_)) = run_one_way(0, program, b"")
    assert kind is GuestTrap


def test_computed_jumps() -> None:
    """Returns, and jumps into the middle of a block, by a register that the jump overwrites."""
    function = [encode("addi", 9, 9, 0, 1), encode("xor", 7, 7, 9), encode("jalr", 0, 1)]
    body = [
        encode("jal", 1, immediate=4 * 13),  # to the function
        encode("auipc", 3, immediate=0), encode("andi", 4, 5, 0, 3), encode("slli", 4, 4, 0, 2),
        encode("add", 3, 3, 4), 0,  # to one of the four below
        encode("addi", 7, 7, 0, 1), encode("slli", 7, 7, 0, 1), encode("addi", 7, 7, 0, 3),
        encode("xor", 7, 7, 3),
        encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -4 * 11),
    ]  # fmt: skip
    for odd in (0, 1):
        body[5] = encode("jalr", 3, 3, immediate=20 + odd)
        program = program_of(*load_immediate(5, 300), *body, encode("jal", 0, immediate=4 * 4), *function, *EXIT)
        assert check_both_ways(program) > 2000
        check_both_ways(program, costs=ONE_CELL_A_ROW, shard_cells=2000)


@pytest.mark.parametrize("bit", [0, 1, 2, 8, 31, 32, 34, 45, 63])
def test_a_computed_jump_that_goes_astray(bit: int) -> None:
    """To the loop's head, round after round, and at last to an address that differs in one bit."""
    start = [
        *load_immediate(5, 50),
        *load_immediate(11, bit),
        encode("auipc", 12, immediate=0),
        encode("jal", 0, 0, 0, 4),
    ]
    loop = [encode("addi", 5, 5, 0, -1), encode("sltiu", 10, 5, 0, 1), encode("sll", 10, 10, 11),
            encode("add", 3, 12, 10), encode("jalr", 3, 3, immediate=8)]  # fmt: skip
    assert check_both_ways(program_of(*start, *loop, *EXIT), max_cycles=1000) > 200


@pytest.mark.parametrize("loop", [[encode("jal", 0, immediate=0)], [encode("beq", 0, 0, 0, 0)],
                                  [encode("addi", 7, 7, 0, 1), encode("jal", 0, immediate=-4)]])  # fmt: skip
def test_endless_loops(loop: list[int]) -> None:
    for limit in (999, 1000, 30_000):
        assert check_both_ways(program_of(*loop), max_cycles=limit, shard_cells=2**24) > limit // 2


@pytest.mark.parametrize("first", range(1, 400, 80))
def test_limits_at_every_instruction(first: int) -> None:
    program = walk_program()
    for limit in range(first, first + 80):
        check_both_ways(program, max_cycles=limit)
    (_, (kind, *_)) = run_one_way(0, program, b"", max_cycles=first)
    assert kind is CycleLimitExceeded


@pytest.mark.parametrize("seed", range(6))
def test_stretches_of_any_budget(seed: int) -> None:
    """Budgets end at every instruction, and before and after what a first touch takes; shards begin anywhere."""
    rng = random.Random(seed)
    words = random_loop(seed, 20) if seed % 2 else None
    program = Program.from_elf(build_elf(words, data=DATA, data_base=DATA_BASE)) if words else walk_program()
    pair, hot_steps = Lockstep(program), 0
    for _ in range(4000):
        shape = rng.random()
        most = pair.step_cost * (4 if shape < 0.4 else 60 if shape < 0.9 else 2000)
        if not pair.run(rng.randrange(1, most)):
            break
        if rng.random() < 0.03:
            hot_steps += pair.num_hot_steps()
            pair.begin()
    assert hot_steps + pair.num_hot_steps() > 300


@pytest.mark.parametrize("access", ["ld", "sd"])
def test_more_first_touches_than_the_log_has_room_for(access: str) -> None:
    """All of them by compiled code: it stops where the log is full, and goes on with a longer one."""
    touch = encode("sd", 0, 8, 7) if access == "sd" else encode("ld", 7, 8)
    loop = [touch, encode("addi", 8, 8, 0, 32), encode("addi", 5, 5, 0, -1)]
    words = [*load_immediate(5, 10_000), *load_immediate(8, DATA_BASE), *loop, encode("bne", 0, 5, 0, -12), *EXIT]
    program = program_of(*words)
    assert check_both_ways(program) > 39_000
    pair = Lockstep(program)
    while pair.run(10**5):
        pass
    assert pair.num_hot_steps() > 30_000


def test_first_touches_with_any_budget() -> None:
    """The budget may end with what a leaf takes, at each instruction of the block."""
    loop = [encode("addi", 7, 7, 0, 1), encode("sd", 0, 8, 7), encode("ld", 6, 8, 0, 2**10), encode("add", 8, 8, 9)]
    words = [*load_immediate(8, DATA_BASE), *load_immediate(9, 2**12), *loop, encode("jal", 0, immediate=-16)]
    pair = Lockstep(program_of(*words))
    assert pair.run(10**6)
    for budget in range(1, 40_000, 61):
        assert pair.run(budget)
    assert pair.num_hot_steps() > 300


def test_every_budget_of_a_block() -> None:
    """A loop that is one block, entered with each budget from nothing to twice what it takes."""
    pair = Lockstep(_counted(BODY, [], rounds=10**6))
    assert pair.run(10**6)
    for budget in range(1, 20 * pair.step_cost, 7):
        assert pair.run(budget)
    assert pair.num_hot_steps() > 1000


def test_without_a_compiler_the_interpreter_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core_vm.host.intermediate_code.assemble", lambda text, function: None)
    assert check_both_ways(walk_program()) == 0


def test_what_is_compiled_is_bounded() -> None:
    """However long straight-line code is, and however often it runs."""
    nops = [encode("addi", 7, 7, 0, 1)] * 5000
    words = [*load_immediate(5, 6), *nops, encode("addi", 5, 5, 0, -1), encode("beq", 0, 5, 0, 8)]
    program = program_of(*words, encode("jal", 0, immediate=-4 * (len(nops) + 2)), *EXIT)
    blocks = hot_code.Blocks(run_one_way(None, program, b"")[0].interpreter.code, 0)
    for chosen in (blocks.first(), blocks.hottest(blocks.steps(np.full(len(program.pc_index), 6)))):
        sizes = blocks.stops[chosen] - blocks.heads[chosen]
        assert 1000 < sizes.sum() <= 2000
        assert sizes.max() <= 512
    assert check_both_ways(program) > 1000
