"""The guests' C library, on somebody else's RISC-V."""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from Crypto.Hash import keccak

from core_vm.errors import OutputSpaceExhausted
from core_vm.machine.program.program import Program
from tests.core_vm.guest import reference_machine as machine
from tests.core_vm.machine.running import execute
from tests.places import ROOT

SELF_CHECKING = ["memory", "heap", "strings", "sorting", "contradictions", "library", "atomics"]


@pytest.mark.parametrize("name", SELF_CHECKING)
@pytest.mark.parametrize("optimisation", ["-O0", "-O2"])
def test_self_checking_guest_finds_no_fault(guest: Callable[..., Path], name: str, optimisation: str) -> None:
    finished = machine.run(guest(name, optimisation))
    assert finished.exit_code == 0, f"line {finished.exit_code} of {name}.c failed"


@pytest.mark.parametrize("name", SELF_CHECKING)
def test_self_checking_guest_on_quire(guest: Callable[..., Path], name: str) -> None:
    run = execute(Program.from_elf(guest(name).read_bytes()), with_records=False)
    assert run.exit_code == 0, f"line {run.exit_code} of {name}.c failed"


def test_streams_on_quire(guest: Callable[..., Path]) -> None:
    written: list[tuple[int, bytes]] = []
    program = Program.from_elf(guest("endings").read_bytes())
    run = execute(program, b"s", with_records=False, on_output=lambda stream, data: written.append((stream, data)))
    assert run.exit_code == 134
    assert {stream for stream, _ in written} == {1, 2}
    assert b"assertion failed: size == 0" in b"".join(data for stream, data in written if stream == 2)


def test_output_beyond_the_region_is_its_own_error_on_quire(guest: Callable[..., Path]) -> None:
    with pytest.raises(OutputSpaceExhausted):
        execute(Program.from_elf(guest("endings").read_bytes()), b"o", with_records=False)


INTEGER_FORMATS = ["%d", "%5d", "%-8d|", "%08d", "%+d", "% d", "%.3d", "%8.3d", "%+08d", "%i"]
LONG_FORMATS = ["%ld", "%lld", "%zd", "%+25ld", "%025ld"]
UNSIGNED_FORMATS = ["%lu", "%lx", "%lX", "%#lx", "%020lx", "%lo", "%-30lu|", "%.25lu"]
DOUBLE_FORMATS = ["%f", "%.0f", "%.3f", "%12.4f", "%-12.2f|", "%+.1f", "%012.3f", "%e", "%.0e", "%.12E", "%g", "%.3g"]
DOUBLE_FORMATS += ["%.17g", "%G", "%#g", "%#.0f", "%.40f", "%.0g"]
TEXT_FORMATS = ["%s", "%10s", "%-10s|", "%.2s", "%8.3s"]


def _format_cases() -> list[tuple[str, str, str, str]]:
    """(type, format, value as text, what Python's own % makes of it)."""
    randoms = random.Random(1)
    cases = []
    for number in (0, 1, -1, 42, -12345, 2**31 - 1, -(2**31)):
        cases += [("i", form, str(number), form % number) for form in INTEGER_FORMATS]
    for number in (0, -1, 2**63 - 1, -(2**63), 10**18):
        cases += [("l", f, str(number), f.replace("z", "").replace("l", "") % number) for f in LONG_FORMATS]
    for number in (0, 7, 2**64 - 1, 2**63, 0xDEADBEEF):
        for form in UNSIGNED_FORMATS:
            prefix_of_zero = form == "%#lx" and number == 0  # C shows no prefix for zero, Python does
            expected = "0" if prefix_of_zero else form.replace("l", "").replace("u", "d") % number
            cases.append(("l", form, str(number), expected))
    doubles = [0.0, -0.0, 1.0, 0.5, 1.5, 2.5, 0.1, 9.995, 99999.95, 123456789.0, 1e22, 1e23, 5e-324]
    doubles += [1e-5, 1e-4, 999999.5, 1e15, 0.00012345, float("inf"), float("-inf"), float("nan")]
    doubles += [2.2250738585072014e-308, 1.7976931348623157e308]  # the smallest normal number, the largest
    doubles += [struct.unpack("<d", randoms.randbytes(8))[0] for _ in range(20)]
    for real in doubles:
        (bits,) = struct.unpack("<Q", struct.pack("<d", abs(real) if real != real else real))
        finite = real - real == 0  # C pads infinity with blanks where Python pads with zeros
        cases += [("f", form, str(bits), form % real) for form in DOUBLE_FORMATS if finite or "%0" not in form]
    cases += [("s", form, "quire", form % "quire") for form in TEXT_FORMATS]
    return cases


