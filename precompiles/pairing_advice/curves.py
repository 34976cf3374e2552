"""The curves of the calls: their pairings' loops and exponents, and the calls' names and numbers.

G = Fp12* / Fp6* is cyclic of order p^6 + 1, and conjugating, w <- -w, inverts in it. Whether the final exponentiation,
to the power of (p^12 - 1) / r, gives 1 is a matter of G, as p^6 - 1 divides the exponent: it does for the r-th powers
in G and no others, that is where the order divides h = (p^6 + 1) / r.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from precompiles.shared.fp12_field import Field
from precompiles.shared.primes import BLS12_381_PRIME, BN254_PRIME

DWORDS: Final = 36
"""Of a pair of points, and of a class: six numbers of the longer kind."""
OPERATIONS: Final = ("miller", "root")
DOUBLE, ADD, SUBTRACT, ADD_IMAGE, SUBTRACT_SECOND_IMAGE = range(5)
"""Steps of a loop: T <- 2 T, with f squared before it; T + Q, T - Q, T + psi(Q), T - psi^2(Q)."""


@dataclass(frozen=True)
class Curve:
    """y^2 = x^3 + b over the prime of `field`, with a twist, for the optimal ate pairing whose loop makes `loop` Q.

    `frobenius_terms` are the powers of psi (0 to 3) that `loop` has beside it in `exponent`, with their signs: together
    they annul G2, so that `exponent`, with p for psi, is a multiple of the groups' `order` r. The loop adds all of them
    but the last one, whose line is 1 up to Fp6. A point (x, y) of the twist comes to Fp12 as (x w^2, y w^3), or where
    `is_divided` as (x / w^2, y / w^3).
    """

    field: Field
    order: int
    loop: int
    frobenius_terms: tuple[tuple[int, int], ...]
    is_divided: bool
    digits: tuple[int, ...]
    """Of `loop`, to the base 2: 0, 1 and -1, the lowest first, the last 1."""

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def line_exponent(self) -> int:
        """Of the power of w at which a line has its slope."""
        return 5 if self.is_divided else 1

    @property
    def steps(self) -> tuple[int, ...]:
        """Of the Miller loop."""
        steps: list[int] = []
        for digit in self.digits[-2::-1]:
            steps += [DOUBLE, *{0: (), 1: (ADD,), -1: (SUBTRACT,)}[digit]]
        return (*steps, *(ADD_IMAGE, SUBTRACT_SECOND_IMAGE)[: len(self.frobenius_terms) - 1])

    @cached_property
    def exponent(self) -> int:
        """lambda, with which f d^lambda is in Fp6 for the right d, if there is one, and for none if there is none."""
        return self.loop + sum(sign * self.field.modulus**power for power, sign in self.frobenius_terms)

    @cached_property
    def root(self) -> tuple[int, ...]:
        """To which power the right d is f: -1 / lambda modulo h, as digits to the base p, the lowest first."""
        cofactor, rest = divmod(self.field.modulus**6 + 1, self.order)
        assert not rest
        power, digits = -pow(self.exponent, -1, cofactor) % cofactor, list[int]()
        while power:
            power, digit = divmod(power, self.field.modulus)
            digits.append(digit)
        return tuple(digits)


def signed_digits(number: int) -> tuple[int, ...]:
    """0, 1 or -1, of two neighbours one is 0; the lowest first."""
    digits = list[int]()
    while number:
        digit = 2 - (number & 3) if number & 1 else 0
        digits.append(digit)
        number = number - digit >> 1
    return tuple(digits)


def unsigned_digits(number: int) -> tuple[int, ...]:
    """0 or 1; the lowest first."""
    return tuple(map(int, reversed(bin(number)[2:])))


def _bn254(x: int) -> Curve:
    """Barreto and Naehrig's curve; Vercauteren's pairing, of 6 x + 2 + p - p^2 + p^3."""
    order, loop = 36 * x**4 + 36 * x**3 + 18 * x**2 + 6 * x + 1, 6 * x + 2
    field = Field("bn254", 256, BN254_PRIME, 9, 0x10B0)
    return Curve(field, order, loop, ((1, 1), (2, -1), (3, 1)), False, signed_digits(loop))


def _bls12_381(x: int) -> Curve:
    """Barreto, Lynn and Scott's curve; x is negative, and the loop makes -x Q."""
    field = Field("bls12_381", 384, BLS12_381_PRIME, 1, 0x10B2)
    return Curve(field, x**4 - x**2 + 1, -x, ((1, 1),), True, unsigned_digits(-x))


BN254_X: Final = 4965661367192848881
BLS12_381_X: Final = -0xD201000000010000
BN254: Final = _bn254(BN254_X)
BLS12_381: Final = _bls12_381(BLS12_381_X)
CURVES: Final = (BN254, BLS12_381)


def name_of(operation: str, curve: Curve) -> str:
    """Of a precompile."""
    return f"pairing_advice_{curve.name}_{operation}"


NUMBERS: Final = {
    name_of(operation, curve): curve.field.number + place
    for curve in CURVES
    for place, operation in enumerate(OPERATIONS)
}
"""Of the calls, which share a table, by name."""
