"""A guest on unicorn: the memory map and the calls of the Quire machine around somebody else's RISC-V interpreter."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import unicorn
from elftools.elf.elffile import ELFFile
from unicorn import riscv_const as registers

from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import compress
from precompiles.curve import reference as curves
from precompiles.curve.chain import reference as chains
from precompiles.curve.chain.operands import DIGIT_DWORDS, NUM_POINTS
from precompiles.curve.chain.operands import FIRST_NUMBER as FIRST_CHAIN
from precompiles.curve.curves import CURVES, Curve
from precompiles.curve.numbers import FIRST_ADD, FIRST_DOUBLE
from precompiles.fp2 import reference as fp2
from precompiles.fp2.fields import FIELDS, Field
from precompiles.fp12 import fields as fp12_fields
from precompiles.fp12 import reference as fp12
from precompiles.g2 import fields as g2_fields
from precompiles.g2 import reference as g2
from precompiles.keccak.reference import absorb
from precompiles.modular.precompile import SIZES
from precompiles.modular.reference import OPERATIONS, compute
from precompiles.modular.table import FIRST_NUMBER
from precompiles.pairing_advice import curves as advice_curves
from precompiles.pairing_advice import reference as advice
from precompiles.shared.fp12_field import NUMBERS
from precompiles.uint256 import reference as uint256
from precompiles.uint256.products_table import FIRST_PRODUCT
from precompiles.uint256.sums_table import FIRST_SUM

INPUT_REGION = 0xC000_0000
OUTPUT_REGION = 0xE000_0000
OUTPUT_REGION_END = 0xF000_0000
HEADER_SIZE = 32
CAUSE_ECALL = range(8, 12)

MODULAR = {FIRST_NUMBER[bits] + place: (name, bits) for bits in SIZES for place, name in enumerate(OPERATIONS)}
"""The operation and size of each call of modular arithmetic."""

INTEGERS = {
    first + place: name
    for first, names in ((FIRST_SUM, uint256.SUMS), (FIRST_PRODUCT, uint256.PRODUCTS))
    for place, name in enumerate(names)
}
"""The operation of each call of 256-bit integers."""

SUMS = {FIRST_ADD + place: curve for place, curve in enumerate(CURVES)}
DOUBLES = {FIRST_DOUBLE + place: curve for place, curve in enumerate(CURVES)}
CHAINS = {FIRST_CHAIN + place: curve for place, curve in enumerate(CURVES)}
"""The curve of each call on points."""

EXTENSIONS = {f.first_number + place: (name, f) for f in FIELDS for place, name in enumerate(fp2.OPERATIONS)}
"""The operation and field of each call of Fp2."""

TWISTS = {f.first_number + place: (name, f) for f in g2_fields.FIELDS for place, name in enumerate(g2.OPERATIONS)}
"""The operation and field of each call on points over Fp2."""

TOWERS = {field.number: field for field in fp12_fields.FIELDS}
"""The field of each product in Fp12."""

ADVICE = {
    curve.field.number + place: (name, curve)
    for curve in advice_curves.CURVES
    for place, name in enumerate(advice_curves.OPERATIONS)
}
"""The operation and curve of each call of advice."""

_GENERAL = [getattr(registers, f"UC_RISCV_REG_X{number}") for number in range(32)]


@dataclass
class Finished:
    """What a run left: exit code, public output, and the host's two streams."""

    exit_code: int | None = None
    output: bytes = b""
    stdout: bytes = b""
    stderr: bytes = b""
    calls: dict[int, int] = field(default_factory=dict)
    instructions: int = 0


class Trap(Exception):
    """The guest did what the machine refuses."""


def run(elf: Path, input_bytes: bytes = b"", count_instructions: bool = False, region: bytes | None = None) -> Finished:
    """Runs the program to its exit call; Trap for any other end.

    `region` is what the input region begins with, where a forging host writes another thing than `input_bytes`.
    """
    machine = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV64)
    machine.mem_map(0, OUTPUT_REGION_END)
    entry = _load(machine, elf)
    if region is None:
        region = struct.pack("<Q", len(input_bytes)).ljust(HEADER_SIZE, b"\0") + input_bytes
    machine.mem_write(INPUT_REGION, region)
    finished, problems = Finished(), []

    def on_interrupt(uc: unicorn.Uc, cause: int, _: object) -> None:
        if cause in CAUSE_ECALL:
            _call(uc, finished, problems)  # the pc is past the ecall already
        else:
            problems.append(f"exception {cause} at {uc.reg_read(registers.UC_RISCV_REG_PC):#x}")
            uc.emu_stop()

    machine.hook_add(unicorn.UC_HOOK_INTR, on_interrupt)
    if count_instructions:
        machine.hook_add(unicorn.UC_HOOK_BLOCK, _block_counter(finished))
    try:
        machine.emu_start(entry, OUTPUT_REGION_END)
    except unicorn.UcError as error:
        raise Trap(f"{error} at {machine.reg_read(registers.UC_RISCV_REG_PC):#x}") from error
    if finished.exit_code is None:
        raise Trap("; ".join(problems) or "stopped without an exit")
    (length,) = struct.unpack("<Q", machine.mem_read(OUTPUT_REGION, 8))
    if length > OUTPUT_REGION_END - OUTPUT_REGION - HEADER_SIZE:
        raise Trap(f"{length} bytes of output")
    finished.output = bytes(machine.mem_read(OUTPUT_REGION + HEADER_SIZE, length))
    return finished


