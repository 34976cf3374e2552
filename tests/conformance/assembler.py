"""Instruction words with labels, and the programs that the conformance suite runs, emulates and proves."""

from __future__ import annotations

from dataclasses import dataclass, field

from core_vm.isa.encode import encode, load_immediate
from core_vm.machine.program.program import Program
from tests.core_vm.machine.elf_builder import assemble_elf

EXECUTABLE, WRITABLE = 5, 6


class Assembler:
    """Collects instruction words from the byte address `base` on. Labels may be used before they are placed."""

    def __init__(self, base: int = 0x10_0000) -> None:
        self.base = base
        self.words: list[int] = []
        self._labels: dict[str, int] = {}
        self._pending: list[tuple[int, str, str, int, int, int]] = []

    @property
    def here(self) -> int:
        """The byte address of the next instruction."""
        return self.base + 4 * len(self.words)

    def emit(self, mnemonic: str, rd: int = 0, rs1: int = 0, rs2: int = 0, immediate: int = 0) -> None:
        self.words.append(encode(mnemonic, rd, rs1, rs2, immediate))

    def word(self, word: int) -> None:
        self.words.append(word)

    def set(self, rd: int, value: int) -> None:
        """Instructions that set `rd` to any 64-bit value."""
        self.words += load_immediate(rd, value)

    def label(self, name: str) -> None:
        assert name not in self._labels, f"label {name} is placed twice"
        self._labels[name] = self.here

    def fresh_label(self) -> str:
        """A name that is no label yet."""
        return f"label {len(self._labels)} {len(self._pending)}"

    def branch(self, mnemonic: str, rs1: int, rs2: int, label: str) -> None:
        self._pending.append((len(self.words), mnemonic, label, 0, rs1, rs2))
        self.words.append(0)

    def jump(self, label: str, rd: int = 0) -> None:
        self._pending.append((len(self.words), "jal", label, rd, 0, 0))
        self.words.append(0)

    def pad_to(self, address: int) -> None:
        """No-operations up to `address`."""
        while self.here < address:
            self.emit("addi")

    def exit(self, code: int = 0) -> None:
        self.set(17, 93)
        self.set(10, code)
        self.emit("ecall")

    def assemble(self) -> bytes:
        for place, mnemonic, label, rd, rs1, rs2 in self._pending:
            distance = self._labels[label] - (self.base + 4 * place)
            self.words[place] = encode(mnemonic, rd, rs1, rs2, distance)
        return b"".join(word.to_bytes(4, "little") for word in self.words)


@dataclass(frozen=True)
class Guest:
    """A program with what it needs and does: `segments` are (address, content, size in memory, flags)."""

    name: str
    segments: tuple[tuple[int, bytes, int, int], ...]
    entry: int
    input: bytes = b""
    exit_code: int = 0
    watched: tuple[tuple[int, int], ...] = field(default=())
    """Ranges (address, size) outside the segments that the guest touches too."""

    @property
    def elf(self) -> bytes:
        return assemble_elf(self.segments, self.entry)

    @property
    def program(self) -> Program:
        return Program.from_elf(self.elf)


def guest(
    name: str, code: Assembler, data: bytes = b"", data_base: int = 0x20_0000, low_memory: int = 0, **rest: object
) -> Guest:
    """A guest of one code segment, one of data if there is any, and one of `low_memory` zeros at address 0."""
    content = code.assemble()
    segments = [(code.base, content, len(content), EXECUTABLE)]
    if data:
        segments.append((data_base, data, len(data), WRITABLE))
    if low_memory:
        segments.append((0, b"", low_memory, WRITABLE))
    return Guest(name, tuple(segments), code.base, **rest)
