"""What tests of both pairing-friendly curves need of py_ecc, whose modules of them have the same names."""

from __future__ import annotations

import random
from types import ModuleType
from typing import Any

Point = Any
"""Projective, as py_ecc has it: of the first curve or of its twist."""


def balanced(curve: ModuleType, count: int, seed: int, error: int = 0) -> list[tuple[Point, Point]]:
    """Pairs of random multiples of the generators: the product of their pairings is the generators' to the `error`."""
    generator, pairs, total, order = random.Random(seed), list[tuple[Point, Point]](), error, curve.curve_order
    for _ in range(count - 1):
        a, b = generator.randrange(1, order), generator.randrange(1, order)
        pairs.append((curve.multiply(curve.G1, a), curve.multiply(curve.G2, b)))
        total -= a * b
    b = generator.randrange(1, order)
    last = total * pow(b, -1, order) % order
    return [*pairs, (curve.multiply(curve.G1, last), curve.multiply(curve.G2, b))]


def fp2_root(curve: ModuleType, x: Any) -> Any | None:
    """Adj and Rodriguez-Henriquez, "Square root computation over even extension fields", algorithm 9."""
    p = curve.field_modulus
    a = x ** ((p - 3) // 4)
    alpha, y = a * a * x, a * x
    found = curve.FQ2([0, 1]) * y if alpha == curve.FQ2([p - 1, 0]) else (x.one() + alpha) ** ((p - 1) // 2) * y
    return found if found * found == x else None
