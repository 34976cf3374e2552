"""Curves of ECDSA by coincurve and pycryptodome, and keys made to fit signatures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import coincurve
from Crypto.PublicKey.ECC import EccPoint

from precompiles.accelerators.curve_constants import SECP256K1, SECP256R1
from tests.precompiles.accelerators.functions import Call, Function

Point = tuple[int, int]


def secp256k1_multiple(k: int, p: Point) -> Point:
    x, y = coincurve.PublicKey.from_point(*p).multiply(k.to_bytes(32, "big")).point()
    return x, y


def secp256k1_sum(p: Point, q: Point) -> Point:
    return coincurve.PublicKey.combine_keys(
        [coincurve.PublicKey.from_point(*p), coincurve.PublicKey.from_point(*q)]
    ).point()


def secp256r1_multiple(k: int, p: Point) -> Point:
    result = EccPoint(*p, curve="P-256") * k
    return int(result.x), int(result.y)


def secp256r1_sum(p: Point, q: Point) -> Point:
    result = EccPoint(*p, curve="P-256") + EccPoint(*q, curve="P-256")
    return int(result.x), int(result.y)


@dataclass(frozen=True)
class Oracle:
    """A curve y^2 = x^3 + a x + b with what computes in its group, of finite points; the function that verifies."""

    function: Function
    p: int
    n: int
    a: int
    b: int
    generator: Point
    multiple: Callable[[int, Point], Point]
    add: Callable[[Point, Point], Point]

    def point_above(self, x: int, limit: int) -> Point | None:
        """The point of the lowest x from here to the limit, with an even y."""
        for candidate in range(x, min(limit, x + 100)):
            square = (candidate**3 + self.a * candidate + self.b) % self.p
            y = pow(square, (self.p + 1) // 4, self.p)
            if y * y % self.p == square:
                return candidate, y if y % 2 == 0 else self.p - y
        return None

    def negative(self, point: Point) -> Point:
        return point[0], -point[1] % self.p

    def key(self, signed: Point, s: int, z: int) -> Point:
        """(s R - z G) / r, for an R: by this key, (r, s) is a signature of z."""
        r = signed[0] % self.n
        parts = [(s, signed), (-z, self.generator)]
        terms = [self.multiple(k * pow(r, -1, self.n) % self.n, point) for k, point in parts if k % self.n]
        return terms[0] if len(terms) == 1 else self.add(*terms)

    def check(self, z: int, r: int, s: int, key: Point, place: int | None = None) -> Call:
        return Call(self.function, b"".join(number.to_bytes(32, "big") for number in (z, r, s, *key)), place=place)


K1 = Oracle(
    Function.SECP256K1_VERIFY,
    SECP256K1.prime,
    SECP256K1.order,
    0,
    7,
    SECP256K1.generator,
    secp256k1_multiple,
    secp256k1_sum,
)
R1 = Oracle(
    Function.SECP256R1_VERIFY,
    SECP256R1.prime,
    SECP256R1.order,
    -3,
    SECP256R1.b,
    SECP256R1.generator,
    secp256r1_multiple,
    secp256r1_sum,
)
