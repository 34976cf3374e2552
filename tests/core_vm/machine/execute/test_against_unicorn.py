"""The reference machine step by step against an independent emulator, and the kernels against the reference."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from unicorn import UC_ARCH_RISCV, UC_MODE_RISCV64, Uc
from unicorn.riscv_const import UC_RISCV_REG_PC, UC_RISCV_REG_X0

from core_vm.isa.decode import Instruction
from core_vm.isa.encode import encode, load_immediate
from core_vm.isa.operations import FAMILY_OF, MISALIGNED_FAMILY, NOWHERE, Operation
from core_vm.machine.event_words import EventWord
from core_vm.machine.execute.reference import COMPUTATIONS, ReferenceMachine
from core_vm.machine.program.program import Program
from core_vm.machine.replay.recorder import record
from tests.core_vm.machine.elf_builder import CODE_BASE, build_elf
from tests.core_vm.machine.random_programs import DATA_BASE, DATA_SIZE, EDGES, random_program
from tests.core_vm.machine.running import Executor
from tests.core_vm.machine.snippets import EXIT

DATA = random.Random(0).randbytes(DATA_SIZE)


def _program(words: list[int]) -> Program:
    return Program.from_elf(build_elf(words, data=DATA, data_base=DATA_BASE))


def _unicorn(words: list[int]) -> Uc:
    emulator = Uc(UC_ARCH_RISCV, UC_MODE_RISCV64)
    emulator.mem_map(CODE_BASE, 0x10000)
    emulator.mem_map(DATA_BASE, 0x2000)
    emulator.mem_write(CODE_BASE, b"".join(word.to_bytes(4, "little") for word in words))
    emulator.mem_write(DATA_BASE, DATA)
    emulator.reg_write(UC_RISCV_REG_PC, CODE_BASE)
    return emulator


@pytest.mark.parametrize("seed", range(12))
def test_reference_steps_like_unicorn(seed: int) -> None:
    words = random_program(seed)
    machine, emulator = ReferenceMachine(_program(words)), _unicorn(words)
    while machine.instruction().operation != Operation.ECALL:
        pc, instruction = machine.pc, machine.step()
        emulator.emu_start(pc, 0, count=1)
        assert emulator.reg_read(UC_RISCV_REG_PC) == machine.pc, f"{instruction} at 0x{pc:x}"
        registers = [emulator.reg_read(UC_RISCV_REG_X0 + i) for i in range(32)]
        assert registers == machine.registers[:32], f"{instruction} at 0x{pc:x}"
    memory = bytes(machine.memory.get(DATA_BASE + i, 0) for i in range(DATA_SIZE))
    assert emulator.mem_read(DATA_BASE, DATA_SIZE) == memory


@pytest.mark.parametrize("seed", range(12))
def test_kernels_run_like_the_reference(seed: int) -> None:
    words = random_program(seed)
    program = _program(words)
    machine = ReferenceMachine(program)
    executor = Executor(program)
    (shard,) = executor.shards()
    events = record(program, shard)
    rows = {name: iter(family) for name, family in events.families.items()}
    time = 1
    while machine.instruction().operation != Operation.ECALL:
        _check_step(machine, rows, time)
        time += 4
    assert executor.summary().cycles == shard.num_steps == (time - 1) // 4 + 1
    assert all(len(list(rest)) == (name == "ecall") for name, rest in rows.items())
    after = dict(zip(events.leaves.tolist(), events.after.tolist(), strict=True))
    registers = [value for leaf in range(9) for value in after[2**27 + leaf]]
    assert registers[:33] == machine.registers
    for leaf, content in after.items():
        if leaf < 2**27:
            assert content == [machine.load(32 * leaf + 8 * i, 8) for i in range(4)]


def _check_step(machine: ReferenceMachine, rows: dict, time: int) -> None:
    """One step of the reference agrees with the next row of the instruction's family."""
    pc, before = machine.pc, list(machine.registers)
    operation, rd, rs1, rs2, immediate, _ = instruction = machine.step()
    address = (before[rs1] + immediate) % 2**64
    family = _form_of(instruction) or FAMILY_OF[operation]
    is_access = family.startswith(("load_", "store_"))
    size = {"double": 8, "word": 4, "half": 2, "byte": 1}.get(family.split("_")[-1], 1)
    if is_access and address % size:
        family = MISALIGNED_FAMILY
    row = [int(word) for word in next(rows[family])]
    assert row[EventWord.WHEN] == pc // 4 | time << 32, instruction
    if operation in COMPUTATIONS:
        operands = [rs2, rs1] if family.endswith("_in_place") and rd == rs2 else [rs1, rs2]
        assert [row[EventWord.RS1], row[EventWord.RS2]] == [before[register] for register in operands], instruction
    if rd:
        assert (row[EventWord.RD], row[EventWord.RESULT]) == (before[rd], machine.registers[rd]), instruction
    if family.startswith("store_"):
        assert row[EventWord.RESULT] == machine.load(address & ~7, 8), instruction


