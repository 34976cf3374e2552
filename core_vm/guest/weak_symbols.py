"""Makes what an object file defines give way to what a guest defines.

A guest may bring its own `strlen` or `malloc` and still use the other functions of the file in which ours stands. The
linker takes a whole file from an archive, and two definitions of a name are an error unless one of them is weak.
"""

from __future__ import annotations

from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

_WEAK = 2 << 4
"""STB_WEAK, in the upper half of a symbol's `st_info`."""
_INFO_OFFSET = 4
"""Of `st_info` in a 64-bit symbol."""


def weaken(path: Path) -> None:
    """Turns every global symbol that the 64-bit ELF object `path` defines into a weak one, in place."""
    content = bytearray(path.read_bytes())
    with path.open("rb") as stream:
        for section in ELFFile(stream).iter_sections():
            if not isinstance(section, SymbolTableSection):
                continue
            for index, symbol in enumerate(section.iter_symbols()):
                if symbol["st_info"]["bind"] == "STB_GLOBAL" and symbol["st_shndx"] != "SHN_UNDEF":
                    at = section["sh_offset"] + index * section["sh_entsize"] + _INFO_OFFSET
                    content[at] = _WEAK | content[at] & 0xF
    path.write_bytes(content)