def _load(machine: unicorn.Uc, elf: Path) -> int:
    with elf.open("rb") as stream:
        file = ELFFile(stream)
        for segment in file.iter_segments("PT_LOAD"):
            machine.mem_write(segment["p_vaddr"], segment.data())
        return file["e_entry"]


def _block_counter(finished: Finished) -> Callable[..., None]:
    def on_block(_: unicorn.Uc, __: int, size: int, ___: object) -> None:
        finished.instructions += size // 4

    return on_block


def _call(uc: unicorn.Uc, finished: Finished, problems: list[str]) -> None:
    number, first, second, third = (uc.reg_read(_GENERAL[register]) for register in (17, 10, 11, 12))
    finished.calls[number] = finished.calls.get(number, 0) + 1
    if number == 93:
        finished.exit_code = first
        uc.emu_stop()
    elif number == 64 and first in (1, 2):
        text = bytes(uc.mem_read(second, third))
        if first == 1:
            finished.stdout += text
        else:
            finished.stderr += text
        uc.reg_write(_GENERAL[10], third)
    elif number == 0x1000 and first % 8 == second % 8 == third == 0:
        state = struct.unpack("<8I", uc.mem_read(first, 32))
        block = bytes(uc.mem_read(second, 64))
        uc.mem_write(first, struct.pack("<8I", *sha256_compress(state, block)))
    elif number == 0x1001 and first % 8 == second % 8 == third == 0:
        lanes, block = struct.unpack("<25Q", uc.mem_read(first, 200)), struct.unpack("<17Q", uc.mem_read(second, 136))
        uc.mem_write(first, struct.pack("<25Q", *absorb(lanes, block)))
    elif number == 0x1008 and first % 8 == second % 8 == third % 8 == 0:
        left, right = (struct.unpack("<8I", uc.mem_read(address, 32)) for address in (second, third))
        uc.mem_write(first, struct.pack("<8I", *compress(left, right)))
    elif number == 0x1010 and first % 8 == second % 8 == third == 0:
        claimed = [*struct.unpack("<8I", uc.mem_read(first, 32)), *struct.unpack("<8I", uc.mem_read(second, 32))]
        if max(claimed) >= P:
            problems.append("a claim of words that are no elements")
            uc.emu_stop()
    else:
        _call_with_numbers(uc, number, (first, second, third), problems)


