"""The edge values of the suite: signs, limb boundaries (16 bits), word boundaries, shift amounts."""

from __future__ import annotations

MASK64 = 2**64 - 1
MINIMUM, MAXIMUM = 2**63, 2**63 - 1

EDGES: tuple[int, ...] = (
    0,
    1,
    2,
    MASK64,  # -1
    MASK64 - 1,
    MINIMUM,
    MINIMUM + 1,
    MAXIMUM,
    2**15 - 1,
    2**15,
    2**16 - 1,
    2**16,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    MASK64 - 2**31 + 1,  # -2^31, the smallest word
    MASK64 - 2**31,  # one below it
    MASK64 - 2**15 + 1,
    MASK64 - 2**16 + 1,
    2**48 - 1,
    2**48,
    0x8000_0000_8000_0000,
    0x0123_4567_89AB_CDEF,
)
"""Operands of two-register operations: all pairs are run."""

SHIFT_AMOUNTS: tuple[int, ...] = (0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, MASK64, 0x1_0000_0010)
"""As a register, of which only the low 6 (or 5) bits count."""

IMMEDIATES: tuple[int, ...] = (0, 1, -1, 5, 2047, -2048, 0x555)
SHIFTS64: tuple[int, ...] = (0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 63)
SHIFTS32: tuple[int, ...] = (0, 1, 15, 16, 17, 31)


def pack(values: tuple[int, ...] | list[int]) -> bytes:
    """The values as little-endian dwords."""
    return b"".join(value.to_bytes(8, "little") for value in values)
