"""Primes that several precompiles compute modulo, and how tables and kernels have them.

secp256k1 and secp256r1 from SEC 2, version 2; bn254 from EIP-196; bls12-381 from the IRTF's draft on pairing-friendly
groups, section 4.2.1.
"""

from __future__ import annotations

from typing import Final

import numpy as np

SECP256K1_PRIME: Final = 2**256 - 2**32 - 977
SECP256R1_PRIME: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
BN254_PRIME: Final = 0x30644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD47
BLS12_381_PRIME: Final = (
    0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
)


def digits_of(number: int, count: int) -> list[int]:
    """The bytes of a number, lowest first."""
    return list(number.to_bytes(count, "little"))


def prime_limbs(prime: int, bits: int) -> np.ndarray:
    """As kernels have it: uint64 (bits / 32 + 1,), limbs of 32 bits, and one more, which is zero."""
    return np.frombuffer(prime.to_bytes(bits // 8 + 4, "little"), "<u4").astype(np.uint64)


def like(bits: int) -> tuple[np.uint64, ...]:
    """A number of that width, from whose type kernels know it."""
    return (np.uint64(0),) * (bits // 64)


def constants_of(prime: int, bits: int) -> np.ndarray:
    """As kernels that compute by Montgomery's form have it, R being 2^bits: uint64 dwords of the prime, R^2 modulo it,
    and its inverse modulo 2^64 R, which has one more."""
    parts = ((prime, 0), (4**bits % prime, 0), (pow(prime, -1, 2 ** (bits + 64)), 8))
    return np.frombuffer(b"".join(value.to_bytes(bits // 8 + more, "little") for value, more in parts), "<u8").copy()
