"""Values of a few named symbols of an ELF file, without reading the names of all the others.

Lenient, as everything about symbols: a damaged table has none. Source: System V ABI, chapter 4, "Symbol Table".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

_SECTIONS_AT: Final = 0x28
_SECTION_COUNT_AT: Final = 0x3C
_SECTION: Final = struct.Struct("<IIQQQQIIQQ")
_SYMBOL_TABLE: Final = 2
_SYMBOL: Final = np.dtype(
    [("name", "<u4"), ("info", "u1"), ("other", "u1"), ("section", "<u2"), ("value", "<u8"), ("size", "<u8")]
)
_UNDEFINED: Final = 0


def symbol_values(elf: bytes, names: Sequence[str]) -> dict[str, int]:
    """The values of those of `names` that the file defines; none of a file that is stripped or unreadable."""
    try:
        return dict(_values(*_symbol_table(elf), names))
    except (struct.error, ValueError, IndexError, OverflowError, StopIteration):
        return {}


def _symbol_table(elf: bytes) -> tuple[np.ndarray, bytes]:
    """The entries of the file's symbol table, and the bytes of all names. Raises StopIteration if there is none."""
    (first,), (count,) = struct.unpack_from("<Q", elf, _SECTIONS_AT), struct.unpack_from("<H", elf, _SECTION_COUNT_AT)
    sections = [_SECTION.unpack_from(elf, first + number * _SECTION.size) for number in range(count)]
    offset, size, link = next(section[4:7] for section in sections if section[1] == _SYMBOL_TABLE)
    names_at, names_size = sections[link][4:6]
    return np.frombuffer(elf[offset : offset + size], _SYMBOL), elf[names_at : names_at + names_size]


def _values(entries: np.ndarray, all_names: bytes, names: Sequence[str]) -> Iterator[tuple[str, int]]:
    for name in names:
        place = all_names.find(b"\0" + name.encode() + b"\0") + 1
        values = entries["value"][(entries["name"] == place) & (entries["section"] != _UNDEFINED)]
        if place and len(values):
            yield name, int(values[0])
