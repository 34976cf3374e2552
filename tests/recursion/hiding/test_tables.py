"""The two hiding tables: what their rows may hold, and that no bus hears of them."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.air.expression import evaluate
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from recursion.hiding.tables import BLIND, FIRST_RANDOM_ENTRY, NUM_RANDOM_ENTRIES, PRODUCTS
from recursion.tables.standard import TABLES


def violated(row: list[int]) -> list[str]:
    return [c.name for c in PRODUCTS.constraints if evaluate(c.expression, row, (), {}) % P]


def some(seed: int) -> K:
    generator = random.Random(seed)
    return K(*(generator.randrange(P) for _ in range(5)))


def test_a_row_holds_products_and_nothing_else() -> None:
    a, b = some(1), some(2)
    row = [*a.c, *b.c, *(a * b).c]
    assert not violated(row)
    for column in range(len(row)):
        changed = list(row)
        changed[column] = (changed[column] + 1) % P
        assert violated(changed), f"column {PRODUCTS.columns[column]} may be anything"


@pytest.mark.parametrize("place", range(5))
def test_each_constraint_is_needed(place: int) -> None:
    """A product that is wrong in one coefficient violates the constraint of that coefficient, and only that."""
    a, b = some(3), some(4)
    row = [*a.c, *b.c, *(a * b).c]
    row[10 + place] = (row[10 + place] + 1) % P
    assert violated(row) == [f"product_is_left_times_right_coefficient_{place}"]


def test_the_random_message_is_sent_no_times_whatever_it_is() -> None:
    (interaction,) = BLIND.interactions
    multiplicity, message = interaction.affine_multiplicity(), interaction.affine_message()
    assert not multiplicity.columns
    assert multiplicity.constant == 0
    assert not BLIND.constraints
    for number, entry in enumerate(message, 1):
        inside = number - FIRST_RANDOM_ENTRY
        assert dict(entry.columns) == ({inside: 1} if 0 <= inside < NUM_RANDOM_ENTRIES else {})
        assert entry.constant == 0


def test_nobody_else_is_on_its_bus() -> None:
    own = BLIND.interactions[0].bus.number
    assert own not in {interaction.bus.number for table in TABLES.tables for interaction in table.interactions}


def test_random_entries_are_an_aligned_block_of_the_fingerprint() -> None:
    """So that their weights are one factor times the eight values eq(beta_1 .. beta_3, .)."""
    assert np.log2(NUM_RANDOM_ENTRIES) == 3
    assert FIRST_RANDOM_ENTRY % NUM_RANDOM_ENTRIES == 0
