"""The fields of the calls, by their primes.

Fp2 of bn254 and of bls12-381, over which their twists y^2 = x^3 + b lie, with G2 in them. No call needs b.
"""

from __future__ import annotations

from typing import Final

from precompiles.shared.fp2_field import Field
from precompiles.shared.primes import BLS12_381_PRIME, BN254_PRIME

BN254: Final = Field("bn254", 256, BN254_PRIME, 0x1070)
BLS12_381: Final = Field("bls12_381", 384, BLS12_381_PRIME, 0x1078)
FIELDS: Final = (BN254, BLS12_381)

LINE_ELEMENTS: Final = 3
"""Of the operand that the line is written to: coefficients of a polynomial in w, from one at an odd power to the next,
of which the one between is 0. Such polynomials are the extension of degree twelve, w^6 = xi of Fp2."""
SLOPE_AT: Final = {BN254: 0, BLS12_381: 2}
"""The place of the slope there; the intercept has the other end. The twist of bn254 comes there by (x w^2, y w^3), so
that a line has its slope at w and its intercept at w^3; that of bls12-381 by (x / w^2, y / w^3), which makes it w^5 and
w^3."""
