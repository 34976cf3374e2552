"""The fields of the calls, by their primes, and the calls' names and numbers."""

from __future__ import annotations

from typing import Final

from precompiles.fp2.reference import OPERATIONS
from precompiles.shared.fp2_field import Field
from precompiles.shared.primes import BLS12_381_PRIME, BN254_PRIME

BN254: Final = Field("bn254", 256, BN254_PRIME, 0x1050)
BLS12_381: Final = Field("bls12_381", 384, BLS12_381_PRIME, 0x1058)
FIELDS: Final = (BN254, BLS12_381)


def name_of(operation: str, field: Field) -> str:
    """Of a precompile."""
    return f"fp2_{field.name}_{operation}"


def numbers_of(field: Field) -> dict[str, int]:
    """Of the calls that share a table, by name."""
    return {name_of(operation, field): field.first_number + place for place, operation in enumerate(OPERATIONS)}
