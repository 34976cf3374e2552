"""A tiny program whose proof calls every kernel of ours, for every kind of argument that they are called with."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from core_vm.machine.precompile import POINTER_REGISTERS

if TYPE_CHECKING:
    from core_vm.machine.machine import Machine
    from core_vm.machine.precompile import Precompile

TEXT_ADDRESS = 0x0010_0000
DATA_ADDRESS = 0x0020_0000
OPERANDS_ADDRESS = DATA_ADDRESS + 4096
NUM_ROUNDS = 40


def prove_tiny_program(make_machine: Callable[[], Machine] | None = None) -> None:
    """Executes, records, fills every table, proves and verifies; in this process, so that nothing compiles twice.

    `make_machine` makes the machine whose precompiles are called, by default the standard one.
    """
    from aggregator.runs.prove import prove_run
    from core_vm.machine.program.program import Program
    from core_vm.statement.verifier import verify_run
    from precompiles.standard.machine import standard_machine

    _ask_for_what_long_runs_call()
    make_machine = make_machine or standard_machine
    program = Program.from_elf(tiny_program(make_machine()))
    proven = prove_run(program, make_machine, b"warm", workers=1)
    verify_run(make_machine().profile_tables, proven.proof, program.program_id)


def fold_tiny_program() -> None:
    """The same on the standard machine, and its proof folded."""
    from aggregator.kinds import FOLDED
    from aggregator.runs.prove import prove_run
    from core_vm.machine.program.program import Program
    from precompiles.standard.machine import standard_machine
    from recursion.verify import verify_proof

    _ask_for_what_long_runs_call()
    program = Program.from_elf(tiny_program())
    proven = prove_run(program, standard_machine, b"warm", kind=FOLDED, workers=1)
    verify_proof(proven.proof, program.program_id)


def _ask_for_what_long_runs_call() -> None:
    """Code that is compiled while a guest runs calls two kernels, and nothing else does."""
    from core_vm.machine.execute.hot_kernels import settle_pending, touch_first

    assert touch_first.address
    assert settle_pending.address


def tiny_program(machine: Machine | None = None) -> bytes:
    """An ELF whose few instructions touch every kind of table, and call each precompile (by default of the standard
    machine) once. It makes no claim: there is nothing that proves one about program 0."""
    from core_vm.isa.encode import encode, load_immediate
    from precompiles.standard.machine import standard_machine

    machine = standard_machine() if machine is None else machine
    body = [
        encode("add", 7, 7, 6),
        encode("xor", 8, 8, 7),
        encode("sub", 9, 7, 8),
        encode("sltu", 18, 8, 9),
        encode("sll", 19, 7, 6),
        encode("mul", 20, 7, 8),
        encode("mulhu", 21, 7, 8),
        encode("divu", 22, 20, 6),
        encode("sd", rs1=5, rs2=20, immediate=128),
        encode("ld", 23, 5, immediate=128),
        encode("lw", 23, 5, immediate=132),
        encode("lh", 23, 5, immediate=134),
        encode("lbu", 23, 5, immediate=135),
        encode("lw", 23, 5, immediate=129),
        encode("sd", rs1=5, rs2=23, immediate=131),
        encode("addiw", 24, 7, immediate=3),
        encode("addi", 6, 6, immediate=-1),
    ]
    words = [*load_immediate(5, DATA_ADDRESS), *load_immediate(6, NUM_ROUNDS), *body]
    words.append(encode("bne", rs1=6, rs2=0, immediate=-4 * len(body)))
    address = OPERANDS_ADDRESS
    for precompile in _by_profile(machine):
        words += _call(precompile, address)
        address += _operand_bytes(precompile)
    words += [*load_immediate(17, 93), encode("addi", 10, 0, immediate=0), encode("ecall")]
    return elf_of(words, address)


def _by_profile(machine: Machine) -> list[Precompile]:
    """Those that make no claim; what only the last profiles hold comes together, so that few shards are begun."""

    def holders(precompile: Precompile) -> list[bool]:
        return [precompile.name in called for called in reversed(machine.called_together)]

    return sorted((precompile for precompile in machine.precompiles if not precompile.claims), key=holders)


def _operand_bytes(precompile: Precompile) -> int:
    return 8 * sum(operand.dwords for operand in precompile.operands)


def _call(precompile: Precompile, address: int) -> list[int]:
    """The words of a call whose operands lie one after the other from `address` on: zeros, but for the first and the
    last dword of the last one. So a call has a result: one modulo 2^n, and points that differ and have a y."""
    from core_vm.isa.encode import encode, load_immediate

    values: dict[int, int] = dict.fromkeys((*POINTER_REGISTERS, 17), 0)
    for operand in precompile.operands:
        values[operand.register] = address
        address += 8 * operand.dwords
    last = precompile.operands[-1]
    values[17] = precompile.number
    words = [word for register, value in values.items() for word in load_immediate(register, value)]
    words += load_immediate(5, 1)
    words += [encode("sd", rs1=last.register, rs2=5, immediate=8 * k) for k in (0, last.dwords - 1)]
    return [*words, encode("ecall")]


def elf_of(words: list[int], data_end: int = DATA_ADDRESS + 4096) -> bytes:
    """A RV64 executable of one code segment, and zeros from `DATA_ADDRESS` to `data_end`."""
    code = struct.pack(f"<{len(words)}I", *words)
    offset = 64 + 2 * 56
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", 2, 243, 1, TEXT_ADDRESS, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    text = struct.pack("<IIQQQQQQ", 1, 5, offset, TEXT_ADDRESS, TEXT_ADDRESS, len(code), len(code), 4)
    data = struct.pack("<IIQQQQQQ", 1, 6, offset, DATA_ADDRESS, DATA_ADDRESS, 0, data_end - DATA_ADDRESS, 8)
    return header + text + data + code