def _call_with_numbers(uc: unicorn.Uc, number: int, pointers: tuple[int, int, int], problems: list[str]) -> None:
    """Calls of integers, residues, points and elements of extensions."""
    first, second, third = pointers
    if number in MODULAR and first % 8 == second % 8 == third % 8 == 0:
        operation, bits = MODULAR[number]
        x, y, m = (int.from_bytes(uc.mem_read(address, bits // 8), "little") for address in (first, second, third))
        result = compute(operation, x, y, m, bits)
        if result is None:
            problems.append(f"no result of {operation}")
            uc.emu_stop()
        else:
            uc.mem_write(first, result.to_bytes(bits // 8, "little"))
    elif number in INTEGERS and first % 8 == second % 8 == third % 8 == 0:
        _compute_integers(uc, INTEGERS[number], pointers, problems)
    elif number in SUMS and first % 8 == second % 8 == 0:
        curve = SUMS[number]
        _put_point(uc, first, curve, curves.add(curve, *(_point(uc, at, curve) for at in (first, second))), problems)
    elif number in DOUBLES and first % 8 == 0:
        curve = DOUBLES[number]
        _put_point(uc, first, curve, curves.double(curve, _point(uc, first, curve)), problems)
    elif number in CHAINS and first % 8 == second % 8 == third % 8 == 0:
        curve = CHAINS[number]
        points = [_point(uc, second + place * curve.bits // 4, curve) for place in range(NUM_POINTS)]
        digits = struct.unpack(f"<{DIGIT_DWORDS}Q", uc.mem_read(third, 8 * DIGIT_DWORDS))
        _put_point(uc, first, curve, chains.chain(curve, _point(uc, first, curve), points, digits), problems)
    elif number in EXTENSIONS and first % 8 == second % 8 == 0:
        operation, extension = EXTENSIONS[number]
        a, b = (_point(uc, address, extension) for address in (first, second))
        _put_point(uc, first, extension, fp2.compute(operation, a, b, extension.modulus), problems)
    elif number in TWISTS and first % 8 == second % 8 == third % 8 == 0:
        _compute_line(uc, *TWISTS[number], pointers, problems)
    elif number in TOWERS and first % 8 == second % 8 == 0:
        tower = TOWERS[number]
        a, b = (_numbers(uc, address, tower.bits // 8, NUMBERS) for address in (first, second))
        _put_numbers(uc, first, tower.bits // 8, fp12.multiply(a, b, tower.real_of_xi, tower.modulus))
    elif number in ADVICE and first % 8 == second % 8 == 0:
        operation, pairing = ADVICE[number]
        state, pair = (_numbers(uc, address, pairing.field.bits // 8, 6) for address in (first, second))
        _put_numbers(uc, first, pairing.field.bits // 8, advice.compute(operation, pair, state, pairing))
    else:
        problems.append(f"unknown call {number:#x} of ({first:#x}, {second:#x}, {third:#x})")
        uc.emu_stop()


def _compute_integers(uc: unicorn.Uc, operation: str, pointers: tuple[int, int, int], problems: list[str]) -> None:
    sizes = (32, 32, 8 if operation in uint256.SUMS else 32)
    x, y, z = (
        int.from_bytes(uc.mem_read(at, size), "little") for at, size in zip(pointers, sizes, strict=True)
    )  # fmt: skip
    if operation in uint256.SUMS:
        found = uint256.compute_sum(operation, x, y, z)
    else:
        found = uint256.compute_product(operation, x, y, z)
    if found is None:
        problems.append(f"no result of {operation}")
        uc.emu_stop()
        return
    uc.mem_write(pointers[0], found[0].to_bytes(32, "little"))
    uc.mem_write(pointers[2], found[1].to_bytes(sizes[2], "little"))


def _compute_line(
    uc: unicorn.Uc, operation: str, field: g2_fields.Field, pointers: tuple[int, int, int], problems: list[str]
) -> None:
    size = field.bits // 8
    t, q = (((x0, x1), (y0, y1)) for x0, x1, y0, y1 in (_numbers(uc, at, size, 4) for at in pointers[:2]))
    result = g2.add(t, q, field.modulus) if operation == "add" else g2.double(t, field.modulus)
    if result is None or any(_numbers(uc, pointers[2] + 2 * size, size, 2)):
        problems.append(f"no result of {operation} on points over Fp2")
        uc.emu_stop()
        return
    point, line = result
    first, last = line if g2_fields.SLOPE_AT[field] == 0 else line[::-1]
    _put_numbers(uc, pointers[0], size, [*point[0], *point[1]])
    _put_numbers(uc, pointers[2], size, [*first, 0, 0, *last])


def _numbers(uc: unicorn.Uc, address: int, size: int, count: int) -> list[int]:
    return [int.from_bytes(uc.mem_read(address + size * k, size), "little") for k in range(count)]


def _put_numbers(uc: unicorn.Uc, address: int, size: int, numbers: Sequence[int]) -> None:
    uc.mem_write(address, b"".join(number.to_bytes(size, "little") for number in numbers))


def _point(uc: unicorn.Uc, address: int, curve: Curve | Field) -> curves.Point:
    x, y = _numbers(uc, address, curve.bits // 8, 2)
    return x, y


def _put_point(
    uc: unicorn.Uc, address: int, curve: Curve | Field, point: curves.Point | None, problems: list[str]
) -> None:
    if point is None:
        problems.append(f"no result of a call on points of {curve.name}")
        uc.emu_stop()
        return
    _put_numbers(uc, address, curve.bits // 8, point)


def _fractional_bits(root: int, count: int) -> list[int]:
    """The first 32 bits of the fractional parts of the square or cube roots of the first primes (FIPS 180-4)."""
    primes = [n for n in range(2, 312) if all(n % d for d in range(2, n))][:count]
    bits = []
    for prime in primes:
        scaled, value = prime << 32 * root, 1 << 40
        low = 0
        while low < value:
            middle = (low + value + 1) // 2
            low, value = (middle, value) if middle**root <= scaled else (low, middle - 1)
        bits.append(low & 0xFFFF_FFFF)
    return bits


INITIAL_STATE = tuple(_fractional_bits(2, 8))
_ROUND_CONSTANTS = _fractional_bits(3, 64)


def sha256_compress(state: tuple[int, ...], block: bytes) -> list[int]:
    """FIPS 180-4, section 6.2.2."""

    def rotate(word: int, by: int) -> int:
        return (word >> by | word << 32 - by) & 0xFFFF_FFFF

    schedule = list(struct.unpack(">16I", block))
    for t in range(16, 64):
        x, y = schedule[t - 15], schedule[t - 2]
        first = rotate(x, 7) ^ rotate(x, 18) ^ x >> 3
        second = rotate(y, 17) ^ rotate(y, 19) ^ y >> 10
        schedule.append(schedule[t - 16] + first + schedule[t - 7] + second & 0xFFFF_FFFF)
    a, b, c, d, e, f, g, h = state
    for constant, word in zip(_ROUND_CONSTANTS, schedule, strict=True):
        choice = e & f ^ ~e & g
        t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + constant + word
        t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = t1 + t2 & 0xFFFF_FFFF, a, b, c, d + t1 & 0xFFFF_FFFF, e, f, g
    return [old + new & 0xFFFF_FFFF for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True)]
