"""Runs as a whole: sharding, environment calls, input and output, traps and limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core_vm.errors import (
    CycleLimitExceeded,
    GuestTrap,
    InputTooLargeError,
    InvalidProgramError,
    OutputSpaceExhausted,
)
from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.event_words import EcallWord
from core_vm.machine.limits import MAX_SHARD_STEPS
from core_vm.machine.precompile import Operand, Precompile
from core_vm.machine.program.program import Program
from core_vm.machine.replay.recorder import record
from core_vm.state import roots
from core_vm.state.memory_map import INPUT_START, MAX_INPUT, OUTPUT_START
from tests.core_vm.machine.chain import check_chain
from tests.core_vm.machine.elf_builder import CODE_BASE, DATA_BASE
from tests.core_vm.machine.execute.small_shards import ONE_CELL_A_ROW
from tests.core_vm.machine.mixing import MIX, MIX_KERNEL
from tests.core_vm.machine.python_kernel import PythonKernel, rows_of
from tests.core_vm.machine.running import execute
from tests.core_vm.machine.snippets import EXIT, call, program_of, store, walk_program


def test_final_state_does_not_depend_on_the_shard_size() -> None:
    program, runs = walk_program(), []
    for shard_cells in (2**26, 2**13, 2**12, 1900):
        runs.append(execute(program, b"in", public_input=True, shard_cells=shard_cells, costs=ONE_CELL_A_ROW))
    assert [run.num_shards for run in runs] == sorted(run.num_shards for run in runs)
    assert runs[0].num_shards == 1
    assert runs[3].num_shards > 10
    for run in runs:
        for name in ("final_root", "output", "cycles", "counts", "misaligned_accesses", "output_siblings"):
            assert getattr(run, name) == getattr(runs[0], name)
        check_chain(program, run)


def test_shards_stay_near_their_cells_and_below_the_time_limit() -> None:
    program = program_of(*load_immediate(5, 3_000_000), encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -4), *EXIT)
    nops = [encode("addi", 0, 0)] * 14
    narrow = [*load_immediate(5, 600_000), *nops, encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -60), *EXIT]
    run = execute(program_of(*narrow), shard_cells=2**26)
    assert run.num_shards == 3
    assert [shard.num_steps for shard in run.shards[:-1]] == [MAX_SHARD_STEPS] * (run.num_shards - 1)
    cut = execute(program, shard_cells=2**25)
    assert all(0.97 * 2**25 <= shard.cells <= 2**25 for shard in cut.shards[:-1])
    assert execute(program, with_records=False).shards == []


def test_input_lies_in_memory_and_output_comes_back() -> None:
    copy = [*load_immediate(5, INPUT_START), encode("ld", 6, 5), encode("ld", 7, 5, 0, 32),
            *load_immediate(5, OUTPUT_START), encode("sd", 0, 5, 6), encode("sd", 0, 5, 7, 32)]  # fmt: skip
    program = program_of(*copy, *call(93, 2**40 + 7))
    run = execute(program, b"message!", public_input=True)
    assert (run.output, run.exit_code) == (b"message!", 7)
    assert run.input_root == roots.input_root_of(b"message!")
    private = execute(program, b"message!")
    assert private.output == b"message!"
    assert private.input_root != run.input_root


def test_writes_reach_the_host() -> None:
    program = program_of(*call(64, 1, DATA_BASE, 5), *call(64, 2, DATA_BASE + 6, 5), *call(64, 1, 2**63, 0),
                       *load_immediate(5, OUTPUT_START), *EXIT, data=b"hello world")  # fmt: skip
    written: list[tuple[int, bytes]] = []
    run = execute(program, on_output=lambda stream, data: written.append((stream, data)))
    assert written == [(1, b"hello"), (2, b"world")]
    (events,) = (record(program, shard) for shard in run.shards)
    assert events.families["ecall"][:, EcallWord.RESULT].tolist() == [5, 5, 0, 0]
    assert events.families["ecall"][:, EcallWord.KIND].tolist() == [1, 1, 1, 0]


def test_a_call_without_a_result_is_a_trap() -> None:
    """The kernel says so."""

    def refuse(values: np.ndarray) -> bool:
        values[:] = 1
        return bool(values[0] == 0)

    kernel = PythonKernel(refuse, 1)
    module = replace(rows_of("picky"), rows_per_call=1)
    picky = Precompile("picky", 0x1000, (Operand(10, 1, "write"),), lambda: kernel, lambda: (module,))
    with pytest.raises(GuestTrap, match=f"picky: the call has no result for its operands at {DATA_BASE:#x}, 0x8"):
        execute(program_of(*call(0x1000, DATA_BASE, 8), *EXIT), precompiles=(picky,), costs=ONE_CELL_A_ROW)


def test_a_call_opens_exactly_the_leaves_of_its_operands() -> None:
    """More of them than the log has room for at first; a call that is cut off from the shard before opens them anew."""

    def copy(values: np.ndarray) -> None:
        values[20_000:] = values[:20_000]

    kernel = PythonKernel(copy, 40_000)
    large = Precompile(
        "copy",
        0x1000,
        (Operand(11, 20_000, "read"), Operand(10, 20_000, "write")),
        lambda: kernel,
        lambda: (replace(rows_of("copy"), rows_per_call=2**15),),
    )
    source, target = DATA_BASE + 24, DATA_BASE + 2**20 + 8
    program = program_of(*store(source + 8, 77), *call(0x1000, target, source), *call(0x1000, target, source), *EXIT)
    for shard_cells, calls in ((2**26, [2]), (2**20, [1, 1])):
        run = execute(program, precompiles=(large,), shard_cells=shard_cells, costs=ONE_CELL_A_ROW)
        assert [shard.num_calls["copy"] for shard in run.shards] == calls
        opened = sorted({(start + 8 * i) // 32 for start in (source, target) for i in range(20_000)})
        for shard, count in zip(run.shards, calls, strict=True):
            assert shard.leaves[:-9].tolist() == (opened if count else [])
            events = record(program, shard, (large,))
            assert events.precompiles["copy"].after[1][:, 1].tolist() == [77] * count
            assert events.last_times[:-9].astype(bool).sum() == (40_000 if count else 0)


def test_a_kernel_is_loaded_when_a_guest_calls_it() -> None:
    def load() -> PythonKernel:
        loads.append("mix")
        return MIX_KERNEL

    loads: list[str] = []
    lazy = replace(MIX, kernel=load)
    for words, expected in ((EXIT, []), ([*2 * call(0x1000, DATA_BASE, DATA_BASE + 16), *EXIT], ["mix"])):
        program = program_of(*words)
        (shard,) = execute(program, precompiles=(lazy,)).shards
        assert loads == expected
        record(program, shard, (lazy,))
        assert loads == 2 * expected


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([encode("ebreak")], "breakpoint"),
        ([0xFFFFFFFF], "illegal instruction 0xffffffff"),
        ([0xC0001073], r"unimp: __builtin_trap\(\)"),
        ([0], "illegal instruction 0x00000000: no code, or compressed code"),
        ([0x00B6362F], "illegal instruction 0x00b6362f: an atomic operation, which RV64IM does not have"),
        ([0x00B57553], "illegal instruction 0x00b57553: floating point"),
        ([0x30200073], "illegal instruction 0x30200073: a system instruction"),
        ([encode("addi", 1, 1)], "the instruction after this one lies outside the code"),
        ([encode("jal", 0, immediate=4096)], "^guest trap at 0x00100000 in start: jump to 0x101000, outside the code$"),
        ([encode("jal", 1, immediate=-8)], "jump to 0xffff8, outside the code"),
        ([encode("jal", 0, immediate=2)], "jump to 0x100002, outside the code: every instruction lies at a multiple"),
        ([encode("beq", 0, 0, 0, 6)], "jump to 0x100006, outside the code: every instruction lies at a multiple"),
        ([encode("addi", 1), encode("bge", 0, 0, 0, 2048)], "at 0x00100004 in start: jump to 0x100804, outside"),
        ([encode("jalr", 0, 0, immediate=8)], "null pointer: jump to 0x8, outside the code"),
        ([encode("jalr", 0, 0, immediate=2)], "jump to 0x2, outside the code: every instruction lies at a multiple"),
        ([*load_immediate(1, 2**32 + CODE_BASE), encode("jalr", 0, 1)], "jump to 0x100100000, outside the code$"),
        ([encode("lui", 1, immediate=CODE_BASE), encode("jalr", 0, 1, immediate=2)], "jump to 0x100002"),
        ([encode("addi", 1, 0, immediate=-8), encode("ld", 2, 1)], "address 0xfffffffffffffff8"),
        ([*load_immediate(1, 0xF0000000), encode("sb", 0, 1)], "address 0xf0000000"),
        ([*load_immediate(1, 0xF0000000), encode("ld", 0, 1, 0, -4)], "address 0xeffffffc"),
        ([*load_immediate(1, 2**32), encode("lb", 0, 1)], "address 0x100000000"),
        (call(5), "unknown environment call a7 = 0x5"),
        (call(0x1001), "unknown environment call"),
        (call(64, 0, DATA_BASE, 1), "file 0"),
        (call(64, 1, 0xEFFFFFFF, 2), "outside the memory map"),
        (call(64, 1, 2**64 - 1, 2), "outside the memory map"),
        (call(0x1000, DATA_BASE, DATA_BASE + 20), "misaligned"),
        (call(0x1000, 0xEFFFFFF8, DATA_BASE), "outside the memory map"),
        (call(0x1000, 2**32 + DATA_BASE, DATA_BASE), "no 32-bit address"),
        (call(0x1000, DATA_BASE, DATA_BASE, 2**32), "no 32-bit address"),
        ([*store(OUTPUT_START + 32, 1), *EXIT], "output region holds more"),
        ([*store(OUTPUT_START + 8, 1), *EXIT], "output region holds more"),
        ([*store(OUTPUT_START, 3), *store(OUTPUT_START + 32, 2**24), *EXIT], "output region holds more"),
        ([*store(0xEFFFFFF8, 1), *EXIT], "at 0x0010001c in start: the output region holds more"),
    ],
)
def test_traps_say_where_and_why(words: list[int], reason: str) -> None:
    program = program_of(*words, symbols={"start": CODE_BASE})
    with pytest.raises(GuestTrap, match=reason) as caught:
        execute(program, precompiles=(MIX,))
    assert caught.value.symbol == "start"
    assert CODE_BASE <= caught.value.pc < CODE_BASE + 4 * len(words)
    assert len(caught.value.registers) == 32


def test_a_write_operand_may_not_overlap_a_later_one() -> None:
    backwards = Precompile("late", 0x1000, (Operand(10, 2, "write"), Operand(11, 3, "read")), lambda: MIX_KERNEL)
    with pytest.raises(GuestTrap, match="overlaps"):
        execute(program_of(*call(0x1000, DATA_BASE, DATA_BASE + 8)), precompiles=(backwards,))


def test_limits() -> None:
    endless = program_of(encode("jal", 0, immediate=0))
    with pytest.raises(CycleLimitExceeded, match="1000 cycles"):
        execute(endless, max_cycles=1000)
    five = program_of(*EXIT)
    cycles = execute(five).cycles
    assert execute(five, max_cycles=cycles).cycles == cycles
    with pytest.raises(CycleLimitExceeded):
        execute(five, max_cycles=cycles - 1)
    with pytest.raises(OutputSpaceExhausted):
        execute(program_of(*store(OUTPUT_START, 2**28), *EXIT))
    with pytest.raises(InvalidProgramError):
        Program.from_elf(b"")


class _HugeInput(bytes):
    def __len__(self) -> int:
        return MAX_INPUT + 1


def test_an_input_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputTooLargeError, match="its region holds"):
        execute(program_of(*EXIT), _HugeInput())
    with pytest.raises(InputTooLargeError):
        roots.input_root_of(_HugeInput())
