"""From mnemonics to instruction words: what tests and hand-written programs assemble with."""

from __future__ import annotations

from core_vm.errors import UsageError
from core_vm.isa.formats import BY_MNEMONIC, Encoding

_IMMEDIATE_RANGE = {
    "I": (-2048, 2047, 1), "load": (-2048, 2047, 1), "jalr": (-2048, 2047, 1), "S": (-2048, 2047, 1),
    "shift64": (0, 63, 1), "shift32": (0, 31, 1), "B": (-4096, 4094, 2), "J": (-(2**20), 2**20 - 2, 2),
    "U": (-(2**31), 2**31 - 4096, 4096),
}  # fmt: skip


def encode(mnemonic: str, rd: int = 0, rs1: int = 0, rs2: int = 0, immediate: int = 0) -> int:
    """The 32-bit word of a RV64IM instruction.

    `immediate` is signed, in the units of its effect: bytes for branches and jumps, the whole 32-bit value (a multiple
    of 4096) for LUI and AUIPC. Raises `UsageError` for an unknown mnemonic or an operand that does not fit.
    """
    encoding = BY_MNEMONIC.get(mnemonic)
    if encoding is None:
        raise UsageError(f"unknown mnemonic {mnemonic!r}")
    for name, register in (("rd", rd), ("rs1", rs1), ("rs2", rs2)):
        if not 0 <= register < 32:
            raise UsageError(f"{mnemonic}: {name} must be a register number from 0 to 31, got {register}")
    if encoding.form in _IMMEDIATE_RANGE:
        lowest, highest, step = _IMMEDIATE_RANGE[encoding.form]
        if not lowest <= immediate <= highest or immediate % step:
            raise UsageError(f"{mnemonic}: immediate {immediate} is not a multiple of {step} in [{lowest}, {highest}]")
    return _assemble(encoding, rd, rs1, rs2, immediate)


def _assemble(encoding: Encoding, rd: int, rs1: int, rs2: int, immediate: int) -> int:
    word = encoding.opcode | encoding.funct3 << 12
    match encoding.form:
        case "fixed":
            return encoding.word
        case "R":
            return word | rd << 7 | rs1 << 15 | rs2 << 20 | encoding.funct7 << 25
        case "shift64" | "shift32":
            return word | rd << 7 | rs1 << 15 | immediate << 20 | encoding.funct7 << 25
        case "S":
            return word | (immediate & 31) << 7 | rs1 << 15 | rs2 << 20 | (immediate >> 5 & 127) << 25
        case "B":
            low = (immediate >> 1 & 15) << 8 | (immediate >> 11 & 1) << 7
            return word | low | rs1 << 15 | rs2 << 20 | (immediate >> 5 & 63) << 25 | (immediate >> 12 & 1) << 31
        case "U":
            return word | rd << 7 | (immediate & 0xFFFFF000)
        case "J":
            high = (immediate >> 20 & 1) << 31 | (immediate >> 1 & 1023) << 21
            return word | rd << 7 | high | (immediate >> 11 & 1) << 20 | (immediate >> 12 & 255) << 12
    # I, load, jalr, and fence (whose immediate holds the ordered sets).
    return word | rd << 7 | rs1 << 15 | (immediate & 0xFFF) << 20


def load_immediate(rd: int, value: int) -> list[int]:
    """Words that set register `rd` to any 64-bit `value` (signed or unsigned): LUI, ADDI(W), SLLI as needed."""
    value = (value + 2**63) % 2**64 - 2**63
    if -2048 <= value < 2048:
        return [encode("addi", rd, 0, immediate=value)]
    low = (value + 2048) % 4096 - 2048
    if -(2**31) <= value < 2**31:
        # Of 0x7fffffff the upper part is 0x80000000, which LUI sign-extends; ADDIW wraps it back to 32 bits.
        upper = (value - low + 2**31) % 2**32 - 2**31
        return [encode("lui", rd, immediate=upper), *([encode("addiw", rd, rd, immediate=low)] if low else [])]
    rest = (value - low) >> 12
    return [
        *load_immediate(rd, rest),
        encode("slli", rd, rd, immediate=12),
        *([encode("addi", rd, rd, immediate=low)] if low else []),
    ]
