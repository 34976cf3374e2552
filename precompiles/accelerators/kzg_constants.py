"""Writes the points that openings of Ethereum's blobs are checked with; run as a module.

They are given as the specification gives them: compressed, the imaginary part first ("trusted_setup_4096.json" of the
consensus specifications).
"""

from __future__ import annotations

from typing import Final

from precompiles.accelerators.curve_constants import HERE, Curve
from precompiles.accelerators.pairing_constants import BLS12_381_X, Field, Fp2, bls12_381_field, broken

G1_GENERATOR: Final = (
    "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"  # g1_monomial[0]
)
G2_GENERATOR: Final = (
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"  # g2_monomial[0]
)
G2_TAU: Final = (
    "b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72"
    "185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2"  # g2_monomial[1]
)
ORDER: Final = BLS12_381_X**4 - BLS12_381_X**2 + 1
"""Of both groups."""
_FLAGS, _HAS_LARGER_Y, _SIZE = 0xE0, 0x20, 48


def root(field: Field, x: Fp2) -> Fp2:
    """Of a square of Fp2."""
    p = field.prime

    def root_of(y: int) -> int | None:
        found = pow(y, (p + 1) // 4, p)
        return found if found * found % p == y % p else None

    norm = root_of(x[0] * x[0] + x[1] * x[1])
    assert norm is not None
    for n in (norm, -norm):
        real = root_of((x[0] + n) * pow(2, -1, p))
        if real:
            found = real, x[1] * pow(2 * real, -1, p) % p
            if field.multiply(found, found) == (x[0] % p, x[1] % p):
                return found
    found = 0, root_of(-x[0]) or 0
    assert field.multiply(found, found) == (x[0] % p, x[1] % p)
    return found


def decompressed(field: Field, text: str) -> tuple[Fp2, Fp2]:
    """Of either group, G1 as part of the points with coordinates of Fp2. The larger y is the one above its negative."""
    data = bytearray.fromhex(text)
    is_larger = bool(data[0] & _HAS_LARGER_Y)
    data[0] &= ~_FLAGS & 0xFF
    parts = [int.from_bytes(data[k : k + _SIZE]) for k in range(0, len(data), _SIZE)]
    x = parts[-1], parts[0] if len(parts) == 2 else 0
    b = (4, 4) if len(parts) == 2 else (4, 0)
    cube = field.multiply(field.multiply(x, x), x)
    y = root(field, (cube[0] + b[0], cube[1] + b[1]))
    other = negative(field, y)
    return x, y if (y[::-1] > other[::-1]) == is_larger else other


def negative(field: Field, x: Fp2) -> Fp2:
    return -x[0] % field.prime, -x[1] % field.prime


def header() -> str:
    """The text of kzg_constants.h."""
    field = bls12_381_field()
    g1, g2, tau = (decompressed(field, text) for text in (G1_GENERATOR, G2_GENERATOR, G2_TAU))
    minus_g1 = g1[0][0], negative(field, g1[1])[0]
    curve = Curve(field.prime, ORDER, 0, 4, minus_g1)
    powers = [curve.multiply(abs(BLS12_381_X) ** k % ORDER, minus_g1) for k in range(4)]
    of_g1 = ", ".join(f"{{{field.number(x)}, {field.number(y)}, false}}" for x, y in powers)
    points = [(g2[0], negative(field, g2[1])), tau]
    of_g2 = ", ".join(f"{{{field.pair(x)}, {field.pair(y)}, false}}" for x, y in points)
    text = f"""/* The points that openings are checked with: written by precompiles/accelerators/kzg_constants.py. */
#ifndef QUIRE_KZG_CONSTANTS_H
#define QUIRE_KZG_CONSTANTS_H

#include "bls12_381.h"

/* Minus the generator of G1, times 1, X, X^2 and X^3. */
static const g1_point powers_of_minus_g1[4] = {{
    {of_g1}}};

/* Minus the generator of G2, and [tau] G2 of Ethereum's ceremony. */
static const g2_point kzg_g2[2] = {{
    {of_g2}}};

#endif
"""
    return "\n".join(line for long in text.splitlines() for line in broken(long)) + "\n"


if __name__ == "__main__":
    HERE.joinpath("kzg_constants.h").write_text(header(), encoding="utf-8")
