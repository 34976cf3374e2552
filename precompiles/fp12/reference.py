"""The product in Fp12 = Fp2[w] / (w^6 - xi) as the calls define it, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence

Element = tuple[int, ...]
"""Twelve numbers: a0 and a1 of each of the six coefficients a0 + a1 u, the one of w^0 first."""


def multiply(a: Sequence[int], b: Sequence[int], real_of_xi: int, p: int) -> Element:
    """a b, reduced; a and b need not be. As polynomials in w; where w^6 comes up, it is xi = real_of_xi + u."""
    product = [(0, 0)] * 11
    for i in range(6):
        for j in range(6):
            (a0, a1), (b0, b1) = a[2 * i : 2 * i + 2], b[2 * j : 2 * j + 2]
            real, imaginary = product[i + j]
            product[i + j] = real + a0 * b0 - a1 * b1, imaginary + a0 * b1 + a1 * b0
    for k in range(6, 11):
        (real, imaginary), (low, low_imaginary) = product[k], product[k - 6]
        product[k - 6] = low + real_of_xi * real - imaginary, low_imaginary + real_of_xi * imaginary + real
    return tuple(part % p for coefficient in product[:6] for part in coefficient)