def _form_of(instruction: Instruction) -> str | None:
    """The table for its form, if it has one."""
    operation, rd, rs1, rs2, immediate, _ = instruction
    if operation == Operation.ADDI:
        return "addi_in_place" if rd == rs1 else "move" if immediate == 0 else None
    if operation in (Operation.BEQ, Operation.BNE):
        return "branch_zero" if rs2 == 0 else None
    name = {Operation.ADD: "add", Operation.SUB: "add"}.get(operation, "logic")
    if FAMILY_OF[operation] != name or rs1 == rs2:
        return None
    others = (rs1,) if operation == Operation.SUB else (rs1, rs2)
    return f"{name}_in_place" if rd in others else None


def test_every_computation_on_every_pair_of_edges() -> None:
    names = [operation.name.lower() for operation in COMPUTATIONS]
    pairs = list(itertools.product(EDGES, EDGES))
    for first, second in pairs[:: max(1, len(pairs) // 60)]:
        words = [*load_immediate(1, first), *load_immediate(2, second)]
        for place, name in enumerate(names):
            words.append(encode(name, 3, 1, 2))
            words += [*load_immediate(4, DATA_BASE), encode("sd", 0, 4, 3, 8 * place)]
        program = _program([*words, *EXIT])
        (shard,) = Executor(program).shards()
        events = record(program, shard)
        for operation, row in _stored_results(events, len(names)):
            expected = COMPUTATIONS[operation](first, second) % 2**64
            assert row == expected, f"{operation.name} {first:#x} {second:#x}"


def _stored_results(events, count: int) -> list[tuple[Operation, int]]:
    stored = [int(row[EventWord.RESULT]) for row in events.families["store_double"]]
    assert len(stored) == count
    return list(zip(COMPUTATIONS, stored, strict=True))


def test_every_misaligned_access() -> None:
    for offset in range(1, 16):
        words = [*load_immediate(1, DATA_BASE), *load_immediate(2, 0x8182838485868788)]
        for name in ("lb", "lh", "lw", "ld", "lbu", "lhu", "lwu"):
            words.append(encode(name, 3, 1, immediate=offset))
        for name in ("sb", "sh", "sw", "sd"):
            words.append(encode(name, 0, 1, 2, offset + 32))
        words = [*words, *EXIT]
        program = _program(words)
        emulator = _unicorn(words)
        emulator.emu_start(CODE_BASE, CODE_BASE + 4 * (len(words) - 1))
        (shard,) = Executor(program).shards()
        events = record(program, shard)
        first = DATA_BASE // 32
        for leaf, content in zip(events.leaves, events.after, strict=True):
            if first <= leaf < first + 4:
                assert content.tobytes() == emulator.mem_read(int(leaf) * 32, 32)
        registers = events.after[-9:].reshape(-1)
        assert registers[3] == emulator.reg_read(UC_RISCV_REG_X0 + 3)
        assert len(events.families[MISALIGNED_FAMILY]) == shard.num_misaligned
        assert (shard.num_misaligned > 0) == (offset % 8 != 0)


def test_nowhere_is_never_executable() -> None:
    program = _program([encode("jal", 0, immediate=2)])
    assert program.instructions.target[0] == NOWHERE
    assert not program.has_code[program.slot_of(np.array([NOWHERE]))[0]]
