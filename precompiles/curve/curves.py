"""The curves y^2 = x^3 + a x + b of the calls. Their tables know the modulus and a; no call asks whether a point is on
its curve.

Parameters: secp256k1 and secp256r1 from SEC 2, version 2; bn254 from EIP-196; bls12-381 from draft-irtf-cfrg-
pairing-friendly-curves, section 4.2.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from precompiles.shared.primes import (
    BLS12_381_PRIME,
    BN254_PRIME,
    SECP256K1_PRIME,
    SECP256R1_PRIME,
    constants_of,
)

X, Y = range(2)
"""The places of a point's coordinates."""
OPERATIONS: Final = ("add", "double")


@dataclass(frozen=True, slots=True)
class Curve:
    """Modulo a prime `modulus` below 2^bits; a is -`minus_a`."""

    name: str
    bits: int
    modulus: int
    minus_a: int
    b: int

    @property
    def dwords(self) -> int:
        """Of a coordinate."""
        return self.bits // 64


SECP256K1: Final = Curve("secp256k1", 256, SECP256K1_PRIME, 0, 7)
SECP256R1: Final = Curve(
    "secp256r1",
    256,
    SECP256R1_PRIME,
    3,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
)
BN254: Final = Curve("bn254", 256, BN254_PRIME, 0, 3)
BLS12_381: Final = Curve("bls12_381", 384, BLS12_381_PRIME, 0, 4)
CURVES: Final = (SECP256K1, SECP256R1, BN254, BLS12_381)


def curves_of(bits: int) -> tuple[Curve, ...]:
    """Those that share tables."""
    return tuple(curve for curve in CURVES if curve.bits == bits)


def montgomery_constants(curve: Curve) -> np.ndarray:
    """As kernels have them: see `constants_of`."""
    return constants_of(curve.modulus, curve.bits)


def all_constants(bits: int) -> np.ndarray:
    """Of the curves that share tables: uint64 (curves, dwords)."""
    return np.stack([montgomery_constants(curve) for curve in curves_of(bits)])
