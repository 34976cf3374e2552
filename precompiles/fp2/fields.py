"""The fields of the calls, by their primes, and the calls' names and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from precompiles.fp2.reference import OPERATIONS
from precompiles.shared.primes import BLS12_381_PRIME, BN254_PRIME, prime_limbs


@dataclass(frozen=True, slots=True)
class Field:
    """Fp2 over a prime `modulus` below 2^bits and above 2^(bits - 4)."""

    name: str
    bits: int
    modulus: int
    first_number: int

    @property
    def dwords(self) -> int:
        """Of a part."""
        return self.bits // 64

    @property
    def modulus_limbs(self) -> np.ndarray:
        """As kernels have it: see `prime_limbs`."""
        return prime_limbs(self.modulus, self.bits)


BN254: Final = Field("bn254", 256, BN254_PRIME, 0x1050)
BLS12_381: Final = Field("bls12_381", 384, BLS12_381_PRIME, 0x1058)
FIELDS: Final = (BN254, BLS12_381)


def name_of(operation: str, field: Field) -> str:
    """Of a precompile."""
    return f"fp2_{field.name}_{operation}"


def numbers_of(field: Field) -> dict[str, int]:
    """Of the calls that share a table, by name."""
    return {name_of(operation, field): field.first_number + place for place, operation in enumerate(OPERATIONS)}
