"""Arithmetic in Fp2 = Fp[u] / (u^2 + 1) as the calls define it, in plain Python: a field where p leaves 3 modulo 4."""

from __future__ import annotations

from typing import Final

OPERATIONS: Final = ("multiply", "add", "subtract")
Element = tuple[int, int]
"""a0 and a1 of a0 + a1 u."""


def compute(operation: str, a: Element, b: Element, p: int) -> Element:
    """a b, a + b or a - b, reduced; a and b need not be."""
    if operation == "multiply":
        return (a[0] * b[0] - a[1] * b[1]) % p, (a[0] * b[1] + a[1] * b[0]) % p
    sign = 1 if operation == "add" else -1
    return (a[0] + sign * b[0]) % p, (a[1] + sign * b[1]) % p
