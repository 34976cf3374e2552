"""Leading forms are what a polynomial tends to far out on a line."""

from __future__ import annotations

import random

import pytest

from core_vm.air.expression import column, constant, evaluate
from core_vm.air.leading import LeadingForms
from core_vm.air.tape import compile_tape, compile_values, leading_parts
from core_vm.field.koalabear import P, inverse
from precompiles.sha256.round_table import round_table
from tests.core_vm.air.random_expressions import WIDTH, random_expression


def cubic_coefficient(expression, low: list[int], slope: list[int]) -> int:
    """Of X^3 along low + X slope, from the third difference of four values."""
    values = [evaluate(expression, [(a + x * b) % P for a, b in zip(low, slope, strict=True)]) for x in range(4)]
    return (values[3] - 3 * values[2] + 3 * values[1] - values[0]) * inverse(6) % P


@pytest.mark.parametrize("seed", range(20))
def test_leading_form_is_the_cubic_coefficient_along_any_line(seed: int) -> None:
    rng = random.Random(seed)
    expression = random_expression(rng, 3, depth=8) + column(0) * column(1) * column(2)
    low, slope = ([rng.randrange(P) for _ in range(WIDTH)] for _ in range(2))
    assert evaluate(LeadingForms().of(expression, 3), slope) == cubic_coefficient(expression, low, slope)


def test_lower_degrees_count_for_nothing() -> None:
    forms = LeadingForms()
    for expression in (constant(7), column(1), column(1) * column(2) - column(3) + 5):
        assert evaluate(forms.of(expression, 3), [3, 5, 7, 11]) == 0
    assert evaluate(forms.of(column(1) * column(2) - column(3) + 5, 2), [3, 5, 7, 11]) == 35


def test_shared_subexpressions_stay_shared() -> None:
    table = round_table()
    values = [(number, constraint.expression) for number, constraint in enumerate(table.constraints)]
    leading = compile_values(table.width, len(values), leading_parts(values))
    assert len(leading.operations) < len(compile_tape(table).operations) / 2
