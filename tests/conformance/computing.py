"""Guests that compute: every register and immediate operation on edge values, in place too, and every aliasing."""

from __future__ import annotations

from itertools import product

from core_vm.isa.formats import ENCODINGS
from tests.conformance.assembler import Assembler, Guest, guest
from tests.conformance.values import EDGES, IMMEDIATES, SHIFT_AMOUNTS, SHIFTS32, SHIFTS64, pack

FORMS = {encoding.mnemonic: encoding.form for encoding in ENCODINGS}
REGISTER_OPERATIONS = [name for name, form in FORMS.items() if form == "R"]
IMMEDIATES_OF = {"I": IMMEDIATES, "shift64": SHIFTS64, "shift32": SHIFTS32}

DATA, RESULTS = 0x20_0000, 0x30_0000
FIRST, SECOND, RESULT, SUM, FROM, END, TO, FACTOR = 1, 2, 3, 4, 5, 6, 7, 8


def _start(code: Assembler, size: int) -> None:
    """A loop over `size` bytes of data: FROM walks to END; results go to TO and into SUM."""
    code.set(FROM, DATA)
    code.set(END, DATA + size)
    code.set(TO, RESULTS)
    code.set(FACTOR, 0x9E37_79B9_7F4A_7C15)
    code.label("loop")


def _keep(code: Assembler, place: int) -> None:
    """Every result is stored, and mixed into a sum that the stores of the next round do not overwrite."""
    code.emit("sd", 0, TO, RESULT, 8 * place)
    code.emit("xor", SUM, SUM, RESULT)


def _finish(code: Assembler, step: int) -> None:
    code.emit("mul", SUM, SUM, FACTOR)
    code.emit("addi", FROM, FROM, immediate=step)
    code.branch("beq", FROM, END, "end")
    code.jump("loop")
    code.label("end")
    code.exit()


def register_operations() -> Guest:
    """All 28 operations of two registers on all pairs of edge values, word forms and divisions included."""
    return _pairs("register operations", REGISTER_OPERATIONS, list(product(EDGES, EDGES)))


def shifts_by_register() -> Guest:
    """All shifts of edge values by amounts of which only the low bits count."""
    names = [name for name in REGISTER_OPERATIONS if name.startswith(("sll", "srl", "sra"))]
    return _pairs("shifts by register", names, list(product(EDGES, SHIFT_AMOUNTS)))


def _pairs(name: str, operations: list[str], pairs: list[tuple[int, int]]) -> Guest:
    code, data = Assembler(), pack([value for pair in pairs for value in pair])
    _start(code, len(data))
    code.emit("ld", FIRST, FROM)
    code.emit("ld", SECOND, FROM, immediate=8)
    for place, operation in enumerate(operations):
        code.emit(operation, RESULT, FIRST, SECOND)
        _keep(code, place)
    _finish(code, 16)
    return guest(name, code, data, watched=((RESULTS, 0x1000),))


def operations_in_place() -> Guest:
    """Moves, and every operation on all pairs of edge values with the result in the place of either operand."""
    code, data = Assembler(), pack([value for pair in product(EDGES, EDGES) for value in pair])
    _start(code, len(data))
    code.emit("ld", FIRST, FROM)
    code.emit("ld", SECOND, FROM, immediate=8)
    for place, operation in enumerate(("add", "sub", "and", "or", "xor")):
        code.emit("addi", RESULT, FIRST)
        code.emit(operation, RESULT, RESULT, SECOND)
        _keep(code, 3 * place)
        code.emit(operation, RESULT, FIRST, RESULT)
        _keep(code, 3 * place + 1)
        code.emit("addi", RESULT, RESULT, immediate=IMMEDIATES[place])
        code.emit("addi", RESULT, RESULT, immediate=IMMEDIATES[-1 - place])
        _keep(code, 3 * place + 2)
    _finish(code, 16)
    return guest("operations in place", code, data, watched=((RESULTS, 0x1000),))


def immediate_operations() -> Guest:
    """All operations with an immediate, each with its edge immediates, on every edge value; LUI and AUIPC."""
    code, data = Assembler(), pack(EDGES)
    _start(code, len(data))
    code.emit("ld", FIRST, FROM)
    place = 0
    for name, form in FORMS.items():
        for immediate in IMMEDIATES_OF.get(form, ()):
            code.emit(name, RESULT, FIRST, immediate=immediate)
            _keep(code, place)
            place += 1
    for name, immediate in product(("lui", "auipc"), (0, 4096, -4096, 2**31 - 4096, -(2**31), 2**16, 2**15)):
        code.emit(name, RESULT, immediate=immediate)
        _keep(code, place)
        place += 1
    _finish(code, 8)
    return guest("immediate operations", code, data, watched=((RESULTS, 0x1000),))


_PATTERNS = (
    (9, 9, 9),
    (9, 9, 10),
    (9, 10, 9),
    (9, 10, 10),
    (0, 9, 10),
    (9, 0, 10),
    (9, 10, 0),
    (0, 0, 0),
    (31, 30, 29),
)
"""(rd, rs1, rs2): every way in which registers coincide with one another and with x0."""


def aliases() -> Guest:
    """Every computing instruction in every aliasing pattern, results to x0 included."""
    code, data = Assembler(), pack([0x8123_4567_89AB_CDEF, 0x11, 0, 2**63])
    _start(code, len(data))
    for name, form in FORMS.items():
        if form not in ("R", "I", "shift64", "shift32"):
            continue
        for rd, rs1, rs2 in _PATTERNS:
            code.emit("ld", 9, FROM)
            code.emit("ld", 10, FROM, immediate=8)
            code.emit(name, rd, rs1, rs2 if form == "R" else 0, 0 if form == "R" else 7)
            code.emit("xor", SUM, SUM, rd)
            code.emit("add", SUM, SUM, 9)
    for name in ("lui", "auipc"):
        code.emit(name, 0, immediate=4096)
    _finish(code, 16)
    return guest("aliases", code, data)


def hints_and_fences() -> Guest:
    """Everything that does nothing: FENCE in all forms, PAUSE, and computations whose result goes to x0."""
    code = Assembler()
    code.set(FIRST, 2**63 + 5)
    for word in (0x0FF0000F, 0x8330000F, 0x0100000F, 0x0000000F):
        code.word(word)
    for name in FORMS:
        if FORMS[name] == "R":
            code.emit(name, 0, FIRST, FIRST)
        elif FORMS[name] in IMMEDIATES_OF:
            code.emit(name, 0, FIRST, immediate=3)
    code.emit("lui", 0, immediate=8192)
    code.emit("addi", 0, 0, immediate=5)
    code.emit("add", SUM, 0, FIRST)
    code.exit(3)
    return guest("hints and fences", code, exit_code=3)
