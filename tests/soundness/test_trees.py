"""Nodes stand above the leaves: data is never taken for two digests.

A leaf's sixteen limbs are hashed like two digests. If a node row could stand at a leaf's level, a guest's input whose
limbs happen to be a digest could be opened below itself, and change from a shard's start to its end without any access.
"""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.table import Table
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import compress
from core_vm.witness.check import violations
from precompiles.standard.machine import standard_machine

NODE: Table = next(t for t in standard_machine().everything.tables.tables if t.name == "memory_node")
LEVELS = (*range(1, 29), *range(33, 63))


def node_at(level: int, inverse: int) -> np.ndarray:
    """A true node of two untouched children: (width, 1)."""
    left, right = list(range(8)), list(range(8, 16))
    digest = compress(left, right)
    values = {"real": 1, "level": level, "index": 3, "inverse_of_level_and_height": inverse}
    for when in ("before", "after"):
        values |= {f"left_{when}_{i}": x for i, x in enumerate(left)}
        values |= {f"right_{when}_{i}": x for i, x in enumerate(right)}
        values |= {f"digest_{when}_{i}": x for i, x in enumerate(digest)}
    return np.array([[values.get(name, 0)] for name in NODE.columns])


@pytest.mark.parametrize("level", [0, 32])
def test_no_node_stands_at_the_level_of_leaves(level: int) -> None:
    for inverse in (0, 1, P - 1, 12345):
        assert [name for name, _ in violations(NODE, node_at(level, inverse))] == ["a_node_stands_above_the_leaves"]


def test_the_levels_of_both_trees_have_nodes() -> None:
    for level in LEVELS:
        assert not violations(NODE, node_at(level, pow(level * (level - 32), -1, P)))