def test_formats_agree_with_pythons(guest: Callable[..., Path]) -> None:
    cases = _format_cases()
    request = "".join(f"{kind}|{form.rstrip('|')}|{value}\n" for kind, form, value, _ in cases)
    finished = machine.run(guest("format"), request.encode())
    assert finished.exit_code == 0
    lines = finished.output.decode().split("\n")
    wrong = [
        (form, value, expected.rstrip("|"), line)
        for (_, form, value, expected), line in zip(cases, lines, strict=False)
        if expected.rstrip("|") != line
    ]
    assert not wrong, wrong[:10]


@pytest.mark.parametrize(
    ("choice", "exit_code", "runs_exit_functions"),
    [
        ("", 0, True),
        ("r", 5, True),
        ("e", 3, True),
        ("n", 2**32 - 1, True),
        ("b", 256, True),
        ("j", 3, True),
        ("a", 134, False),
    ],
)
def test_exit_code(guest: Callable[..., Path], choice: str, exit_code: int, runs_exit_functions: bool) -> None:
    finished = machine.run(guest("endings"), choice.encode())
    assert finished.exit_code == exit_code
    lines = "constructed 1, 0 arguments\nnot a whole line"
    exit_functions = "last registered\nfirst registered\n" if runs_exit_functions else ""
    assert finished.stdout.decode() == lines + exit_functions


def test_failed_assertion_says_where_and_exits_with_134(guest: Callable[..., Path]) -> None:
    finished = machine.run(guest("endings"), b"s")
    assert finished.exit_code == 134
    assert finished.stderr.decode().endswith("main: assertion failed: size == 0\n")
    assert "endings.c:" in finished.stderr.decode()


BEFORE_MAIN = "constructor 101\nconstructor 200\nconstructor\n6 -7 1 0\n"
EXIT_FUNCTIONS = "registered by an exit function\n100 exit functions, registered later and so called before\n"
AFTER_MAIN = "destructor\ndestructor 200\ndestructor 101\nregistered by a destructor\n"


@pytest.mark.parametrize(("choice", "exit_code"), [("", 2), ("e", 3), ("d", 4)])
@pytest.mark.parametrize("optimisation", ["-O0", "-O2"])
def test_life_of_a_program(guest: Callable[..., Path], choice: str, exit_code: int, optimisation: str) -> None:
    """Constructors and destructors by priority, exit functions that register others or exit, thread-locals."""
    finished = machine.run(guest("lifetime", optimisation), choice.encode())
    assert finished.stdout.decode() == BEFORE_MAIN + EXIT_FUNCTIONS + AFTER_MAIN
    assert finished.exit_code == exit_code


@pytest.mark.parametrize("optimisation", ["-O0", "-O2"])
def test_functions_of_the_guest_take_precedence(guest: Callable[..., Path], optimisation: str) -> None:
    finished = machine.run(guest("own_functions", optimisation))
    assert (finished.exit_code, finished.stdout) == (0, b"copied\n")


