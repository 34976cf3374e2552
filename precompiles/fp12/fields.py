"""The fields of the calls, by Fp2 and xi, and the calls' names and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from precompiles.shared.primes import BLS12_381_PRIME, BN254_PRIME, constants_of

DEGREE: Final = 6
"""Of Fp12 over Fp2."""
NUMBERS: Final = 2 * DEGREE
"""Of Fp in an element."""


@dataclass(frozen=True, slots=True)
class Field:
    """Fp12 = Fp2[w] / (w^6 - xi), xi = `real_of_xi` + u, over Fp2 = Fp[u] / (u^2 + 1), for a prime `modulus` below
    2^bits."""

    name: str
    bits: int
    modulus: int
    real_of_xi: int
    number: int

    @property
    def dwords(self) -> int:
        """Of a number of Fp."""
        return self.bits // 64

    @property
    def montgomery_constants(self) -> np.ndarray:
        """As kernels have it: see `constants_of`."""
        return constants_of(self.modulus, self.bits)


BN254: Final = Field("bn254", 256, BN254_PRIME, 9, 0x10A0)
BLS12_381: Final = Field("bls12_381", 384, BLS12_381_PRIME, 1, 0x10A1)
FIELDS: Final = (BN254, BLS12_381)


def name_of(field: Field) -> str:
    """Of a precompile."""
    return f"fp12_{field.name}_multiply"
