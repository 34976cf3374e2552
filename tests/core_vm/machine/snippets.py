"""Instruction words for what nearly every guest of a test does: store, call, exit; and programs made of them."""

from __future__ import annotations

from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.program.program import Program
from core_vm.state.memory_map import OUTPUT_START
from tests.core_vm.machine.elf_builder import DATA_BASE, build_elf

POINTER_REGISTERS = (10, 11, 12)


def store(address: int, *dwords: int) -> list[int]:
    """Writes the dwords one after the other, through registers 5 and 6."""
    words = load_immediate(5, address)
    for place, dword in enumerate(dwords):
        words += [*load_immediate(6, dword), encode("sd", 0, 5, 6, 8 * place)]
    return words


def call(number: int, *arguments: int) -> list[int]:
    """An environment call; arguments that are not given are 0."""
    words = load_immediate(17, number)
    for register, value in zip(POINTER_REGISTERS, (*arguments, 0, 0, 0), strict=False):
        words += load_immediate(register, value)
    return [*words, encode("ecall")]


def exit_with(code: int) -> list[int]:
    """The end of a run."""
    return [*load_immediate(17, 93), *load_immediate(10, code), encode("ecall")]


EXIT = exit_with(0)


def program_of(*words: int, data: bytes = b"", symbols: dict[str, int] | None = None) -> Program:
    """The program of these words, with `data` at `DATA_BASE`."""
    return Program.from_elf(build_elf(words, data=data, symbols=symbols))


def walk_program() -> Program:
    """Counts down from 600, storing into memory with a stride of 40 bytes, some of it misaligned; outputs 8 bytes."""
    loop = [
        encode("sd", 0, 8, 5), encode("ld", 7, 8, 0, 0), encode("add", 9, 9, 7), encode("sw", 0, 8, 9, 10),
        encode("mul", 9, 9, 5), encode("addi", 8, 8, 0, 40), encode("addi", 5, 5, 0, -1), encode("bne", 0, 5, 0, -28),
    ]  # fmt: skip
    output = [*store(OUTPUT_START, 8), *load_immediate(5, OUTPUT_START), encode("sd", 0, 5, 9, 32)]
    return program_of(*load_immediate(5, 600), *load_immediate(8, DATA_BASE), *loop, *output, *EXIT)
