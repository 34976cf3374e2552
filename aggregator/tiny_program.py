"""A tiny program whose proof calls every kernel of ours, for every kind of argument that they are called with."""

from __future__ import annotations

import struct

TEXT_ADDRESS = 0x0010_0000
DATA_ADDRESS = 0x0020_0000
NUM_ROUNDS = 40


def prove_tiny_program() -> None:
    """Executes, records, fills every table, proves and verifies; in this process, so that nothing compiles twice."""
    from aggregator.prove import prove_run
    from core_vm.machine.program import Program
    from core_vm.statement.verifier import verify_run
    from precompiles.standard import standard_machine

    program = Program.from_elf(tiny_program())
    proven = prove_run(program, standard_machine, b"warm", workers=1)
    verify_run(standard_machine().tables, proven.proof, program.program_id)


def tiny_program() -> bytes:
    """An ELF whose few instructions touch every kind of table, one precompile call among them."""
    from core_vm.isa.encode import encode, load_immediate

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
    words += [
        *load_immediate(17, 0x1000),
        encode("addi", 10, 5, immediate=0),
        encode("addi", 11, 5, immediate=64),
        encode("addi", 12, 0, immediate=0),
        encode("ecall"),
        *load_immediate(17, 93),
        encode("addi", 10, 0, immediate=0),
        encode("ecall"),
    ]
    return elf_of(words)


def elf_of(words: list[int]) -> bytes:
    """A RV64 executable of one code segment and one page of zeroed data."""
    code = struct.pack(f"<{len(words)}I", *words)
    offset = 64 + 2 * 56
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", 2, 243, 1, TEXT_ADDRESS, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    text = struct.pack("<IIQQQQQQ", 1, 5, offset, TEXT_ADDRESS, TEXT_ADDRESS, len(code), len(code), 4)
    data = struct.pack("<IIQQQQQQ", 1, 6, offset, DATA_ADDRESS, DATA_ADDRESS, 0, 4096, 8)
    return header + text + data + code
