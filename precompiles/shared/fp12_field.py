"""The fields Fp12 = Fp2[w] / (w^6 - xi) that calls are made for, over Fp2 = Fp[u] / (u^2 + 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from precompiles.shared.primes import constants_of

DEGREE: Final = 6
"""Of Fp12 over Fp2."""
NUMBERS: Final = 2 * DEGREE
"""Of Fp in an element."""


@dataclass(frozen=True, slots=True)
class Field:
    """Fp12 with xi = `real_of_xi` + u, for a prime `modulus` below 2^bits. `number` is that of its call, or of the
    first of its calls."""

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
