"""Tapes of tables with random constraints."""

from __future__ import annotations

import random
from itertools import combinations

from core_vm.air.expression import Expression, column, evaluate
from core_vm.air.table_builder import TableBuilder
from core_vm.air.tape import compile_tape
from core_vm.field.koalabear import P
from precompiles.sha256.signed_words import weighted_sum
from tests.core_vm.air.random_expressions import WIDTH, random_expression


def random_tape(seed: int):
    rng = random.Random(seed)
    t = TableBuilder("random")
    t.columns("c", WIDTH)
    for number in range(12):
        expression = random_expression(rng, 3)
        t.constrain(f"number_{number}", expression - evaluate(expression, [0] * WIDTH))
    square = column(0) * column(0)  # the interpreters have a path of its own for it
    t.constrain("square", square - column(1))
    t.constrain("doubled", 2 * square + column(2) * 2)
    for number in range(4):  # sums in powers of two, whose terms are of all kinds, and some are read once more
        terms = [_random_term(rng) for _ in range(12)]
        t.constrain(f"word_{number}", weighted_sum(terms) - column(number))
        t.constrain(f"term_{number}", terms[3] + terms[7])
    for number in range(6):  # sums of scaled values, as many as are odd and even, some of which are read once more
        terms = [_random_term(rng) * rng.randrange(3, P) for _ in range(number + 2)]
        t.constrain(f"combination_{number}", sum(terms, column(number)) - column(0))
        t.constrain(f"part_{number}", terms[number % 3 % len(terms)] + (terms[0] + terms[1]))
    for number, (i, j) in enumerate(combinations(range(WIDTH), 2)):
        sign = column(i) + column(j)
        t.constrain(f"sign_{number}", sign * sign - column(rng.randrange(WIDTH)))
    return compile_tape(t.build()), rng


def _random_term(rng: random.Random) -> Expression:
    """A value, or a product of two, of two that are the same, or of three."""
    kind, (x, y, z) = rng.randrange(5), (column(rng.randrange(WIDTH)) for _ in range(3))
    return (x + y, x * y, x * x, (x * y) * z, x * (y - z))[kind]
