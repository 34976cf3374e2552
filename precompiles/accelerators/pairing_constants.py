"""Writes the constants of the pairing-friendly curves from their parameters; run as a module."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from precompiles.accelerators.curve_constants import HERE, Curve, Point, cube_root_of_one
from precompiles.pairing_advice.curves import BLS12_381_X, BN254_X, signed_digits, unsigned_digits

Fp2 = tuple[int, int]


@dataclass(frozen=True)
class Field:
    """A prime field, and its extension by a root u of -1."""

    prime: int
    dwords: int

    def multiply(self, x: Fp2, y: Fp2) -> Fp2:
        return (x[0] * y[0] - x[1] * y[1]) % self.prime, (x[0] * y[1] + x[1] * y[0]) % self.prime

    def power(self, x: Fp2, exponent: int) -> Fp2:
        result = (1, 0)
        for bit in bin(exponent)[2:]:
            result = self.multiply(result, result)
            if bit == "1":
                result = self.multiply(result, x)
        return result

    def invert(self, x: Fp2) -> Fp2:
        norm = pow(x[0] * x[0] + x[1] * x[1], -1, self.prime)
        return x[0] * norm % self.prime, -x[1] * norm % self.prime

    def number(self, x: int) -> str:
        return "{{" + dwords_of(x, self.dwords) + "}}"

    def pair(self, x: Fp2) -> str:
        return "{{" + ", ".join(self.number(c) for c in x) + "}}"


def dwords_of(x: int, count: int) -> str:
    return ", ".join(f"{x >> 64 * i & 2**64 - 1:#018x}" for i in range(count))


def window_digits(number: int, width: int) -> list[int]:
    """Zero or odd, below 2^width, of width neighbours at most one not zero; the lowest first."""
    digits = list[int]()
    while number:
        digits.append(number & 2**width - 1 if number & 1 else 0)
        number = number - digits[-1] >> 1
    return digits


def definition(kind: str, name: str, value: str) -> str:
    return f"static const {kind} {name} = {value};\n"


def listed(kind: str, name: str, values: Iterable[object]) -> str:
    return f"static const {kind} {name}[] = {{\n    {', '.join(map(str, values))}}};\n"


def header(curve: str, field: Field, constants: str) -> str:
    guard = f"QUIRE_{curve.upper()}_CONSTANTS_H"
    text = f"""/* The fields of {curve} and its constants: written by precompiles/accelerators/pairing_constants.py. */
#ifndef {guard}
#define {guard}

#include <quire.h>
#include <stdbool.h>
#include <stdint.h>

#define FP_CALLS QUIRE_ECALL_MODULAR_{64 * field.dwords}
#define FP2_CALLS QUIRE_ECALL_FP2_{curve.upper()}
#define G2_CALLS QUIRE_ECALL_G2_{curve.upper()}
#define FP12_MULTIPLY QUIRE_ECALL_FP12_{curve.upper()}_MULTIPLY
#define FP_DWORDS {field.dwords}
#define FP_MODULUS {dwords_of(field.prime, field.dwords)}
#define FP_MINUS_ONE {dwords_of(field.prime - 1, field.dwords)}
#include "number.h"
#include "fp_template.h"
#include "fp2_template.h"

{constants}
#endif
"""
    return "\n".join(line for long in text.splitlines() for line in broken(long)) + "\n"


def broken(line: str) -> list[str]:
    """A long line as lines of at most 120 characters."""
    lines = textwrap.wrap(line, 118, subsequent_indent="    ", break_long_words=False) or [""]
    return [part + " \\" for part in lines[:-1]] + lines[-1:] if line.startswith("#") else lines


def tower(field: Field, xi: Fp2) -> str:
    """The powers of xi that Frobenius maps of Fp12 multiply coefficients by."""
    p = field.prime
    once = [field.power(xi, i * (p - 1) // 6) for i in range(6)]
    twice = [field.power(xi, i * (p * p - 1) // 6) for i in range(6)]
    assert all(imaginary == 0 for _, imaginary in twice)
    return listed("fp2", "frobenius", map(field.pair, once)) + listed(
        "fp", "frobenius_twice", (field.number(real) for real, _ in twice)
    )


def bn254() -> str:
    """Barreto and Naehrig, "Pairing-friendly elliptic curves of prime order", x as in EIP-197; twist b = 3 / xi."""
    x = BN254_X
    field = Field(36 * x**4 + 36 * x**3 + 24 * x**2 + 6 * x + 1, 4)
    xi = (9, 1)
    b = field.multiply((3, 0), field.invert(xi))
    constants = (
        tower(field, xi)
        + definition("fp2", "twist_b", field.pair(b))
        + listed("int8_t", "miller_digits", signed_digits(6 * x + 2))
        + listed("int8_t", "x_digits", window_digits(x, 3))
    )
    return header("bn254", field, constants)


def doublings(x: int) -> list[int]:
    """How many there are before each bit of x but the first that is 1, and after the last."""
    *runs, last = (len(zeros) for zeros in bin(x)[3:].split("1"))
    return [*(run + 1 for run in runs), last]


def bls12_381_field() -> Field:
    x = BLS12_381_X
    return Field((x - 1) ** 2 * (x**4 - x**2 + 1) // 3 + x, 6)


def bls12_381_images(field: Field, order: int) -> tuple[Point, Point]:
    """A point of G1, behind its multiple by -x^2."""
    p = field.prime
    roots = ((x, pow(x**3 + 4, (p + 1) // 4, p)) for x in range(1, 9))
    curve = Curve(p, order, 0, 4, next((x, y) for x, y in roots if y * y % p == x**3 + 4))
    point = curve.multiply((BLS12_381_X - 1) ** 2 // 3, curve.generator)
    return curve.multiply(-(BLS12_381_X**2) % order, point), point


def bls12_381() -> str:
    """Barreto, Lynn and Scott, "Constructing elliptic curves with prescribed embedding degrees"; twist b = 4 xi."""
    x = BLS12_381_X
    order = x**4 - x**2 + 1
    field, scalars = bls12_381_field(), Field(order, 4)
    xi = (1, 1)
    root = cube_root_of_one(field.prime)
    image, point = bls12_381_images(field, order)
    beta = next(b for b in (root, root**2 % field.prime) if b * point[0] % field.prime == image[0])
    twisted = [field.invert(field.power(xi, i * (field.prime - 1) // 6)) for i in (2, 3)]
    constants = (
        tower(field, xi)
        + definition("fp", "half", field.number((field.prime + 1) // 2))
        + definition("fp", "endomorphism_x", field.number(beta))
        + definition("fp2", "twist_endomorphism_x", field.pair(twisted[0]))
        + definition("fp2", "twist_endomorphism_y", field.pair(twisted[1]))
        + definition("number", "group_order", scalars.number(order))
        + definition("number", "x_size", scalars.number(-x))
        + definition("number", "one_over_x_size", scalars.number(pow(-x, -1, order)))
        + listed("int8_t", "x_digits", unsigned_digits(-x))
        + listed("uint8_t", "x_runs", doublings(-x))
    )
    return header("bls12_381", field, constants)


HEADERS: Final = {"bn254_constants.h": bn254, "bls12_381_constants.h": bls12_381}

if __name__ == "__main__":
    for name, text in HEADERS.items():
        HERE.joinpath(name).write_text(text(), encoding="utf-8")
