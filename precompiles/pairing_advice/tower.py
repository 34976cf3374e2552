"""Fp2 = Fp[u] / (u^2 + 1) and Fp12 = Fp2[w] / (w^6 - xi) in plain Python, and classes of Fp12 modulo Fp6.

A class is an element of G = Fp12* / Fp6*, given by its representative 1 + t w with t in Fp6: six numbers, the parts of
the coefficients of w, w^3 and w^5. (The one class without, that of w, is taken for that of 1, and so is 0.)
"""

from __future__ import annotations

from collections.abc import Sequence

from precompiles.pairing_advice.curves import Curve
from precompiles.shared.fp12_field import DEGREE, NUMBERS

Fp2 = tuple[int, int]
"""a0 and a1 of a0 + a1 u."""
Element = tuple[int, ...]
"""Of Fp12: twelve numbers, a0 and a1 of each coefficient, the one of w^0 first."""
Class = tuple[int, ...]
ONE: Element = (1, *(0,) * (NUMBERS - 1))


def product(a: Fp2, b: Fp2, p: int) -> Fp2:
    return (a[0] * b[0] - a[1] * b[1]) % p, (a[0] * b[1] + a[1] * b[0]) % p


def total(a: Fp2, b: Fp2, p: int) -> Fp2:
    return (a[0] + b[0]) % p, (a[1] + b[1]) % p


def difference(a: Fp2, b: Fp2, p: int) -> Fp2:
    return (a[0] - b[0]) % p, (a[1] - b[1]) % p


def inverse(a: Fp2, p: int) -> Fp2:
    """0 of 0."""
    norm = (a[0] * a[0] + a[1] * a[1]) % p
    factor = pow(norm, -1, p) if norm else 0
    return a[0] * factor % p, -a[1] * factor % p


def power(x: Fp2, exponent: int, p: int) -> Fp2:
    result: Fp2 = (1, 0)
    for bit in bin(exponent)[2:]:
        result = product(result, result, p)
        if bit == "1":
            result = product(result, x, p)
    return result


def multiply(a: Sequence[int], b: Sequence[int], curve: Curve) -> Element:
    """Where w^6 comes up, it is xi."""
    p, xi = curve.field.modulus, (curve.field.real_of_xi, 1)
    found = [(0, 0)] * DEGREE
    for i in range(DEGREE):
        for j in range(DEGREE):
            term = product((a[2 * i], a[2 * i + 1]), (b[2 * j], b[2 * j + 1]), p)
            place = (i + j) % DEGREE
            found[place] = total(found[place], product(term, xi, p) if i + j >= DEGREE else term, p)
    return tuple(part for coefficient in found for part in coefficient)


def class_of(f: Element, curve: Curve) -> Class:
    """Of the elements that are f times one of Fp6: f by its even part, whose norm to Fp2 is the product of its
    conjugates over that."""
    p = curve.field.modulus
    even = tuple(0 if k // 2 % 2 else number for k, number in enumerate(f))
    second = frobenius(frobenius(even, curve), curve)
    adjoint = multiply(second, frobenius(frobenius(second, curve), curve), curve)
    norm, scaled = multiply(even, adjoint, curve), multiply(f, adjoint, curve)
    factor = inverse((norm[0], norm[1]), p)
    found = [product((scaled[2 * k], scaled[2 * k + 1]), factor, p) for k in range(1, DEGREE, 2)]
    return tuple(part for coefficient in found for part in coefficient)


def element_of(state: Sequence[int]) -> Element:
    """1 + t w."""
    return (1, 0, *state[0:2], 0, 0, *state[2:4], 0, 0, *state[4:6])


def frobenius(f: Element, curve: Curve) -> Element:
    """f^p."""
    p = curve.field.modulus
    parts = [product((f[2 * k], -f[2 * k + 1]), factor, p) for k, factor in enumerate(frobenius_factors(curve))]
    return tuple(part for coefficient in parts for part in coefficient)


def frobenius_factors(curve: Curve) -> list[Fp2]:
    """xi^(k (p - 1) / 6), by which w^k grows."""
    p, xi = curve.field.modulus, (curve.field.real_of_xi, 1)
    return [power(xi, k * (p - 1) // DEGREE, p) for k in range(DEGREE)]
