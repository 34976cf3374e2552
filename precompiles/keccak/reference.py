"""Keccak-f[1600] and the Keccak sponge, as FIPS 202 writes them.

A state is 25 lanes of 64 bits, lane x + 5 y for A[x, y] (section 3.1.2, with little-endian bytes: appendix B.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

NUM_LANES: Final = 25
RATE_LANES: Final = 17
"""What a block of Keccak-256 has: 136 bytes."""
RATE: Final = 8 * RATE_LANES
NUM_ROUNDS: Final = 24
KECCAK_PADDING: Final = 0x01
"""The byte after the message. FIPS 202 has 0x06 for SHA3; the older Keccak that Ethereum uses has no suffix."""
_MASK: Final = 2**64 - 1


def _rotations() -> tuple[int, ...]:
    """Section 3.2.2, rho: by how much each lane is rotated."""
    offsets, x, y = [0] * NUM_LANES, 1, 0
    for t in range(24):
        offsets[x + 5 * y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return tuple(offsets)


def _round_constants() -> tuple[int, ...]:
    """Section 3.2.5, iota: bits 2^j - 1 of a constant come from a shift register, seven a round."""
    constants, register = [], 1
    for _ in range(NUM_ROUNDS):
        constant = 0
        for j in range(7):
            constant |= (register & 1) << 2**j - 1
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


ROTATIONS: Final = _rotations()
ROUND_CONSTANTS: Final = _round_constants()
PLACES: Final = tuple(lane // 5 + 5 * ((2 * (lane % 5) + 3 * (lane // 5)) % 5) for lane in range(NUM_LANES))
"""Section 3.2.3, pi: where each lane goes."""


def rotate(lane: int, count: int) -> int:
    """To the left, towards the higher bits."""
    return (lane << count | lane >> 64 - count) & _MASK if count else lane


def theta_offsets(state: Sequence[int]) -> tuple[list[int], list[int]]:
    """Section 3.2.1: (C, the parity of each column; D, what theta adds to each lane of a column)."""
    parity = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
    return parity, [parity[x - 1] ^ rotate(parity[(x + 1) % 5], 1) for x in range(5)]


def theta(state: Sequence[int]) -> list[int]:
    """The state with theta's D added."""
    _, offsets = theta_offsets(state)
    return [lane ^ offsets[number % 5] for number, lane in enumerate(state)]


def rho_and_pi(state: Sequence[int]) -> list[int]:
    """Lanes rotated and moved."""
    moved = [0] * NUM_LANES
    for number, lane in enumerate(state):
        moved[PLACES[number]] = rotate(lane, ROTATIONS[number])
    return moved


def chi(state: Sequence[int]) -> list[int]:
    """Section 3.2.4, row by row."""
    rows = [state[5 * y : 5 * y + 5] for y in range(5)]
    return [row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5] & _MASK) for row in rows for x in range(5)]


def permute(state: Sequence[int]) -> list[int]:
    """Keccak-f[1600], section 3.3."""
    lanes = list(state)
    for constant in ROUND_CONSTANTS:
        lanes = chi(rho_and_pi(theta(lanes)))
        lanes[0] ^= constant
    return lanes


def absorb(state: Sequence[int], block: Sequence[int]) -> list[int]:
    """f(state xor block), the block of `RATE_LANES` lanes: one call of the precompile."""
    return permute([lane ^ word for lane, word in zip(state, [*block, *[0] * (NUM_LANES - RATE_LANES)], strict=True)])


def padded(message: bytes, first_byte: int = KECCAK_PADDING) -> bytes:
    """Section 5.1: the first byte, zeros, and a one bit at the very end of a block."""
    padding = bytearray(RATE - len(message) % RATE)
    padding[0] |= first_byte
    padding[-1] |= 0x80
    return message + bytes(padding)


def sponge_256(message: bytes, first_byte: int = KECCAK_PADDING) -> bytes:
    """Keccak-256 of a message; with the first byte 0x06 of the padding, SHA3-256."""
    state, data = [0] * NUM_LANES, padded(message, first_byte)
    for start in range(0, len(data), RATE):
        words = [int.from_bytes(data[at : at + 8], "little") for at in range(start, start + RATE, 8)]
        state = absorb(state, words)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])
