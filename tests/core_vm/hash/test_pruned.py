"""Pruned openings: what is opened, how little it takes, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import MerkleRejection
from core_vm.field.koalabear import P, to_montgomery
from core_vm.hash.merkle import MerkleTree
from core_vm.hash.pruned import leaves_of, missing_siblings, open_pruned, verify_pruned

DEPTH, WIDTH = 5, 3
CASES = {
    "one": [7],
    "twice the same": [9, 9],
    "neighbours": [4, 5],
    "many": [30, 2, 3, 17, 2, 31, 8],
    "all": list(range(32)),
}


def tree(depth: int = DEPTH) -> tuple[MerkleTree, np.ndarray]:
    rows = np.random.default_rng(1).integers(0, P, (1 << depth, 16)).astype(np.uint32)
    rows[:, WIDTH:] = 0
    return MerkleTree.commit(to_montgomery(rows), WIDTH), rows[:, :WIDTH]


@pytest.mark.parametrize("indices", CASES.values(), ids=CASES.keys())
def test_an_opening_is_accepted(indices: list[int]) -> None:
    committed, expected = tree()
    rows, distinct, siblings = open_pruned(committed, indices)
    leaves, places = leaves_of(indices)
    assert np.array_equal(rows, expected[indices])
    assert np.array_equal(rows, distinct[places])
    verify_pruned("here", committed.root, leaves, DEPTH, distinct, siblings)


def test_no_node_is_told_that_is_known() -> None:
    counts = {name: sum(map(len, missing_siblings(leaves_of(ix)[0], DEPTH))) for name, ix in CASES.items()}
    assert counts == {"one": 5, "twice the same": 5, "neighbours": 4, "many": counts["many"], "all": 0}
    assert counts["many"] < 7 * DEPTH // 2


def test_a_tree_of_one_leaf() -> None:
    committed, expected = tree(0)
    rows, distinct, siblings = open_pruned(committed, [0, 0])
    assert siblings.shape == (0, 8)
    verify_pruned("here", committed.root, np.array([0]), 0, distinct, siblings)
    assert np.array_equal(rows, expected[[0, 0]])


@pytest.mark.parametrize("indices", CASES.values(), ids=CASES.keys())
def test_every_element_counts(indices: list[int]) -> None:
    committed, _ = tree()
    _, rows, siblings = open_pruned(committed, indices)
    leaves, _ = leaves_of(indices)
    for array in (rows, siblings):
        for place in range(array.size):
            changed = array.copy()
            changed.reshape(-1)[place] = (int(changed.reshape(-1)[place]) + 1) % P
            parts = (changed, siblings) if array is rows else (rows, changed)
            with pytest.raises(MerkleRejection):
                verify_pruned("here", committed.root, leaves, DEPTH, *parts)


def test_other_leaves_are_refused() -> None:
    committed, _ = tree()
    _, rows, siblings = open_pruned(committed, [4, 5])
    with pytest.raises(MerkleRejection):
        verify_pruned("here", committed.root, np.array([6, 7]), DEPTH, rows, siblings)
