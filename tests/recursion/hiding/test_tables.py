"""The hiding table: its message may be anything, and no bus hears of it."""

from __future__ import annotations

import numpy as np

from recursion.hiding.tables import BLIND, FIRST_RANDOM_ENTRY, NUM_RANDOM_ENTRIES
from recursion.tables.standard import TABLES


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