@pytest.mark.parametrize(("choice", "complaint"), [("f", "free"), ("r", "realloc"), ("a", "aligned_alloc")])
def test_block_of_another_malloc_is_refused(guest: Callable[..., Path], choice: str, complaint: str) -> None:
    finished = machine.run(guest("own_functions"), choice.encode())
    assert finished.exit_code == 134
    assert finished.stderr.decode().startswith(complaint)


def test_double_free_is_reported(guest: Callable[..., Path]) -> None:
    finished = machine.run(guest("endings"), b"f")
    assert finished.exit_code == 134
    assert b"freed twice" in finished.stderr


def test_output_beyond_the_region_is_refused(guest: Callable[..., Path]) -> None:
    with pytest.raises(machine.Trap):
        machine.run(guest("endings"), b"o")


@pytest.mark.parametrize("size", [0, 1, 7, 8, 31, 32, 33, 1000, 100_003])
def test_output_is_what_was_written_in_pieces(guest: Callable[..., Path], size: int) -> None:
    data = random.Random(size).randbytes(size)
    finished = machine.run(guest("input_output"), data)
    assert (finished.exit_code, finished.output) == (0, data)


def test_sha256_of_every_length_and_alignment(guest: Callable[..., Path]) -> None:
    data = random.Random(2).randbytes(200)
    finished = machine.run(guest("sha256"), data)
    assert finished.exit_code == 0
    offsets = [min(length % 9, len(data) - length) for length in range(len(data) + 1)]
    digests = [hashlib.sha256(data[offset : offset + n]).digest() for n, offset in enumerate(offsets)]
    assert finished.output == b"".join(digests)


@pytest.mark.parametrize("choice", [b"d", b"n", b"h"])
def test_sha256_of_a_null_pointer_ends_the_run(guest: Callable[..., Path], choice: bytes) -> None:
    finished = machine.run(guest("sha256"), choice)
    assert (finished.exit_code, finished.stderr) == (134, b"zkvm_sha256: null pointer\n")


def test_keccak256_of_every_length_and_alignment(guest: Callable[..., Path]) -> None:
    data = random.Random(2).randbytes(300)
    finished = machine.run(guest("keccak256"), data)
    assert finished.exit_code == 0
    offsets = [min(length % 9, len(data) - length) for length in range(len(data) + 1)]
    digests = [keccak.new(digest_bits=256, data=data[offset : offset + n]).digest() for n, offset in enumerate(offsets)]
    assert finished.output == b"".join(digests)


@pytest.mark.parametrize("choice", [b"d", b"n", b"h"])
def test_keccak256_of_a_null_pointer_ends_the_run(guest: Callable[..., Path], choice: bytes) -> None:
    finished = machine.run(guest("keccak256"), choice)
    assert (finished.exit_code, finished.stderr) == (134, b"zkvm_keccak256: null pointer\n")


def test_compiler_library_and_overridden_function(guest: Callable[..., Path]) -> None:
    high, low, divisor = 2**40 + 12345, 2**64 - 3, 2**41 + 77
    finished = machine.run(guest("wide"), struct.pack("<3Q", high, low, divisor))
    wide = high << 64 | low
    quotient = struct.unpack("<Q", struct.pack("<d", high / divisor))[0]
    expected = struct.pack("<4Q", wide // divisor, wide % divisor, quotient, 77)
    assert finished.output == expected


def test_reference_compression_is_the_one_of_hashlib() -> None:
    block = b"abc\x80".ljust(56, b"\0") + struct.pack(">Q", 24)
    words = machine.sha256_compress(machine.INITIAL_STATE, block)
    assert struct.pack(">8I", *words) == hashlib.sha256(b"abc").digest()


def test_guest_of_the_how_to_page(compiled: Callable[..., Path], tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "build-a-guest.md").read_text(encoding="utf-8")
    source = tmp_path / "sum.c"
    source.write_text(page.split("```c\n")[1].split("```")[0], encoding="utf-8")
    data = bytes(range(256)) * 3
    assert machine.run(compiled(source), data).output == struct.pack("<Q", sum(data))
