"""The fields of the calls, by Fp2 and xi, and the calls' names and numbers."""

from __future__ import annotations

from typing import Final

from precompiles.shared.fp12_field import Field
from precompiles.shared.primes import BLS12_381_PRIME, BN254_PRIME

BN254: Final = Field("bn254", 256, BN254_PRIME, 9, 0x10A0)
BLS12_381: Final = Field("bls12_381", 384, BLS12_381_PRIME, 1, 0x10A1)
FIELDS: Final = (BN254, BLS12_381)


def name_of(field: Field) -> str:
    """Of a precompile."""
    return f"fp12_{field.name}_multiply"
