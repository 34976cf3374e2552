"""Guests that branch, jump and call: both ways, both directions, at all kinds of addresses."""

from __future__ import annotations

from itertools import product

from core_vm.isa.formats import ENCODINGS
from tests.conformance.assembler import EXECUTABLE, Assembler, Guest, guest
from tests.conformance.values import EDGES, pack

BRANCHES = [encoding.mnemonic for encoding in ENCODINGS if encoding.form == "B"]
DATA = 0x20_0000
FIRST, SECOND, RESULT, SUM, FROM, END, LINK, TARGET = 1, 2, 3, 4, 5, 6, 9, 11


def branches() -> Guest:
    """Six branches on all pairs of edge values, each once forwards and once backwards, and on x0 and on equals."""
    code, data = Assembler(), pack([value for pair in product(EDGES, EDGES) for value in pair])
    code.set(FROM, DATA)
    code.set(END, DATA + len(data))
    code.label("loop")
    code.emit("ld", FIRST, FROM)
    code.emit("ld", SECOND, FROM, immediate=8)
    for name in BRANCHES:
        for number, (rs1, rs2) in enumerate(((FIRST, SECOND), (FIRST, FIRST), (0, SECOND), (FIRST, 0))):
            _branch_both_ways(code, f"{name} {number}", name, rs1, rs2, backwards=number == 0)
    code.emit("addi", FROM, FROM, immediate=16)
    code.branch("bltu", FROM, END, "loop")
    code.exit()
    return guest("branches", code, data)


def _branch_both_ways(code: Assembler, label: str, name: str, rs1: int, rs2: int, backwards: bool) -> None:
    """SUM = 2 SUM + not taken, and with `backwards` the same over a jump back."""
    code.emit("add", SUM, SUM, SUM)
    code.branch(name, rs1, rs2, f"{label} forwards")
    code.emit("addi", SUM, SUM, immediate=1)
    code.label(f"{label} forwards")
    if not backwards:
        return
    code.jump(f"{label} test")
    code.label(f"{label} back")
    code.emit("xori", SUM, SUM, immediate=-1)
    code.jump(f"{label} end")
    code.label(f"{label} test")
    code.branch(name, rs1, rs2, f"{label} back")
    code.label(f"{label} end")


def jumps() -> Guest:
    """JAL and JALR with every use of the link register, odd targets, offsets of both signs, and their aliases."""
    code = Assembler()
    code.jump("first", LINK)
    code.label("first")
    code.emit("add", SUM, SUM, LINK)
    code.jump("third")
    code.label("second")
    code.emit("addi", SUM, SUM, immediate=1)
    code.jump("fourth", LINK)
    code.label("third")
    code.jump("second", LINK)
    code.label("fourth")
    code.emit("add", SUM, SUM, LINK)
    for rd, offset, odd in product((0, LINK, TARGET), (0, 2047, -2048, 16), (0, 1)):
        _jump_to_register(code, rd, offset, odd)
    code.set(TARGET, 0)
    code.emit("auipc", TARGET)
    code.emit("jalr", TARGET, TARGET, immediate=9)  # to the instruction after next, the lowest bit ignored
    code.emit("addi", SUM, SUM, immediate=77)
    code.emit("add", SUM, SUM, TARGET)
    code.exit()
    return guest("jumps", code)


def _jump_to_register(code: Assembler, rd: int, offset: int, odd: int) -> None:
    """Over one instruction that would be noticed. If offset + odd is no 12-bit number, the base is the odd one."""
    label = code.fresh_label()
    code.emit("auipc", TARGET)
    distance = 4 * 6 - offset + odd
    code.emit("addiw", RESULT, 0, immediate=max(-2048, min(2047, distance)))
    code.emit("addi", RESULT, RESULT, immediate=distance - max(-2048, min(2047, distance)))
    code.emit("add", TARGET, TARGET, RESULT)
    code.emit("jalr", rd, TARGET, immediate=offset)
    code.emit("xori", SUM, SUM, immediate=-1)
    code.label(label)
    code.emit("add", SUM, SUM, rd)


def addresses_that_wrap() -> Guest:
    """Code at the bottom of memory: a JALR whose base is negative, and one relative to x0."""
    code = Assembler(0x400)
    code.set(TARGET, -0x100)
    code.emit("jalr", LINK, TARGET, immediate=0x100 + 0x420)
    code.pad_to(0x420)
    code.emit("add", SUM, SUM, LINK)
    code.emit("jalr", LINK, 0, immediate=0x441)
    code.pad_to(0x440)
    code.emit("add", SUM, SUM, LINK)
    code.exit()
    return guest("addresses that wrap", code)


def limb_boundaries_in_code() -> Guest:
    """Links and AUIPC at addresses whose limbs are about to carry, in code above 2^31 and below the image's end."""
    segments: list[tuple[int, bytes, int, int]] = []
    bases = (0x10_FFF0, 0x7FFF_FFF0, 0x9000_FFE8, 0xBFFF_FF80)
    for base, following in zip(bases, (*bases[1:], 0), strict=True):
        content = _calls_around(base, following)
        segments.append((base, content, len(content), EXECUTABLE))
    return Guest("limb boundaries in code", tuple(segments), bases[0])


def _calls_around(base: int, following: int) -> bytes:
    """A few links around `base` + 16, then on to the code at `following`, or an exit."""
    code = Assembler(base)
    for number in range(4):
        code.jump(f"link {number}", LINK)
        code.label(f"link {number}")
        code.emit("add", SUM, SUM, LINK)
    code.emit("auipc", RESULT, immediate=-(2**31))
    code.emit("add", SUM, SUM, RESULT)
    code.emit("auipc", TARGET, immediate=0)
    code.emit("jalr", LINK, TARGET, immediate=8)
    code.emit("add", SUM, SUM, LINK)
    if following:
        code.set(TARGET, following)
        code.emit("jalr", LINK, TARGET)
    else:
        code.emit("add", SUM, SUM, LINK)
        code.exit(0)
    return code.assemble()


def environment_calls(code_out: int = 0x1234_5678_9ABC_DEF0) -> Guest:
    """Writes of all sizes to both streams, a result that is used, and an exit code whose upper half is dropped."""
    code = Assembler()
    for stream, address, size in ((1, DATA, 5), (2, DATA + 3, 1), (1, DATA, 0), (2, 2**63, 0), (1, DATA + 1, 300)):
        code.set(17, 64)
        code.set(10, stream)
        code.set(11, address)
        code.set(12, size)
        code.emit("ecall")
        code.emit("add", SUM, SUM, 10)
    code.exit(code_out)
    return guest("environment calls", code, bytes(i % 256 for i in range(512)), exit_code=code_out % 2**32)
