"""Writes the constants of curves of prime order over 256 bits from their parameters; run as a module."""

from __future__ import annotations

import hashlib
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from precompiles.shared.primes import SECP256K1_PRIME, SECP256R1_PRIME

HERE: Final = Path(__file__).resolve().parent
GENERATOR_WIDTH: Final = 8

Point = tuple[int, int]


@dataclass(frozen=True)
class Curve:
    """y^2 = x^3 + a x + b over a prime field, its prime order and a point of it."""

    prime: int
    order: int
    a: int
    b: int
    generator: Point

    def add(self, p: Point, q: Point) -> Point:
        """Of points that are not opposite."""
        rise, run = (3 * p[0] ** 2 + self.a, 2 * p[1]) if p == q else (q[1] - p[1], q[0] - p[0])
        slope = rise * pow(run, -1, self.prime)
        x = (slope**2 - p[0] - q[0]) % self.prime
        return x, (slope * (p[0] - x) - p[1]) % self.prime

    def multiply(self, k: int, p: Point) -> Point:
        total = p
        for bit in bin(k)[3:]:
            total = self.add(total, total)
            if bit == "1":
                total = self.add(total, p)
        return total


SECP256K1: Final = Curve(
    SECP256K1_PRIME,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    0,
    7,
    (
        0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
        0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
    ),
)
"""Certicom, "SEC 2: recommended elliptic curve domain parameters", section 2.4.1."""
SECP256R1: Final = Curve(
    SECP256R1_PRIME,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    -3,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    (
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
)
"""The same, section 2.4.2."""
BN254: Final = Curve(
    21888242871839275222246405745257275088696311157297823662689037894645226208583,
    21888242871839275222246405745257275088548364400416034343698204186575808495617,
    0,
    3,
    (1, 2),
)
"""EIP-196."""


def number(x: int) -> str:
    assert 0 <= x < 2**256
    return "{{" + ", ".join(f"0x{x >> 64 * i & 2**64 - 1:016x}" for i in range(4)) + "}}"


def cube_root_of_one(prime: int) -> int:
    return next(root for g in range(2, 99) if (root := pow(g, (prime - 1) // 3, prime)) != 1)


def short_basis(order: int, eigenvalue: int) -> list[tuple[int, int]]:
    """Two short (a, b) with a + b eigenvalue = 0 modulo the order: the Guide's algorithm 3.74."""
    rows = [(order, 0), (eigenvalue, 1)]
    while rows[-1][0]:
        quotient = rows[-2][0] // rows[-1][0]
        rows.append((rows[-2][0] - quotient * rows[-1][0], rows[-2][1] - quotient * rows[-1][1]))
    last = next(i for i, (remainder, _) in enumerate(rows) if remainder**2 < order)
    second = min(rows[last - 1], rows[last + 1], key=lambda row: row[0] ** 2 + row[1] ** 2)
    first = rows[last]
    vectors = [(first[0], -first[1]), (second[0], -second[1])]
    assert all((a + b * eigenvalue) % order == 0 for a, b in vectors)
    return vectors


def eigenvalue_of(curve: Curve) -> int:
    """The multiple that (beta x, y) is of (x, y)."""
    beta, root = cube_root_of_one(curve.prime), cube_root_of_one(curve.order)
    x, y = curve.generator
    return next(
        e for e in (root, root**2 % curve.order) if curve.multiply(e, curve.generator) == (beta * x % curve.prime, y)
    )


def endomorphism_of(curve: Curve) -> str:
    """The numbers of `endomorphism` in curve.h: k (1, 0) is nearly (k b_2 / n) v_1 - (k b_1 / n) v_2."""
    beta, eigenvalue = cube_root_of_one(curve.prime), eigenvalue_of(curve)
    (a1, b1), (a2, b2) = short_basis(curve.order, eigenvalue)
    if a1 * b2 - a2 * b1 < 0:
        (a1, b1), (a2, b2) = (a2, b2), (a1, b1)
    assert a1 * b2 - a2 * b1 == curve.order
    quotients, seconds = (b2, -b1), (-b1, -b2)
    g = [(2**321 * abs(q) // curve.order + 1) // 2 for q in quotients]
    e = [second * (1 if q > 0 else -1) % curve.order for q, second in zip(quotients, seconds)]
    pairs = ["{" + ", ".join(map(number, two)) + "}" for two in (g, e)]
    return "{" + ", ".join([number(beta), number(eigenvalue), *pairs]) + "}"


def odd_multiples(curve: Curve) -> list[Point]:
    """Of the generator, by all odd digits of GENERATOR_WIDTH bits with their sign, the lowest first."""
    twice, multiples = curve.add(curve.generator, curve.generator), [curve.generator]
    while len(multiples) < 2 ** (GENERATOR_WIDTH - 2):
        multiples.append(curve.add(multiples[-1], twice))
    return [(x, -y % curve.prime) for x, y in reversed(multiples)] + multiples


def points(name: str, listed: list[Point]) -> str:
    values = ", ".join("{" + number(x) + ", " + number(y) + "}" for x, y in listed)
    return definition("finite_point", f"{name}[]", "{" + values + "}")


def negative(curve: Curve, p: Point) -> Point:
    return p[0], -p[1] % curve.prime


def sums_of_bases(curve: Curve, bases: list[Point]) -> list[Point]:
    """By the places of `sums` in curve.h."""
    first, *others = bases
    sums = [first, negative(curve, first)]
    for base in others:
        sums = [curve.add(p, term) for term in (base, negative(curve, base)) for p in sums]
    return sums


def ends_of_chains(curve: Curve, end: Point, bases: list[Point]) -> list[Point]:
    """By the places of `ends` in curve.h."""
    ends = [end]
    for base in bases:
        ends += [curve.add(p, term) for term in (negative(curve, base), base) for p in ends]
    return ends


def generator(name: str, curve: Curve, has_endomorphism: bool) -> str:
    """What is known of the generator, as of curve.h."""
    multiples, images = odd_multiples(curve), f"{name}_generator_images" if has_endomorphism else None
    beta, bases = cube_root_of_one(curve.prime), [curve.generator]
    text = points(f"{name}_generator", multiples)
    if images:
        text += points(images, [(beta * x % curve.prime, y) for x, y in multiples])
        bases.append((beta * curve.generator[0] % curve.prime, curve.generator[1]))
    text += points(f"{name}_generator_sums", sums_of_bases(curve, bases))
    end = negative(curve, chain_points(name, curve, has_endomorphism)[1])
    text += points(f"{name}_generator_ends", ends_of_chains(curve, end, bases))
    middle = len(multiples) // 2
    odd = [f"{name}_generator + {middle}", f"{images} + {middle}" if images else "0", str(GENERATOR_WIDTH)]
    fields = ["{" + ", ".join(odd) + "}", f"{name}_generator_sums", f"{name}_generator_ends"]
    return text + f"#define {name.upper()}_GENERATOR {{{', '.join(fields)}}}\n"


def chain_start(name: str, curve: Curve) -> Point:
    """A point hashed from the curve's name: of the first number that is an x, the root that the power gives."""
    attempt = 0
    while True:
        x = int.from_bytes(hashlib.sha256(f"Quire chain {name} {attempt}".encode()).digest(), "big") % curve.prime
        square = (x**3 + curve.a * x + curve.b) % curve.prime
        y = pow(square, (curve.prime + 1) // 4, curve.prime)
        if y**2 % curve.prime == square:
            return x, y
        attempt += 1


def chain_points(name: str, curve: Curve, has_endomorphism: bool) -> tuple[Point, Point]:
    """Where chains start, and where they lead from it."""
    start = chain_start(name, curve)
    return start, curve.multiply(2 ** (128 if has_endomorphism else 256), start)


def chain_ends(name: str, curve: Curve, has_endomorphism: bool) -> str:
    """The end has the other sign."""
    start, end = chain_points(name, curve, has_endomorphism)
    ends = ["{" + ", ".join(map(number, point)) + "}" for point in (start, negative(curve, end))]
    return definition("chain_ends", f"{name}_chain", "{" + ", ".join(ends) + "}")


def definition(kind: str, name: str, value: str) -> str:
    text = f"static const {kind} {name} = {value};"
    return "\n".join(textwrap.wrap(text, 120, subsequent_indent="    ")) + "\n"


def header(name: str, curve: Curve, has_endomorphism: bool, has_generator: bool) -> str:
    parts = list[str]()
    numbers = [curve.prime, curve.order, curve.a % curve.prime, curve.b]
    image = f"&{name}_endomorphism" if has_endomorphism else "0"
    call = f"QUIRE_CURVE_{name.upper().removesuffix('_G1')}"
    values = ", ".join([*map(number, numbers), call, image, f"&{name}_chain"])
    parts.append(chain_ends(name, curve, has_endomorphism))
    if has_endomorphism:
        parts.append(definition("endomorphism", f"{name}_endomorphism", endomorphism_of(curve)))
    parts.append(definition("curve", name, "{" + values + "}"))
    if has_generator:
        parts.append(generator(name, curve, has_endomorphism))
    guard = f"QUIRE_{name.upper()}_CONSTANTS_H"
    title = f"/* The curve {name}: written by precompiles/accelerators/curve_constants.py. */\n"
    return f'{title}#ifndef {guard}\n#define {guard}\n\n#include "curve.h"\n\n' + "".join(parts) + "\n#endif\n"


def headers() -> dict[str, str]:
    """The text of each generated header, by its name."""
    return {
        "secp256k1_constants.h": header("secp256k1", SECP256K1, has_endomorphism=True, has_generator=True),
        "secp256r1_constants.h": header("secp256r1", SECP256R1, has_endomorphism=False, has_generator=True),
        "bn254_g1_constants.h": header("bn254_g1", BN254, has_endomorphism=True, has_generator=False),
    }


if __name__ == "__main__":
    for file_name, text in headers().items():
        HERE.joinpath(file_name).write_text(text, encoding="utf-8")
