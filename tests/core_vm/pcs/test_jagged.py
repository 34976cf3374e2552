"""The jagged automaton against the sum over all cells."""

from __future__ import annotations

import random

import pytest

from core_vm.field.extension import eq_table, inner
from core_vm.pcs.jagged import weight_at
from core_vm.pcs.layout import Layout
from core_vm.transcript.numbers import NUMBERS
from tests.core_vm.pcs.opening_cases import naive_weights
from tests.elements import random_point

LAYOUTS = {
    "one tile of one column": ([1], [1]),
    "odd widths": ([5, 3, 7], [3, 1, 2]),
    "empty tables between": ([6, 9, 1, 4], [0, 2, 0, 5]),
    "nothing at all": ([3, 64], [0, 0]),
    "a wide empty table": ([1, 1000], [2, 0]),
    "fills a power of two": ([2], [8]),
    "a tall narrow table beside a wide low one": ([1, 32], [17, 1]),
}


@pytest.mark.parametrize(("widths", "tiles"), LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize("spare", [0, 2])
def test_automaton_equals_the_sum_over_all_cells(widths: list[int], tiles: list[int], spare: int) -> None:
    rng = random.Random(sum(widths) + spare)
    layout = Layout(widths, tiles)
    variables = max(layout.used.bit_length(), 6) + spare
    z_row = random_point(rng, 6 + max(tiles).bit_length() + spare)
    mu, point = random_point(rng, 1)[0], random_point(rng, variables)
    expected = inner(naive_weights(layout, z_row, mu, 1 << variables), eq_table(point))
    assert weight_at(NUMBERS, layout.blocks, z_row, mu, point) == expected
