"""Runs as a whole: sharding, replay, environment calls, input and output, traps and limits."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from core_vm.errors import (
    CycleLimitExceeded,
    GuestTrap,
    InputTooLargeError,
    InvalidProgramError,
    OutputSpaceExhausted,
    WitnessError,
)
from core_vm.isa.encode import encode, load_immediate
from core_vm.isa.operations import LOADS, READS_RS1, READS_RS2, STORES, WRITES_RD
from core_vm.machine.limits import MAX_SHARD_STEPS
from core_vm.machine.precompile import Operand, Precompile
from core_vm.machine.program.program import Program
from core_vm.machine.replay.node_rows import node_rows, program_node_rows
from core_vm.machine.replay.recorder import record
from core_vm.machine.shard import Run
from core_vm.state import roots
from core_vm.state.memory_map import INPUT_START, MAX_INPUT, OUTPUT_START
from tests.core_vm.machine.elf_builder import CODE_BASE, DATA_BASE, build_elf
from tests.core_vm.machine.execute.small_shards import ONE_CELL_A_ROW
from tests.core_vm.machine.python_kernel import PythonKernel, rows_of
from tests.core_vm.machine.random_programs import random_program
from tests.core_vm.machine.running import Executor, execute


def _store(address: int, value: int) -> list[int]:
    return [*load_immediate(5, address), *load_immediate(6, value), encode("sd", 0, 5, 6)]


def _call(number: int, *arguments: int) -> list[int]:
    words = load_immediate(17, number)
    for register, value in zip((10, 11, 12), (*arguments, 0, 0, 0), strict=False):
        words += load_immediate(register, value)
    return [*words, encode("ecall")]


EXIT = _call(93, 0)


def _program(*words: int, data: bytes = b"", symbols: dict[str, int] | None = None) -> Program:
    return Program.from_elf(build_elf(words, data=data, symbols=symbols))


def _walk_program() -> Program:
    """Counts down from 600, storing into memory with a stride of 40 bytes, some of it misaligned; outputs 8 bytes."""
    loop = [
        encode("sd", 0, 8, 5), encode("ld", 7, 8, 0, 0), encode("add", 9, 9, 7), encode("sw", 0, 8, 9, 10),
        encode("mul", 9, 9, 5), encode("addi", 8, 8, 0, 40), encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -28),
    ]  # fmt: skip
    output = [*_store(OUTPUT_START, 8), *load_immediate(5, OUTPUT_START), encode("sd", 0, 5, 9, 32)]
    return _program(*load_immediate(5, 600), *load_immediate(8, DATA_BASE), *loop, *output, *EXIT)


def test_final_state_does_not_depend_on_the_shard_size() -> None:
    program, runs = _walk_program(), []
    for shard_cells in (2**26, 2**13, 2**12, 1900):
        runs.append(execute(program, b"in", public_input=True, shard_cells=shard_cells, costs=ONE_CELL_A_ROW))
    assert [run.num_shards for run in runs] == sorted(run.num_shards for run in runs)
    assert runs[0].num_shards == 1
    assert runs[3].num_shards > 10
    for run in runs:
        for name in ("final_root", "output", "cycles", "counts", "misaligned_accesses", "output_siblings"):
            assert getattr(run, name) == getattr(runs[0], name)
        _check_chain(program, run)


def _check_chain(program: Program, run: Run) -> None:
    """Each shard starts where the one before ended, replays from its pickled record, and leads to its roots."""
    root, pc, steps = run.initial_root, program.entry, 0
    for shard in run.shards:
        shard = pickle.loads(pickle.dumps(shard))
        assert (shard.root_before, shard.pc_start) == (root, pc)
        events = record(program, shard)
        node_rows(shard, events)
        assert sum(len(rows) for rows in events.families.values()) == shard.num_steps == events.program_counts[1].sum()
        assert len(program_node_rows(program, events.program_counts[0])) >= 30
        root, pc, steps = shard.root_after, shard.pc_end, steps + shard.num_steps
    assert (root, steps) == (run.final_root, run.cycles)
    assert [shard.halted for shard in run.shards] == [False] * (run.num_shards - 1) + [True]
    assert run.initial_root == roots.initial_root(program.image_roots, run.input_root)
    assert roots.open_output(run.final_root, run.output_siblings, roots.output_root_of(run.output))


def test_a_random_program_replays_in_tiny_shards() -> None:
    program = Program.from_elf(build_elf(random_program(77), data=bytes(4096)))
    run = execute(program, shard_cells=1500, costs=ONE_CELL_A_ROW)
    assert run.num_shards > 5
    _check_chain(program, run)


def test_shards_stay_near_their_cells_and_below_the_time_limit() -> None:
    program = _program(*load_immediate(5, 3_000_000), encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -4), *EXIT)
    nops = [encode("addi", 0, 0)] * 14
    narrow = [*load_immediate(5, 600_000), *nops, encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -60), *EXIT]
    run = execute(_program(*narrow), shard_cells=2**26)
    assert run.num_shards == 3
    assert [shard.num_steps for shard in run.shards[:-1]] == [MAX_SHARD_STEPS] * (run.num_shards - 1)
    cut = execute(program, shard_cells=2**25)
    assert all(0.97 * 2**25 <= shard.cells <= 2**25 for shard in cut.shards[:-1])
    assert execute(program, with_records=False).shards == []


def test_time_of_every_access_is_the_last_one_of_the_cell() -> None:
    """Replay the events as a memory argument would: every access names the time and value of the one before."""
    program = Program.from_elf(build_elf(random_program(5, 400), data=bytes(4096)))
    (shard,) = Executor(program).shards()
    events = record(program, shard)
    rows = sorted(((int(row[0]) >> 32, name, row) for name, all_rows in events.families.items() for row in all_rows))
    last: dict[int, tuple[int, int]] = {}
    for leaf, content in zip(events.leaves.tolist(), events.before.tolist(), strict=True):
        last.update({4 * leaf + i: (value, 0) for i, value in enumerate(content)})
    code = program.instructions
    for time, name, row in rows:
        words = [int(word) for word in row]
        instruction = code[int(program.slot_of(np.array([words[0] & 0xFFFFFFFF]))[0])]
        for cell, before, previous, after, at in _accesses(name, words, instruction, time):
            assert last[cell] == (before, previous), (name, instruction, cell - 2**29)
            assert previous < at
            last[cell] = (after, at)
    final = zip(events.leaves.tolist(), events.after.tolist(), events.last_times.tolist(), strict=True)
    for leaf, content, times in final:
        assert [last[4 * leaf + i] for i in range(4)] == list(zip(content, times, strict=True))


def _accesses(name: str, words: list[int], instruction, time: int):
    """(cell, value before, time before, value after, time) of each access of an event row, in order of time."""
    register, low = 2**29, 0xFFFFFFFF
    if name == "ecall":
        for place, (number, previous) in enumerate(
            zip((17, 10, 11, 12), (words[5] & low, words[5] >> 32, words[6] & low, words[6] >> 32), strict=True)
        ):
            yield register + number, words[1 + place], previous, words[1 + place], time
        yield register + 10, words[2], time, words[7], time + 3
        return
    operation = instruction.operation
    if operation in READS_RS1:
        yield register + instruction.rs1, words[1], words[4] & low, words[1], time
    if operation in READS_RS2:
        yield register + instruction.rs2, words[2], words[4] >> 32, words[2], time + 1
    if operation in LOADS or operation in STORES:
        cell = ((words[1] + instruction.immediate) % 2**64) >> 3
        is_store, first_after, second_after = operation in STORES, words[6], words[8] if name == "misaligned" else 0
        if is_store:
            first_after = words[7]
        if name == "misaligned":
            if is_store:
                size = {"SH": 16, "SW": 32, "SD": 64}[operation.name]
                shift = 8 * ((words[1] + instruction.immediate) % 8)
                mask = (1 << size) - 1
                both = (words[8] << 64 | words[6]) & ~(mask << shift) | (words[2] & mask) << shift
                assert first_after == both % 2**64
                second_after = both >> 64
            yield cell + 1, words[8], words[9], second_after, time + 2
        yield cell, words[6], words[5] >> 32, first_after, time + 2
    if operation in WRITES_RD:
        yield register + instruction.rd, words[3], words[5] & low, words[7], time + 3


def test_input_lies_in_memory_and_output_comes_back() -> None:
    copy = [*load_immediate(5, INPUT_START), encode("ld", 6, 5), encode("ld", 7, 5, 0, 32),
            *load_immediate(5, OUTPUT_START), encode("sd", 0, 5, 6), encode("sd", 0, 5, 7, 32)]  # fmt: skip
    program = _program(*copy, *_call(93, 2**40 + 7))
    run = execute(program, b"message!", public_input=True)
    assert (run.output, run.exit_code) == (b"message!", 7)
    assert run.input_root == roots.input_root_of(b"message!")
    private = execute(program, b"message!")
    assert private.output == b"message!"
    assert private.input_root != run.input_root


def test_writes_reach_the_host() -> None:
    program = _program(*_call(64, 1, DATA_BASE, 5), *_call(64, 2, DATA_BASE + 6, 5), *_call(64, 1, 2**63, 0),
                       *load_immediate(5, OUTPUT_START), *EXIT, data=b"hello world")  # fmt: skip
    written: list[tuple[int, bytes]] = []
    run = execute(program, on_output=lambda stream, data: written.append((stream, data)))
    assert written == [(1, b"hello"), (2, b"world")]
    (events,) = (record(program, shard) for shard in run.shards)
    assert events.families["ecall"][:, 7].tolist() == [5, 5, 0, 0]
    assert events.families["ecall"][:, 8].tolist() == [1, 1, 1, 0]


def _mix(values: np.ndarray) -> None:
    values[3:] += values[:2] * np.uint64(3)


MIX_KERNEL = PythonKernel(_mix, 5)
MIX = Precompile("mix", 0x1000, (Operand(11, 3, "read"), Operand(10, 2, "write")), lambda: MIX_KERNEL)


def test_precompile_calls_are_recorded() -> None:
    data = np.arange(1, 9, dtype=np.uint64)
    calls = [*_call(0x1000, DATA_BASE, DATA_BASE + 16), *_call(0x1000, DATA_BASE + 24, DATA_BASE + 8)]
    program = _program(*calls, *EXIT, data=data.tobytes())
    for shard_cells in (2**26, 2**14):
        run = execute(program, precompiles=(MIX,), shard_cells=shard_cells, costs=ONE_CELL_A_ROW)
        logs = [record(program, shard, (MIX,)).precompiles["mix"] for shard in run.shards]
        assert np.concatenate([log.before[1] for log in logs]).tolist() == [[1, 2], [4, 5]]
        assert np.concatenate([log.after[1] for log in logs]).tolist() == [[10, 14], [4 + 42, 5 + 9]]
        assert np.concatenate([log.pointers[0] for log in logs]).tolist() == [DATA_BASE + 16, DATA_BASE + 8]
        assert np.concatenate([log.arguments for log in logs])[:, 2].tolist() == [0, 0]
    (log,) = [
        record(program, shard, (MIX,)).precompiles["mix"] for shard in execute(program, precompiles=(MIX,)).shards
    ]
    first, second = (int(time) for time in log.times)
    assert log.previous_times[0].tolist() == [[0, 0, 0], [first + 2, first + 1, first + 1]]
    assert log.previous_times[1].tolist() == [[0, 0], [second + 1, first + 1]]


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
        tables=(rows_of("copy"),),
        rows_per_call=(2**15,),
    )
    source, target = DATA_BASE + 24, DATA_BASE + 2**20 + 8
    program = _program(*_store(source + 8, 77), *_call(0x1000, target, source), *_call(0x1000, target, source), *EXIT)
    for shard_cells, calls in ((2**26, [2]), (2**20, [1, 1])):
        run = execute(program, precompiles=(large,), shard_cells=shard_cells, costs=ONE_CELL_A_ROW)
        assert [shard.num_calls["copy"] for shard in run.shards] == calls
        opened = sorted({(start + 8 * i) // 32 for start in (source, target) for i in range(20_000)})
        for shard, count in zip(run.shards, calls, strict=True):
            assert shard.leaves[:-9].tolist() == (opened if count else [])
            events = record(program, shard, (large,))
            assert events.precompiles["copy"].after[1][:, 1].tolist() == [77] * count
            assert events.last_times[:-9].astype(bool).sum() == (40_000 if count else 0)


def test_replayed_calls_stay_within_what_the_record_allows() -> None:
    program = _program(*_call(0x1000, DATA_BASE, DATA_BASE + 16), *EXIT)
    (shard,) = execute(program, precompiles=(MIX,)).shards
    for wrong in (replace(shard, num_calls={}), replace(shard, num_ecalls=1)):
        with pytest.raises(WitnessError, match="not of this program"):
            record(program, wrong, (MIX,))
    with pytest.raises(WitnessError, match="unknown environment call a7 = 0x1000"):
        record(program, shard)
    shifted = replace(MIX, operands=(Operand(11, 3, "read"), Operand(12, 2, "write"), Operand(10, 2**29, "read")))
    with pytest.raises(WitnessError, match="mix: operand at 0x200000 is misaligned or outside"):
        record(program, shard, (shifted,))


def test_a_kernel_is_loaded_when_a_guest_calls_it() -> None:
    def load() -> PythonKernel:
        loads.append("mix")
        return MIX_KERNEL

    loads: list[str] = []
    lazy = replace(MIX, kernel=load)
    for words, expected in ((EXIT, []), ([*2 * _call(0x1000, DATA_BASE, DATA_BASE + 16), *EXIT], ["mix"])):
        program = _program(*words)
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
        (_call(5), "unknown environment call a7 = 0x5"),
        (_call(0x1001), "unknown environment call"),
        (_call(64, 0, DATA_BASE, 1), "file 0"),
        (_call(64, 1, 0xEFFFFFFF, 2), "outside the memory map"),
        (_call(64, 1, 2**64 - 1, 2), "outside the memory map"),
        (_call(0x1000, DATA_BASE, DATA_BASE + 20), "misaligned"),
        (_call(0x1000, 0xEFFFFFF8, DATA_BASE), "outside the memory map"),
        (_call(0x1000, 2**32 + DATA_BASE, DATA_BASE), "no 32-bit address"),
        (_call(0x1000, DATA_BASE, DATA_BASE, 2**32), "no 32-bit address"),
        ([*_store(OUTPUT_START + 32, 1), *EXIT], "output region holds more"),
        ([*_store(OUTPUT_START + 8, 1), *EXIT], "output region holds more"),
        ([*_store(OUTPUT_START, 3), *_store(OUTPUT_START + 32, 2**24), *EXIT], "output region holds more"),
        ([*_store(0xEFFFFFF8, 1), *EXIT], "at 0x00100024 in start: the output region holds more"),
    ],
)
def test_traps_say_where_and_why(words: list[int], reason: str) -> None:
    program = _program(*words, symbols={"start": CODE_BASE})
    with pytest.raises(GuestTrap, match=reason) as caught:
        execute(program, precompiles=(MIX,))
    assert caught.value.symbol == "start"
    assert CODE_BASE <= caught.value.pc < CODE_BASE + 4 * len(words)
    assert len(caught.value.registers) == 32


def test_a_write_operand_may_not_overlap_a_later_one() -> None:
    backwards = Precompile("late", 0x1000, (Operand(10, 2, "write"), Operand(11, 3, "read")), lambda: MIX_KERNEL)
    with pytest.raises(GuestTrap, match="overlaps"):
        execute(_program(*_call(0x1000, DATA_BASE, DATA_BASE + 8)), precompiles=(backwards,))


def test_limits() -> None:
    endless = _program(encode("jal", 0, immediate=0))
    with pytest.raises(CycleLimitExceeded, match="1000 cycles"):
        execute(endless, max_cycles=1000)
    five = _program(*EXIT)
    cycles = execute(five).cycles
    assert execute(five, max_cycles=cycles).cycles == cycles
    with pytest.raises(CycleLimitExceeded):
        execute(five, max_cycles=cycles - 1)
    with pytest.raises(OutputSpaceExhausted):
        execute(_program(*_store(OUTPUT_START, 2**28), *EXIT))
    with pytest.raises(InvalidProgramError):
        Program.from_elf(b"")


def test_a_foreign_record_is_refused() -> None:
    """Whatever a record holds, the replay stays inside its arrays and says that the record is wrong."""
    program, rng = _walk_program(), np.random.default_rng(4)
    (shard,) = Executor(program).shards()
    other = replace(shard, pc_end=shard.pc_start, halted=False)
    broken = [other, replace(shard, num_misaligned=0), replace(shard, family_rows={}), replace(shard, num_steps=7)]
    for _ in range(20):
        registers = rng.integers(0, 2**64, 36, np.uint64).reshape(9, 4)
        broken.append(replace(shard, before=np.concatenate([shard.before[:-9], registers]), num_steps=2**12))
    for wrong in broken:
        with pytest.raises(WitnessError):
            node_rows(wrong, record(program, wrong))
    node_rows(shard, record(program, shard))


def test_event_memory_is_recycled_only_when_nobody_looks() -> None:
    program = _walk_program()
    shards = execute(program, shard_cells=2**20, costs=ONE_CELL_A_ROW).shards
    kept = record(program, shards[0]).families["add"]
    copy = kept.copy()
    others = [record(program, shard).families["add"] for shard in shards[1:]]
    assert np.array_equal(kept, copy)
    assert not any(np.shares_memory(kept, other) for other in others)


class _HugeInput(bytes):
    def __len__(self) -> int:
        return MAX_INPUT + 1


def test_an_input_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputTooLargeError, match="its region holds"):
        execute(_program(*EXIT), _HugeInput())
    with pytest.raises(InputTooLargeError):
        roots.input_root_of(_HugeInput())


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
