"""Which accesses the executor takes for null pointers and stack overflows: only where the program file maps nothing."""

from __future__ import annotations

import random

import pytest

from core_vm.errors import GuestTrap
from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.execute.guards import FIRST_PAGE, GUARD_SYMBOLS, Guards
from core_vm.machine.precompile import Operand, Precompile
from core_vm.machine.program.elf_symbols import symbol_values
from core_vm.machine.program.program import Program
from tests.core_vm.machine.elf_builder import CODE_BASE, DATA_BASE, assemble_elf, build_elf
from tests.core_vm.machine.python_kernel import PythonKernel
from tests.core_vm.machine.running import execute
from tests.core_vm.machine.snippets import EXIT, call

GUARD = 0x4000_0000, 0x5000_0000
GUARDED = dict(zip(GUARD_SYMBOLS, GUARD, strict=True)) | {"main": CODE_BASE}
NO_CHANGE = PythonKernel(lambda values: None, 16)
READ = Precompile("read", 0x1000, (Operand(11, 16, "read"),), lambda: NO_CHANGE)


def _access(address: int, stack_pointer: int = 0, mnemonic: str = "sb") -> list[int]:
    access = encode(mnemonic, 0, 8, 9) if mnemonic.startswith("s") else encode(mnemonic, 9, 8)
    return [*load_immediate(2, stack_pointer), *load_immediate(8, address), access, *EXIT]


def _calling(number: int, *arguments: int) -> list[int]:
    return [*call(number, *arguments), *EXIT]


def _diagnosis(elf: bytes) -> str | None:
    """What the executor says of a run, or None when it ends well."""
    try:
        execute(Program.from_elf(elf), precompiles=(READ,), with_records=False)
    except GuestTrap as trap:
        return trap.reason
    return None


@pytest.mark.parametrize(
    ("address", "mnemonic", "is_guarded"),
    [
        (0, "sb", True), (0, "ld", True), (5, "lw", True), (FIRST_PAGE - 1, "lb", True), (FIRST_PAGE - 4, "sd", True),
        (FIRST_PAGE, "sb", False), (2**16, "ld", False), (GUARD[0], "sb", False),
    ],
)  # fmt: skip
def test_the_first_page_is_what_null_pointers_reach(address: int, mnemonic: str, is_guarded: bool) -> None:
    said = _diagnosis(build_elf(_access(address, mnemonic=mnemonic)))
    assert said == (f"null pointer: access to address 0x{address:x}" if is_guarded else None)


def test_a_declared_guard_says_that_nothing_lies_below_the_first_segment() -> None:
    for address in (0, FIRST_PAGE, CODE_BASE - 1):
        assert (_diagnosis(build_elf(_access(address), symbols=GUARDED)) or "").startswith("null pointer")
    assert _diagnosis(build_elf(_access(CODE_BASE), symbols=GUARDED)) is None


@pytest.mark.parametrize("address", [GUARD[0], GUARD[0] - 4, GUARD[1] - 1, GUARD[1] - 8])
@pytest.mark.parametrize("mnemonic", ["sd", "ld"])
def test_an_access_to_the_guard_is_a_stack_overflow_where_the_stack_pointer_says_so(
    address: int, mnemonic: str
) -> None:
    if mnemonic == "ld" and address == GUARD[1] - 1:
        address -= 7
    below = _diagnosis(build_elf(_access(address, address - 16, mnemonic), symbols=GUARDED))
    assert below == f"stack overflow: access to address 0x{address:x}, below the stack's end at 0x{GUARD[1]:x}"
    above = _diagnosis(build_elf(_access(address, GUARD[1] + 64, mnemonic), symbols=GUARDED))
    assert above == f"access to address 0x{address:x}, which lies between the heap and the stack and belongs to neither"


@pytest.mark.parametrize("address", [GUARD[0] - 8, GUARD[1]])
def test_what_borders_on_the_guard_is_free(address: int) -> None:
    assert _diagnosis(build_elf(_access(address, GUARD[1], "sd"), symbols=GUARDED)) is None


def test_a_stack_without_a_guard_ends_at_the_first_page() -> None:
    assert _diagnosis(build_elf(_access(4088, 4080))) == "stack overflow: access to address 0xff8"


def test_operands_and_buffers_are_looked_at_like_accesses() -> None:
    for arguments in ((0, 0, 0), (0, 64, 0), (0, FIRST_PAGE - 8, 0)):
        said = _diagnosis(build_elf(_calling(0x1000, *arguments)))
        assert said == f"null pointer: access to address 0x{arguments[1]:x}"
    straddling = _diagnosis(build_elf(_calling(0x1000, 0, GUARD[0] - 64, 0), symbols=GUARDED))
    assert straddling is not None
    assert f"0x{GUARD[0] - 64:x}" in straddling
    for arguments in ((1, 0, 1), (2, 8, 2**20), (1, FIRST_PAGE - 1, 1)):
        assert (_diagnosis(build_elf(_calling(64, *arguments))) or "").startswith("null pointer")
    assert _diagnosis(build_elf(_calling(64, 1, 0, 0))) is None


def test_a_program_that_maps_the_place_may_use_it() -> None:
    code = b"".join(word.to_bytes(4, "little") for word in _access(8))
    mapped = [(0, b"", 64, 6), (CODE_BASE, code, len(code), 5)]
    assert _diagnosis(assemble_elf(mapped, CODE_BASE)) is None
    assert _diagnosis(assemble_elf(mapped[1:], CODE_BASE)) is not None
    same_id = {Program.from_elf(assemble_elf(parts, CODE_BASE)).program_id for parts in (mapped, mapped[1:])}
    assert len(same_id) == 1


@pytest.mark.parametrize(
    "symbols",
    [
        {GUARD_SYMBOLS[0]: GUARD[0]},
        dict(zip(GUARD_SYMBOLS, reversed(GUARD), strict=True)),
        dict(zip(GUARD_SYMBOLS, (GUARD[0], 2**32), strict=True)),
        dict(zip(GUARD_SYMBOLS, (DATA_BASE - 64, DATA_BASE + 64), strict=True)),
        dict(zip(GUARD_SYMBOLS, (GUARD[0] + 1, GUARD[0] + 32), strict=True)),
    ],
)
def test_a_guard_that_makes_no_sense_is_none(symbols: dict[str, int]) -> None:
    program = Program.from_elf(build_elf(EXIT, data=b"data", symbols={"main": CODE_BASE, **symbols}))
    assert Guards.of(program) == Guards(FIRST_PAGE)


def test_symbols_of_a_damaged_file_are_none_or_numbers() -> None:
    rng, elf = random.Random(6), build_elf(EXIT, symbols=GUARDED)
    assert symbol_values(elf, GUARD_SYMBOLS) == dict(zip(GUARD_SYMBOLS, GUARD, strict=True))
    assert symbol_values(build_elf(EXIT), GUARD_SYMBOLS) == {}
    for _ in range(3000):
        damaged = bytearray(elf[: rng.randrange(len(elf) + 1)] if rng.random() < 0.3 else elf)
        for _ in range(rng.randrange(6)):
            if damaged:
                damaged[rng.randrange(len(damaged))] = rng.choice([0, 1, 0xFF, rng.randrange(256)])
        values = symbol_values(bytes(damaged), GUARD_SYMBOLS)
        assert all(0 <= value < 2**64 for value in values.values())
