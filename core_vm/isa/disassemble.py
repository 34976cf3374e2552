"""Instruction words as text, in the usual assembler notation."""

from __future__ import annotations

from core_vm.isa.formats import encoding_of, immediate_of

REGISTER_NAMES = (
    "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6"
).split()


def disassemble(word: int, pc: int) -> str:
    """The text of the instruction `word` at byte address `pc`; `.word` for what is no RV64IM instruction.

    Targets of branches and jumps are absolute. No pseudo-instructions except `nop`.
    """
    encoding = encoding_of(word)
    if encoding is None:
        return f".word 0x{word:08x}"
    if word == 0x00000013:
        return "nop"
    rd, rs1, rs2 = (REGISTER_NAMES[word >> shift & 31] for shift in (7, 15, 20))
    immediate = immediate_of(word, encoding.form)
    match encoding.form:
        case "R":
            operands = f"{rd}, {rs1}, {rs2}"
        case "I" | "shift64" | "shift32":
            operands = f"{rd}, {rs1}, {immediate}"
        case "load" | "jalr":
            operands = f"{rd}, {immediate}({rs1})"
        case "S":
            operands = f"{rs2}, {immediate}({rs1})"
        case "B":
            operands = f"{rs1}, {rs2}, 0x{(pc + immediate) % 2**32:x}"
        case "U":
            operands = f"{rd}, 0x{word >> 12:x}"
        case "J":
            operands = f"{rd}, 0x{(pc + immediate) % 2**32:x}"
        case _:
            return encoding.mnemonic
    return f"{encoding.mnemonic} {operands}"
