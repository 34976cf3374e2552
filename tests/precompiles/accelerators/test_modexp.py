"""Powers modulo numbers of any length, against Python's own and the published vectors of EIP-198 and EIP-2565."""

from __future__ import annotations

import random
from itertools import product

from tests.precompiles.accelerators.functions import Call, Function, outcomes, published


def power(base: bytes, exponent: bytes, modulus: bytes, place: int | None = None, misalignment: int = 0) -> Call:
    sizes = (len(base), len(exponent), len(modulus))
    return Call(Function.MODEXP, base + exponent + modulus, sizes, place, misalignment)


def expected(call: Call) -> bytes:
    base_size, exponent_size, size = call.numbers
    base = int.from_bytes(call.operands[:base_size], "big")
    exponent = int.from_bytes(call.operands[base_size : base_size + exponent_size], "big")
    modulus = int.from_bytes(call.operands[base_size + exponent_size :], "big")
    return (pow(base, exponent, modulus) if modulus else 0).to_bytes(size, "big")


def check(calls: list[Call]) -> None:
    assert outcomes(calls) == [expected(call) for call in calls]


def test_published_vectors() -> None:
    calls, results = list[Call](), list[bytes]()
    for vector in published("evm_modexp_eip2565"):
        data = bytes.fromhex(vector["Input"])
        sizes = [int.from_bytes(data[k : k + 32], "big") for k in (0, 32, 64)]
        operands = data[96:].ljust(sum(sizes), b"\0")[: sum(sizes)]
        calls.append(Call(Function.MODEXP, operands, tuple(sizes)))
        results.append(bytes.fromhex(vector["Expected"]))
    assert outcomes(calls) == results


def test_lengths_around_those_of_the_calls() -> None:
    """Moduli odd and even, with their highest bit set or not, of all lengths at which another way begins."""
    generator, calls = random.Random(198), list[Call]()
    for size in (1, 2, 8, 31, 32, 33, 47, 48, 49, 55, 56, 57, 64, 71, 72, 100):
        for last, first in product((0, 1), (0x01, 0x80, 0xFF)):
            modulus = bytearray(generator.randbytes(size))
            modulus[0] = first
            modulus[-1] = modulus[-1] & 0xFE | last
            base = generator.randbytes(generator.choice((0, 1, size - 1, size, size + 1, 2 * size + 5)))
            exponent = generator.randbytes(generator.choice((1, 2, 5)))
            calls.append(power(base, exponent, bytes(modulus), misalignment=generator.randrange(8)))
    check(calls)


def test_exponents_of_every_window() -> None:
    """Of as many bits as make the windows wider, with long runs of zeros and ones."""
    generator, modulus = random.Random(199), (2**255 - 19).to_bytes(32, "big")
    lengths = (*range(1, 27), 80, 81, 240, 241, 300, 672, 673, 700)
    numbers = [
        n for bits in lengths for n in (1 << (bits - 1), (1 << bits) - 1, generator.getrandbits(bits) | 1 << (bits - 1))
    ]
    base = generator.randbytes(32)
    check([power(base, n.to_bytes(88, "big"), modulus) for n in numbers])
    wide = generator.randbytes(60)
    check([power(base, n.to_bytes(88, "big"), wide) for n in numbers[-3:]])


def test_zeros_and_ones() -> None:
    numbers = [b"", b"\0", b"\1", b"\2", bytes(40), bytes(39) + b"\1", bytes(70), bytes(69) + b"\1", bytes(69) + b"\2"]
    check([power(*three) for three in product(numbers, repeat=3)])


def test_digits_of_quotients_that_are_estimated_too_large() -> None:
    """Moduli and products of nothing but highest and lowest dwords: the digits' corrections and the largest digit."""
    ones, zeros, high = b"\xff" * 8, bytes(8), b"\x80" + bytes(7)
    moduli = [
        high + zeros * 5 + ones * 2,
        high + ones * 7,
        ones + zeros * 6 + ones,
        ones * 8,
        high + zeros * 6 + b"\1" * 8,
    ]
    moduli += [b"\1" + modulus for modulus in moduli]
    bases = [m[:k] + bytes([m[k] ^ 1]) + m[k + 1 :] for m in moduli for k in (-1, -9, 8, 16)]
    bases += [ones * 8, high + zeros * 7, high + zeros * 15, ones * 16, ones * 8 + zeros * 8, ones * 17]
    check([power(base, exponent, m) for m in moduli for base in bases for exponent in (b"\1", b"\2", b"\3")])


def test_the_result_may_lie_in_the_operands() -> None:
    generator = random.Random(200)
    for size in (32, 48, 80):
        base, exponent, modulus = (generator.randbytes(size) for _ in range(3))
        check([power(base, exponent, modulus, place) for place in (0, 4, size, size + 3, 2 * size)])
