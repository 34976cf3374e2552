"""Reading ELF files: strict about everything that decides what runs, lenient about symbols, which only help people.

Header and program headers are read by hand, every offset checked, because a program is untrusted bytes. Source: System
V ABI, chapters 4 and 5; RISC-V ELF psABI, section "e_flags".
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from itertools import pairwise

from core_vm.errors import InvalidProgramError
from core_vm.state.memory_map import IMAGE_END

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
_EXECUTABLE, _RISCV = 2, 243
_LOAD, _DYNAMIC, _INTERPRETER = 1, 2, 3
_FLAG_COMPRESSED, _FLAG_FLOAT_ABI, _FLAG_EMBEDDED = 0x1, 0x6, 0x8
_HOW_TO_BUILD = "build it for RV64IM with soft floats (-march=rv64im -mabi=lp64 -static)"


@dataclass(frozen=True, slots=True)
class Segment:
    """`data` are the bytes from the file; up to `size` the rest is zero."""

    address: int
    size: int
    data: bytes
    executable: bool


def read_segments(elf: bytes) -> tuple[int, tuple[Segment, ...]]:
    """(entry, loaded segments by address). Raises InvalidProgramError for a file that this machine cannot run."""
    if elf[:4] != b"\x7fELF":
        raise InvalidProgramError("not an ELF file: it does not start with the ELF magic number")
    if len(elf) < _HEADER.size:
        raise InvalidProgramError(f"truncated ELF file: {len(elf)} bytes, the header alone has {_HEADER.size}")
    ident, kind, machine, version, entry, table, _, flags, _, size, count, *_ = _HEADER.unpack_from(elf)
    _check_header(ident, kind, machine, version, flags)
    if count == 0:
        raise InvalidProgramError("the ELF file has no program headers: link it to an executable")
    if size != _PROGRAM_HEADER.size or count == 0xFFFF:
        raise InvalidProgramError(
            f"unreadable program headers: {count} of {size} bytes, expected {_PROGRAM_HEADER.size}"
        )
    if table + count * size > len(elf):
        raise InvalidProgramError("truncated ELF file: the program headers lie beyond its end")
    segments = []
    for number in range(count):
        segment = _segment(elf, number, *_PROGRAM_HEADER.unpack_from(elf, table + number * size))
        if segment is not None:
            segments.append(segment)
    segments.sort(key=lambda segment: segment.address)
    _check_places(segments)
    return entry, tuple(segments)


def _check_places(segments: list[Segment]) -> None:
    """No byte is loaded twice, and no instruction begins with bytes that are not executable. `segments` are sorted."""
    for lower, upper in pairwise([Segment(0, 0, b"", False), *segments]):
        end = lower.address + lower.size
        if upper.address < end:
            raise InvalidProgramError(f"two segments overlap at 0x{upper.address:x}")
        if upper.executable and upper.address % 4 and not (lower.executable and upper.address == end):
            raise InvalidProgramError(
                f"the executable segment at 0x{upper.address:x} neither starts at a multiple of 4 nor continues another"
            )


def _check_header(ident: bytes, kind: int, machine: int, version: int, flags: int) -> None:
    if ident[4] != 2:
        raise InvalidProgramError(f"not a 64-bit ELF file: {_HOW_TO_BUILD}")
    if ident[5] != 1:
        raise InvalidProgramError(f"not a little-endian ELF file: {_HOW_TO_BUILD}")
    if ident[6] != 1 or version != 1:
        raise InvalidProgramError("unknown ELF version")
    if machine != _RISCV:
        raise InvalidProgramError(f"not a RISC-V program (ELF machine {machine}): {_HOW_TO_BUILD}")
    if kind != _EXECUTABLE:
        raise InvalidProgramError(f"not an executable at fixed addresses (ELF type {kind}): link with -static -no-pie")
    if flags & _FLAG_COMPRESSED:
        raise InvalidProgramError(f"the program contains compressed instructions: {_HOW_TO_BUILD}")
    if flags & _FLAG_FLOAT_ABI:
        raise InvalidProgramError(f"the program is built for floating-point registers: {_HOW_TO_BUILD}")
    if flags & _FLAG_EMBEDDED:
        raise InvalidProgramError(f"the program is built for the 16-register RV64E: {_HOW_TO_BUILD}")


def _segment(
    elf: bytes, number: int, kind: int, flags: int, offset: int, address: int, _: int, in_file: int, size: int, *__: int
) -> Segment | None:
    """The loaded segment that a program header describes, or None when it describes none."""
    if kind in (_DYNAMIC, _INTERPRETER):
        raise InvalidProgramError("the program is dynamically linked: link it with -static -no-pie")
    if kind != _LOAD or size == 0 == in_file:
        return None
    where = f"segment {number} at 0x{address:x}"
    if in_file > size:
        raise InvalidProgramError(f"{where} has more bytes in the file ({in_file}) than in memory ({size})")
    if offset + in_file > len(elf):
        raise InvalidProgramError(f"truncated ELF file: the bytes of {where} lie beyond its end")
    if address + size > IMAGE_END:
        raise InvalidProgramError(f"{where} of 0x{size:x} bytes does not fit below 0x{IMAGE_END:x}")
    return Segment(address, size, elf[offset : offset + in_file], bool(flags & 1))


def read_symbols(elf: bytes) -> tuple[list[int], list[str]]:
    """(addresses sorted, names) of functions. A damaged symbol table gives none: nothing depends on it but messages."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile
    from elftools.elf.sections import SymbolTableSection

    found: dict[int, str] = {}
    try:
        table = ELFFile(io.BytesIO(elf)).get_section_by_name(".symtab")
        for symbol in table.iter_symbols() if isinstance(table, SymbolTableSection) else ():
            kind, name = symbol["st_info"]["type"], symbol.name
            label = (
                kind == "STT_NOTYPE" and symbol["st_shndx"] != "SHN_UNDEF" and not name.startswith(("$", ".L", "__"))
            )
            if name and (kind == "STT_FUNC" or (label and symbol["st_value"] not in found)):
                found[symbol["st_value"]] = name
    except (ELFError, ValueError, KeyError, AttributeError, TypeError, IndexError, OverflowError, struct.error):
        return [], []
    addresses = sorted(found)
    return addresses, [found[address] for address in addresses]
