"""BLAKE2b's compression against hashlib, by hashing with it, and the published vectors of EIP-152."""

from __future__ import annotations

import hashlib
import random
import struct

from tests.precompiles.accelerators.functions import Call, Function, outcomes, published

IV = [
    *(0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1),
    *(0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179),
]
ROUNDS = 12
MOST_ROUNDS = 10**4
"""Of the published vectors, one of which has 2^32 - 1."""


def compression(h: bytes, m: bytes, t: bytes, f: int, rounds: int = ROUNDS, place: int = 0) -> Call:
    """The state is what lies at `place`, and is replaced there."""
    return Call(Function.BLAKE2F, h + m + t, (rounds, f), place)


def test_a_hash_is_a_chain_of_compressions() -> None:
    data = random.Random(152).randbytes(300)
    first = IV[0] ^ 0x01010040  # no key, 64 bytes
    state = struct.pack("<8Q", first, *IV[1:])
    for k in range(0, len(data), 128):
        end = min(k + 128, len(data))
        (result,) = outcomes(
            [compression(state, data[k:end].ljust(128, b"\0"), struct.pack("<QQ", end, 0), end == len(data))]
        )
        assert result is not None
        state = result
    assert state == hashlib.blake2b(data).digest()


def test_published_vectors() -> None:
    calls, expected = list[Call](), list[bytes | None]()
    for vector in published("evm_blake2F") + published("evm_fail-blake2f"):
        data = bytes.fromhex(vector["Input"])
        rounds = int.from_bytes(data[:4], "big")
        if len(data) == 213 and rounds < MOST_ROUNDS:
            calls.append(compression(data[4:68], data[68:196], data[196:212], data[212], rounds))
            expected.append(bytes.fromhex(vector["Expected"]) if "Expected" in vector else None)
    assert None in expected
    assert outcomes(calls) == expected


def test_any_number_of_rounds() -> None:
    generator = random.Random(153)
    for rounds in (0, 1, 9, 10, 11, 25):
        h, m, t = generator.randbytes(64), generator.randbytes(128), generator.randbytes(16)
        assert outcomes([compression(h, m, t, 1, rounds)]) == [by_definition(rounds, h, m, t, 1)]


def by_definition(rounds: int, h: bytes, m: bytes, t: bytes, f: int) -> bytes:
    """RFC 7693, section 3.2."""
    state, words, offset = struct.unpack("<8Q", h), struct.unpack("<16Q", m), struct.unpack("<2Q", t)
    v = [*state, *IV]
    v[12] ^= offset[0]
    v[13] ^= offset[1]
    v[14] ^= (2**64 - 1) * f
    for i in range(rounds):
        order = SIGMA[i % 10]
        for k, (a, b, c, d) in enumerate(LANES):
            for word, (left, right) in zip(order[2 * k : 2 * k + 2], ((32, 24), (16, 63))):
                v[a] = (v[a] + v[b] + words[word]) % 2**64
                v[d] = rotated(v[d] ^ v[a], left)
                v[c] = (v[c] + v[d]) % 2**64
                v[b] = rotated(v[b] ^ v[c], right)
    return struct.pack("<8Q", *(state[i] ^ v[i] ^ v[i + 8] for i in range(8)))


def rotated(x: int, count: int) -> int:
    return (x >> count | x << (64 - count)) % 2**64


LANES = [(i, 4 + i, 8 + i, 12 + i) for i in range(4)] + [
    (i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4) for i in range(4)
]
SIGMA = [
    [int(digit, 16) for digit in row]
    for row in (
        *("0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8", "905724afe1bc683d"),
        *("2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a", "6fe9b308c2d714a5", "a2847615fb9e3cd0"),
    )
]


def test_f_is_a_bit() -> None:
    operands = random.Random(154).randbytes(208)
    calls = [compression(operands[:64], operands[64:192], operands[192:], f) for f in (2, 3, 128, 255)]
    assert outcomes(calls) == [None] * len(calls)


def test_the_state_may_lie_in_the_message() -> None:
    operands = random.Random(155).randbytes(208)
    h, m, t = operands[:64], operands[64:192], operands[192:]
    calls = [compression(h, m, t, 0, place=place) for place in (64, 104, 128)]
    assert outcomes(calls) == [by_definition(ROUNDS, m[k : k + 64], m, t, 0) for k in (0, 40, 64)]
