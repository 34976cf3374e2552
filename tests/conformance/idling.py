"""Guests that leave registers alone for so long that the next accesses are not near."""

from __future__ import annotations

from core_vm.state.memory_map import NEAR, TIME_PER_INSTRUCTION
from tests.conformance.assembler import Assembler, Guest, guest

DATA, COUNTER = 0x20_0000, 30
_SPIN_STEPS = 2


def spin(code: Assembler, time: int) -> None:
    """Count in one register for at least so much time; no other one is looked at."""
    label = code.fresh_label()
    code.set(COUNTER, time // (_SPIN_STEPS * TIME_PER_INSTRUCTION) + 1)
    code.label(label)
    code.emit("addi", COUNTER, COUNTER, immediate=-1)
    code.branch("bne", COUNTER, 0, label)


def idle_once(time: int) -> Guest:
    """All registers are left alone for `time` once, and then added up: the exit code is that of 1 + 2 + .. + 29."""
    code = Assembler()
    for register in range(1, 30):
        code.set(register, register)
    spin(code, time)
    for register in range(2, 30):
        code.emit("add", 1, 1, register)
    code.emit("addi", 10, 1)
    code.set(17, 93)
    code.emit("ecall")
    return guest("idle once", code, exit_code=29 * 30 // 2)


def idle_registers(time: int = NEAR) -> Guest:
    """Every register is set, left alone for `time`, and then read or written, in each of the ways that there are."""
    code = Assembler()
    for register in range(1, 30):
        code.set(register, 0x0123_4567_89AB_CDEF * register)
    code.set(31, DATA)
    code.emit("lw", 0, 31)  # writes the sink
    spin(code, time)
    for number, name in enumerate(("add", "xor", "slt", "sll", "sraw", "mul", "mulhu", "divu", "remw")):
        code.emit(name, 1 + 3 * number, 2 + 3 * number, 3 + 3 * number)
    code.emit("sd", 0, 31, 28)
    code.emit("lui", 29, immediate=4096)
    code.emit("lw", 0, 31)

    for register, value in ((10, 1), (11, DATA), (12, 3), (17, 64)):
        code.set(register, value)
    spin(code, time)
    code.emit("ecall")  # four registers at once
    code.emit("sh", 0, 31, 2, 13)  # misaligned
    code.emit("xor", 5, 5, 5)
    code.branch("bltu", 7, 8, "end")
    code.label("end")
    code.emit("auipc", 3)
    code.emit("jalr", 4, 3, immediate=8)
    spin(code, time)
    code.emit("ld", 9, 31, immediate=21)
    for name, rd, rs1, rs2 in (
        ("add", 1, 1, 2),
        ("sub", 3, 3, 4),
        ("and", 5, 6, 5),
        ("addi", 7, 7, 0),
        ("addi", 8, 11, 0),
    ):
        code.emit(name, rd, rs1, rs2)
    code.branch("bne", 12, 0, "end of forms")
    code.label("end of forms")
    code.exit()
    return guest("idle registers", code, bytes(range(64)))
