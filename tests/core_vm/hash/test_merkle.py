"""Multiproofs: what opens, and that nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_vm.errors import MerkleRejection
from core_vm.field.koalabear import P, to_montgomery
from core_vm.hash.merkle import MerkleTree, num_siblings, root_from_openings, verify_openings
from core_vm.hash.poseidon2 import compress, hash_leaf, hash_leaves_batch

WIDTH = 11


def _matrix(log_height: int, width: int = WIDTH, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, P, (1 << log_height, width)).astype(np.uint32)


def _commit(values: np.ndarray, threads: int = 1) -> MerkleTree:
    padded = np.zeros((len(values), -(-values.shape[1] // 16) * 16), np.uint32)
    padded[:, : values.shape[1]] = to_montgomery(values)
    return MerkleTree.commit(padded, values.shape[1], threads)


def _plain_root(values: np.ndarray) -> list[int]:
    level = [hash_leaf(row) for row in values.tolist()]
    while len(level) > 1:
        level = [compress(left, right) for left, right in zip(level[0::2], level[1::2], strict=True)]
    return level[0]


@pytest.mark.parametrize("log_height", [0, 1, 2, 3, 4, 5])
def test_root_is_that_of_the_obvious_tree(log_height: int) -> None:
    values = _matrix(log_height)
    assert _commit(values).root == _plain_root(values)


@pytest.mark.parametrize("width", [1, 8, 16, 17, 64])
def test_leaf_widths_and_threads(width: int) -> None:
    values = _matrix(9, width)
    tree = _commit(values)
    assert tree.root == _commit(values, threads=2).root
    rows, siblings = tree.open([3, 500])
    assert (rows == values[[3, 500]]).all()
    verify_openings("test", tree.root, [3, 500], rows, siblings, 9)


TREES = {depth: _commit(_matrix(depth)) for depth in (0, 1, 3, 6)}


@st.composite
def _openings(draw: st.DrawFn) -> tuple[int, list[int]]:
    depth = draw(st.sampled_from(sorted(TREES)))
    indices = draw(st.sets(st.integers(0, (1 << depth) - 1), min_size=1))
    return depth, sorted(indices)


@settings(max_examples=40, deadline=None)
@given(_openings())
def test_every_set_of_rows_opens_with_the_fewest_siblings(opening: tuple[int, list[int]]) -> None:
    depth, indices = opening
    tree = TREES[depth]
    rows, siblings = tree.open(indices)
    assert len(siblings) == num_siblings(indices, depth) == _fewest(set(indices), depth)
    verify_openings("test", tree.root, indices, rows, siblings, depth)


def _fewest(nodes: set[int], depth: int) -> int:
    count = 0
    for _ in range(depth):
        count += sum(node ^ 1 not in nodes for node in nodes)
        nodes = {node >> 1 for node in nodes}
    return count


def test_siblings_come_level_by_level_and_left_to_right() -> None:
    values = _matrix(3)
    leaves = [hash_leaf(row) for row in values.tolist()]
    _rows, siblings = TREES[3].open([1, 6])
    second = [compress(leaves[i], leaves[i + 1]) for i in (2, 4)]
    assert siblings.tolist() == [leaves[0], leaves[7], *second]


def test_every_changed_element_or_sibling_changes_the_root() -> None:
    tree, indices = TREES[6], [0, 1, 17, 40, 63]
    rows, siblings = tree.open(indices)
    for array in (rows, siblings):
        for position in range(array.size):
            changed = array.copy()
            changed.reshape(-1)[position] = (int(changed.reshape(-1)[position]) + 1) % P
            pair = (changed, siblings) if array is rows else (rows, changed)
            with pytest.raises(MerkleRejection, match="imply the root"):
                verify_openings("test", tree.root, indices, *pair, 6)


def test_rows_at_other_indices_are_rejected() -> None:
    tree = TREES[6]
    rows, siblings = tree.open([8, 20])
    for indices in ([9, 20], [8, 21], [20, 40], [10, 22]):
        with pytest.raises(MerkleRejection):
            verify_openings("test", tree.root, indices, rows, siblings, 6)
    with pytest.raises(MerkleRejection):
        verify_openings("test", tree.root, [8, 20], rows[::-1], siblings, 6)


def test_swapped_siblings_are_rejected() -> None:
    tree = TREES[6]
    rows, siblings = tree.open([5, 33])
    with pytest.raises(MerkleRejection):
        verify_openings("test", tree.root, [5, 33], rows, siblings[::-1], 6)


@pytest.mark.parametrize("indices", [[], [-1], [64], [3, 3], [5, 2], [0, 1 << 40]])
def test_indices_that_are_no_sorted_set_are_rejected(indices: list[int]) -> None:
    with pytest.raises(MerkleRejection, match="distinct, sorted"):
        root_from_openings(indices, np.zeros((len(indices), 8), np.uint32), np.zeros((0, 8), np.uint32), 6)
    with pytest.raises(MerkleRejection):
        num_siblings(indices, 6)


def test_too_few_and_too_many_siblings_are_rejected() -> None:
    tree = TREES[6]
    rows, siblings = tree.open([7])
    leaves = hash_leaves_batch(rows)
    for wrong in (siblings[:-1], np.concatenate([siblings, siblings[:1]])):
        with pytest.raises(MerkleRejection, match="do not fit"):
            root_from_openings([7], leaves, wrong, 6)
    with pytest.raises(MerkleRejection, match="do not fit"):
        root_from_openings([7], np.concatenate([leaves, leaves]), siblings, 6)


def test_an_inner_node_does_not_pass_as_a_leaf_of_a_shallower_tree() -> None:
    """Why depth must come from the statement: the digests of level one are a valid tree of depth five."""
    tree = TREES[6]
    rows, siblings = tree.open([0, 1])
    parent = compress(*hash_leaves_batch(rows).tolist())
    assert root_from_openings([0], [parent], siblings, 5) == tree.root
    with pytest.raises(MerkleRejection):
        root_from_openings([0], [parent], siblings, 6)


def test_height_must_be_a_power_of_two() -> None:
    with pytest.raises(ValueError, match="power of two"):
        MerkleTree.commit(np.zeros((3, 16), np.uint32), 16)
