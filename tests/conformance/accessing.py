"""Guests that load and store: every width at every offset, across dwords, leaves and limb boundaries, everywhere."""

from __future__ import annotations

from core_vm.isa.formats import ENCODINGS
from core_vm.state.memory_map import ADDRESS_LIMIT, IMAGE_END, INPUT_START, OUTPUT_END, OUTPUT_START
from tests.conformance.assembler import WRITABLE, Assembler, Guest, guest

LOADS = [encoding.mnemonic for encoding in ENCODINGS if encoding.form == "load"]
STORES = [encoding.mnemonic for encoding in ENCODINGS if encoding.form == "S"]
VALUE, RESULT, SUM, POINTER, END, FACTOR = 2, 3, 4, 5, 6, 8

PATTERN = bytes((37 * i + 129) % 256 for i in range(256))
DATA = 0x2F_FFC0
"""The middle of the data lies at a multiple of 2^16, so that address sums carry from limb to limb."""


def loads() -> Guest:
    """Seven loads from each of 70 addresses, by small and by the largest offsets of either sign."""
    code = Assembler()
    _loop(code, DATA + 24, DATA + 94)
    for name in LOADS:
        for immediate in (0, -17):
            code.emit(name, RESULT, POINTER, immediate=immediate)
            code.emit("xor", SUM, SUM, RESULT)
            code.emit("mul", SUM, SUM, FACTOR)
    for name, immediate in (("ld", 2047), ("lhu", -2048), ("lw", 2044), ("lb", -2047)):
        code.emit("addi", RESULT, POINTER, immediate=-immediate if immediate != -2048 else 2047)
        code.emit(name, RESULT, RESULT, immediate=immediate)
        code.emit("add", SUM, SUM, RESULT)
    _close(code)
    return guest("loads", code, PATTERN, DATA)


def stores() -> Guest:
    """Four stores to each of 70 addresses; each store overlaps what the ones before left."""
    code = Assembler()
    _loop(code, DATA + 24, DATA + 94)
    for place, name in enumerate(STORES):
        code.emit("xor", VALUE, VALUE, SUM)
        code.emit(name, 0, POINTER, VALUE, 31 * place - 40)
        code.emit("ld", RESULT, POINTER, immediate=31 * place - 44)
        code.emit("xor", SUM, SUM, RESULT)
        code.emit("mul", SUM, SUM, FACTOR)
    _close(code)
    return guest("stores", code, PATTERN, DATA, watched=((DATA - 64, 64),))


def _loop(code: Assembler, first: int, last: int) -> None:
    code.set(POINTER, first)
    code.set(END, last)
    code.set(FACTOR, 0x9E37_79B9_7F4A_7C15)
    code.set(VALUE, 0x8182_8384_8586_8788)
    code.label("loop")


def _close(code: Assembler) -> None:
    code.emit("addi", POINTER, POINTER, immediate=1)
    code.branch("bne", POINTER, END, "loop")
    code.exit()


def access_aliases() -> Guest:
    """Loads to their own base and to x0, stores of their own base and of x0, bases of x0."""
    code = Assembler()
    for offset in (0, 1, 6):
        for name in LOADS:
            code.set(POINTER, DATA + offset)
            code.emit(name, 0, POINTER)
            code.emit(name, POINTER, POINTER, immediate=8)
            code.emit("xor", SUM, SUM, POINTER)
            code.emit(name, RESULT, 0, immediate=64 + offset)
            code.emit("xor", SUM, SUM, RESULT)
        for name in STORES:
            code.set(POINTER, DATA + 64 + offset)
            code.emit(name, 0, POINTER, POINTER, 8)
            code.emit(name, 0, POINTER, 0, 24)
            code.emit(name, 0, 0, POINTER, 96 + offset)
    code.exit()
    return guest("access aliases", code, PATTERN, DATA, low_memory=256)


def memory_map_edges() -> Guest:
    """The first and last places of every region, and addresses that wrap around 2^64."""
    code = Assembler()
    ends = (
        0,
        IMAGE_END - 16,
        IMAGE_END,
        INPUT_START + 64,
        OUTPUT_START - 16,
        OUTPUT_START + 32 - 8,
        ADDRESS_LIMIT - 16,
    )
    code.set(VALUE, 0x1122_3344_5566_7788)
    for address in ends:
        code.set(POINTER, address)
        for name, immediate in (("sd", 8), ("sw", 4), ("sh", 2), ("sb", 1)):
            if address + 8 > OUTPUT_START:
                immediate = 8 if address + 16 <= ADDRESS_LIMIT else 0
                code.emit("ld", RESULT, POINTER, immediate=immediate)
                code.emit("lbu", RESULT, POINTER, immediate=immediate + 7)
            else:
                code.emit(name, 0, POINTER, VALUE, immediate)
            code.emit("ld", RESULT, POINTER)
            code.emit("xor", SUM, SUM, RESULT)
    for base, immediate in ((2**64 - 16, 32), (2**64 - 2047, 2047), (16, -8), (0x10_0000, -2048)):
        code.set(POINTER, base)
        code.emit("lw", RESULT, POINTER, immediate=immediate)
        code.emit("sb", 0, POINTER, RESULT, immediate)
        code.emit("add", SUM, SUM, RESULT)
    code.exit()
    watched = (
        (0x10_0000 - 2048, 64),
        (IMAGE_END - 16, 16),
        (INPUT_START, 4096),
        (OUTPUT_START - 16, 64),
        (OUTPUT_END - 16, 16),
    )
    return guest("memory map edges", code, low_memory=64, watched=watched, input=PATTERN[:100])


def code_as_data() -> Guest:
    """A program that reads its own code and overwrites it: what executes is what the program id names."""
    code = Assembler()
    code.set(POINTER, code.base)
    code.set(VALUE, 0)
    code.emit("lwu", RESULT, POINTER)
    place = len(code.words)
    code.emit("sd", 0, POINTER, 0, 4 * place + 4)
    code.emit("addi", SUM, RESULT, immediate=1)
    code.emit("addi", SUM, SUM, immediate=1)
    code.emit("ld", VALUE, POINTER, immediate=4 * place + 4)
    code.exit()
    return guest("code as data", code)


def writable_code(content: bytes, base: int) -> tuple[int, bytes, int, int]:
    """A code segment that the file also calls writable: the flags change nothing."""
    return base, content, len(content), WRITABLE | 1
