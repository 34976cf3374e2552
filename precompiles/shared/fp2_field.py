"""The fields Fp2 = Fp[u] / (u^2 + 1) that calls are made for: of their elements, or of points over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from precompiles.shared.primes import prime_limbs


@dataclass(frozen=True, slots=True)
class Field:
    """Fp2 over a prime `modulus`, which leaves 3 modulo 4, below 2^(bits - 2) and above 2^(bits - 4). Its calls are
    numbered from `first_number` on."""

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
