"""SHA-256's compression function as FIPS 180-4 writes it: the definition that the kernel and the tables are tested
against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

MASK: Final = 0xFFFFFFFF
NUM_ROUNDS: Final = 64


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _floor_root(value: int, degree: int) -> int:
    """The largest integer whose `degree`-th power is at most `value`."""
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    return low


def _fraction_of_root(prime: int, degree: int) -> int:
    """The first 32 bits of the fractional part of the `degree`-th root of `prime`."""
    return _floor_root(prime << (32 * degree), degree) & MASK


ROUND_CONSTANTS: Final = tuple(_fraction_of_root(prime, 3) for prime in _primes(NUM_ROUNDS))
INITIAL_STATE: Final = tuple(_fraction_of_root(prime, 2) for prime in _primes(8))


def rotate_right(x: int, count: int) -> int:
    """A 32-bit word rotated to the right."""
    return (x >> count | x << (32 - count)) & MASK


def expand_schedule(block: Sequence[int]) -> list[int]:
    """The 64 words of the message schedule from the 16 words of a block (section 6.2.2, step 1)."""
    w = list(block)
    for t in range(16, NUM_ROUNDS):
        small_0 = rotate_right(w[t - 15], 7) ^ rotate_right(w[t - 15], 18) ^ w[t - 15] >> 3
        small_1 = rotate_right(w[t - 2], 17) ^ rotate_right(w[t - 2], 19) ^ w[t - 2] >> 10
        w.append((w[t - 16] + small_0 + w[t - 7] + small_1) & MASK)
    return w


def compress(state: Sequence[int], block: Sequence[int]) -> list[int]:
    """The next chaining value: `state` is 8 words, `block` 16 words, all 32-bit integers (section 6.2.2)."""
    a, b, c, d, e, f, g, h = state
    for constant, word in zip(ROUND_CONSTANTS, expand_schedule(block), strict=True):
        big_1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)
        choice = e & f ^ ~e & MASK & g
        t1 = h + big_1 + choice + constant + word
        big_0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22)
        majority = a & b ^ a & c ^ b & c
        a, b, c, d, e, f, g, h = (t1 + big_0 + majority) & MASK, a, b, c, (d + t1) & MASK, e, f, g
    return [(old + new) & MASK for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True)]


def compress_dwords(state: Sequence[int], block: Sequence[int]) -> list[int]:
    """The call as guests see it: 4 dwords of state (two words each, low word first) and 8 dwords of message bytes.

    The message is 64 bytes as they stand in memory, so its words are big-endian; the state's are little-endian.
    """
    words = [dword >> shift & MASK for dword in state for shift in (0, 32)]
    message = b"".join(dword.to_bytes(8, "little") for dword in block)
    result = compress(words, [int.from_bytes(message[i : i + 4], "big") for i in range(0, 64, 4)])
    return [result[i] | result[i + 1] << 32 for i in range(0, 8, 2)]
