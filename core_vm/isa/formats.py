"""The encodings of RV64IM as data: one table that the decoder, the encoder and the disassembler share.

Source: The RISC-V Instruction Set Manual, Volume I, chapter "RV32/64G Instruction Set Listings" (20240411).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a mnemonic is encoded.

    `form` is the instruction format: "R", "I", "S", "B", "U", "J", "shift64" or "shift32" (an I format whose
    immediate is 6 or 5 bits of shift amount, `funct7` being what stands above it), "load" (I), "jalr" (I), "fixed".
    For "fixed" the whole word is `word`.
    """

    mnemonic: str
    form: str
    opcode: int
    funct3: int = 0
    funct7: int = 0
    word: int = 0


def _group(form: str, opcode: int, *entries: str) -> list[Encoding]:
    encodings = []
    for entry in entries:
        mnemonic, funct3, *funct7 = entry.split()
        encodings.append(Encoding(mnemonic, form, opcode, int(funct3), int(funct7[0], 0) if funct7 else 0))
    return encodings


ENCODINGS: Final[tuple[Encoding, ...]] = (
    *_group(
        "R", 0x33, "add 0", "sub 0 0x20", "sll 1", "slt 2", "sltu 3", "xor 4", "srl 5", "sra 5 0x20", "or 6", "and 7"
    ),
    *_group("R", 0x33, "mul 0 1", "mulh 1 1", "mulhsu 2 1", "mulhu 3 1", "div 4 1", "divu 5 1", "rem 6 1", "remu 7 1"),
    *_group("R", 0x3B, "addw 0", "subw 0 0x20", "sllw 1", "srlw 5", "sraw 5 0x20"),
    *_group("R", 0x3B, "mulw 0 1", "divw 4 1", "divuw 5 1", "remw 6 1", "remuw 7 1"),
    *_group("I", 0x13, "addi 0", "slti 2", "sltiu 3", "xori 4", "ori 6", "andi 7"),
    *_group("shift64", 0x13, "slli 1", "srli 5", "srai 5 0x20"),
    *_group("I", 0x1B, "addiw 0"),
    *_group("shift32", 0x1B, "slliw 1", "srliw 5", "sraiw 5 0x20"),
    *_group("load", 0x03, "lb 0", "lh 1", "lw 2", "ld 3", "lbu 4", "lhu 5", "lwu 6"),
    *_group("S", 0x23, "sb 0", "sh 1", "sw 2", "sd 3"),
    *_group("B", 0x63, "beq 0", "bne 1", "blt 4", "bge 5", "bltu 6", "bgeu 7"),
    *_group("U", 0x37, "lui 0"),
    *_group("U", 0x17, "auipc 0"),
    *_group("J", 0x6F, "jal 0"),
    *_group("jalr", 0x67, "jalr 0"),
    *_group("fence", 0x0F, "fence 0"),
    Encoding("ecall", "fixed", 0x73, word=0x00000073),
    Encoding("ebreak", "fixed", 0x73, word=0x00100073),
)

BY_MNEMONIC: Final[dict[str, Encoding]] = {encoding.mnemonic: encoding for encoding in ENCODINGS}

_FUNCT7_FORMS: Final = ("R", "shift64", "shift32")
_FUNCT3_ONLY: Final = ("I", "load", "S", "B", "jalr", "fence")
_BY_FUNCT7: Final = {(e.opcode, e.funct3, e.funct7): e for e in ENCODINGS if e.form in _FUNCT7_FORMS}
_BY_FUNCT3: Final = {(e.opcode, e.funct3): e for e in ENCODINGS if e.form in _FUNCT3_ONLY}
_BY_OPCODE: Final = {e.opcode: e for e in ENCODINGS if e.form in ("U", "J")}
_BY_WORD: Final = {e.word: e for e in ENCODINGS if e.form == "fixed"}


def encoding_of(word: int) -> Encoding | None:
    """The encoding that a 32-bit instruction word belongs to, or None when it is no RV64IM instruction."""
    opcode, funct3, funct7 = word & 0x7F, word >> 12 & 7, word >> 25
    if opcode in _BY_OPCODE:
        return _BY_OPCODE[opcode]
    found = _BY_FUNCT3.get((opcode, funct3)) or _BY_FUNCT7.get((opcode, funct3, funct7))
    if found is None and opcode == 0x13:
        # The lowest bit of funct7 is the sixth bit of a 64-bit shift amount.
        found = _BY_FUNCT7.get((opcode, funct3, funct7 & ~1))
    return found or _BY_WORD.get(word)


def sign_extend(value: int, bits: int) -> int:
    """The integer that the low `bits` bits of `value` stand for in two's complement."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def immediate_of(word: int, form: str) -> int:
    """The immediate of an instruction word as a signed integer (the shift amount for shifts), 0 where it has none."""
    if form in ("I", "load", "jalr"):
        return sign_extend(word >> 20, 12)
    if form == "shift64":
        return word >> 20 & 63
    if form == "shift32":
        return word >> 20 & 31
    if form == "S":
        return sign_extend(word >> 25 << 5 | (word >> 7 & 31), 12)
    if form == "B":
        scattered = (word >> 31) << 12 | (word >> 7 & 1) << 11 | (word >> 25 & 63) << 5 | (word >> 8 & 15) << 1
        return sign_extend(scattered, 13)
    if form == "U":
        return sign_extend(word & 0xFFFFF000, 32)
    if form == "J":
        scattered = (word >> 31) << 20 | (word >> 12 & 255) << 12 | (word >> 20 & 1) << 11 | (word >> 21 & 1023) << 1
        return sign_extend(scattered, 21)
    return 0
