"""Tiny ELF files for tests: instruction words and data, no compiler needed."""

from __future__ import annotations

import struct
from collections.abc import Sequence

CODE_BASE = 0x100000
DATA_BASE = 0x200000


def build_elf(
    words: Sequence[int],
    base: int = CODE_BASE,
    data: bytes = b"",
    data_base: int = DATA_BASE,
    *,
    entry: int | None = None,
    flags: int = 0,
    zeroed: int = 0,
    symbols: dict[str, int] | None = None,
) -> bytes:
    """An executable with code at `base`, and `data` plus `zeroed` bytes of zeros at `data_base` if there are any.

    `symbols` maps function names to addresses; without them the file has no sections.
    """
    code = b"".join(struct.pack("<I", word) for word in words)
    segments = [(base, code, len(code), 5)]
    if data or zeroed:
        segments.append((data_base, data, len(data) + zeroed, 6))
    return assemble_elf(segments, base if entry is None else entry, flags, symbols or {})


def assemble_elf(
    segments: Sequence[tuple[int, bytes, int, int]], entry: int, flags: int = 0, symbols: dict[str, int] | None = None
) -> bytes:
    """An executable from segments (address, bytes in the file, size in memory, permission flags)."""
    position = 64 + 56 * len(segments)
    headers, body = b"", b""
    for address, content, size, permissions in segments:
        headers += struct.pack("<IIQQQQQQ", 1, permissions, position, address, address, len(content), size, 4)
        body += content
        position += len(content)
    sections, num_sections = _sections(position, symbols or {})
    header = struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01" + bytes(9), 2, 243, 1, entry, 64,
        position if num_sections else 0, flags, 64, 56, len(segments), 64, num_sections, 1 if num_sections else 0,
    )  # fmt: skip
    return header + headers + body + sections


def _sections(position: int, symbols: dict[str, int]) -> tuple[bytes, int]:
    """Section headers (null, names, symbol table) and their contents, to stand at `position` of the file."""
    if not symbols:
        return b"", 0
    names, table = b"\0.symtab\0.strtab\0", bytes(24)
    for name, address in symbols.items():
        table += struct.pack("<IBBHQQ", len(names), 0x12, 0, 0xFFF1, address, 4)
        names += name.encode() + b"\0"
    start = position + 3 * 64
    headers = bytes(64)
    headers += struct.pack("<IIQQQQIIQQ", 9, 3, 0, 0, start, len(names), 0, 0, 1, 0)
    headers += struct.pack("<IIQQQQIIQQ", 1, 2, 0, 0, start + len(names), len(table), 1, 1, 8, 24)
    return headers + names + table, 3
