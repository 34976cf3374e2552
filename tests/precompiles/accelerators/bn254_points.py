"""Points of bn254 and their encodings (EIP-196, 197), by py_ecc."""

from __future__ import annotations

from py_ecc.optimized_bn128 import FQ, is_inf, normalize

from tests.precompiles.accelerators.pairing_friendly import Point


def number(x: int) -> bytes:
    return x.to_bytes(32, "big")


def encoded(p: Point) -> bytes:
    """An element of Fp2 has its imaginary part first; infinity is all zeros."""
    if is_inf(p):
        return bytes(64 if isinstance(p[0], FQ) else 128)
    parts = [[x] if isinstance(x, FQ) else reversed(x.coeffs) for x in normalize(p)]
    return b"".join(number(int(part)) for coordinate in parts for part in coordinate)
