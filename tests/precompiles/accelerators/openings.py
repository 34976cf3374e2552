"""Openings of polynomials of degree one, whose commitments and proofs need only two points of Ethereum's ceremony."""

from __future__ import annotations

from functools import cache

from py_ecc.bls.point_compression import compress_G1, decompress_G1

from tests.precompiles.accelerators.bls12_381_points import G1, Point, R, add, multiply, number, scalar
from tests.precompiles.accelerators.functions import Call, Function

TAU_G1 = "ad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42d25926fc0c97b336e9f0fb35e5a04c81"
"""[tau] G1 of the ceremony: its second monomial."""


@cache
def tau_g1() -> Point:
    return decompress_G1(int(TAU_G1, 16))


def compressed(p: Point) -> bytes:
    return number(compress_G1(p))


def opening(commitment: bytes, z: int, y: int, proof: bytes) -> Call:
    return Call(Function.KZG, commitment + scalar(z) + scalar(y) + proof)


def of_line(constant: int, slope: int, z: int, error: int = 0) -> Call:
    """The opening of constant + slope X at z, by the quotient, which is the slope."""
    commitment = add(multiply(G1, constant), multiply(tau_g1(), slope))
    y = (constant + slope * z + error) % R
    return opening(compressed(commitment), z, y, compressed(multiply(G1, slope)))
