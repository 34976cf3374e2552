"""The headers of constants are what their generator writes."""

from __future__ import annotations

import pytest

from precompiles.accelerators.curve_constants import BN254, HERE, SECP256K1, SECP256R1, Curve, headers, short_basis

WRITTEN = headers()


@pytest.mark.parametrize("name", WRITTEN)
def test_headers_are_up_to_date(name: str) -> None:
    assert HERE.joinpath(name).read_text(encoding="utf-8") == WRITTEN[name]


@pytest.mark.parametrize("curve", [SECP256K1, SECP256R1, BN254], ids=["secp256k1", "secp256r1", "bn254"])
def test_the_order_annuls_the_generator_and_roots_are_determined(curve: Curve) -> None:
    """(n - 1) G = -G. A prime that left 1 modulo 4 would let a prover choose what the call for a root gives."""
    x, y = curve.generator
    assert (y * y - x**3 - curve.a * x - curve.b) % curve.prime == 0
    assert curve.multiply(curve.order - 1, curve.generator) == (x, curve.prime - y)
    assert curve.prime % 4 == 3


def test_vectors_of_the_basis_are_short() -> None:
    """Of 128 bits: then so are the halves of a scalar."""
    root = pow(3, (SECP256K1.order - 1) // 3, SECP256K1.order)
    for a, b in short_basis(SECP256K1.order, root):
        assert (a + b * root) % SECP256K1.order == 0
        assert max(abs(a), abs(b)).bit_length() <= 129
