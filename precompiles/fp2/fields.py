"""The fields of the calls, by their primes."""

from __future__ import annotations

from typing import Final

from precompiles.shared.fp2_field import Field
from precompiles.shared.primes import BLS12_381_PRIME, BN254_PRIME

BN254: Final = Field("bn254", 256, BN254_PRIME, 0x1050)
BLS12_381: Final = Field("bls12_381", 384, BLS12_381_PRIME, 0x1058)
FIELDS: Final = (BN254, BLS12_381)
