"""Random expressions over a few columns."""

from __future__ import annotations

import random

from core_vm.air.expression import Expression, column, constant
from core_vm.field.koalabear import P

WIDTH = 6


def random_expression(rng: random.Random, degree: int, depth: int = 6) -> Expression:
    """Of degree at most `degree`."""
    choice = rng.randrange(6) if degree and depth else 0
    if choice == 0:
        return column(rng.randrange(WIDTH)) * rng.randrange(1, P) if degree else constant(rng.randrange(P))
    if choice == 1:
        return random_expression(rng, degree, depth - 1) + random_expression(rng, degree, depth - 1)
    if choice == 2:
        return random_expression(rng, degree, depth - 1) - random_expression(rng, degree, depth - 1)
    if choice == 3:
        return rng.randrange(P) - random_expression(rng, degree, depth - 1)
    split = rng.randrange(degree + 1)
    return random_expression(rng, split, depth - 1) * random_expression(rng, degree - split, depth - 1)
