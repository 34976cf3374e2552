"""Tapes of tables with random constraints."""

from __future__ import annotations

import random

from core_vm.air.expression import column, evaluate
from core_vm.air.table import TableBuilder
from core_vm.air.tape import compile_tape
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
    return compile_tape(t.build()), rng
