"""Openings by a cap and Merkle paths: what opens, and that nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_vm.errors import MerkleRejection
from core_vm.field.koalabear import P, to_montgomery
from core_vm.hash.merkle import MerkleTree, verify_openings
from core_vm.hash.poseidon2 import compress, hash_leaf, hash_leaves_batch
from core_vm.hash.poseidon2_kernels import hash_matrix
from core_vm.hash.pruned import open_pruned

WIDTH = 11


def _matrix(log_height: int, width: int = WIDTH, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, P, (1 << log_height, width)).astype(np.uint32)


def _commit(values: np.ndarray, threads: int = 1, first_held: int = 0) -> MerkleTree:
    padded = np.zeros((len(values), -(-values.shape[1] // 16) * 16), np.uint32)
    padded[:, : values.shape[1]] = to_montgomery(values)
    return MerkleTree.commit(padded, values.shape[1], threads, first_held)


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
    rows, paths, cap = tree.open([500, 3, 500], 4)
    assert (rows == values[[500, 3, 500]]).all()
    assert (paths.shape, cap.shape) == ((3, 5, 8), (16, 8))
    verify_openings("test", tree.root, [500, 3, 500], rows, paths, cap)


@pytest.mark.parametrize("stored", [0, 16, 32])
def test_columns_that_are_not_stored_are_zero(stored: int) -> None:
    values = np.zeros((64, 48), np.uint32)
    values[:, :stored] = _matrix(6, stored) if stored else 0
    tree = MerkleTree.commit(np.ascontiguousarray(to_montgomery(values[:, :stored])), 48)
    assert tree.root == _commit(values).root
    rows, paths, cap = tree.open([7, 60], 1)
    assert (rows == values[[7, 60]]).all()
    verify_openings("test", tree.root, [7, 60], rows, paths, cap)


TREES = {depth: _commit(_matrix(depth)) for depth in (0, 1, 3, 6)}


@st.composite
def _openings(draw: st.DrawFn) -> tuple[int, int, list[int]]:
    depth = draw(st.sampled_from(sorted(TREES)))
    indices = draw(st.lists(st.integers(0, (1 << depth) - 1), min_size=1, max_size=70))
    return depth, draw(st.integers(0, depth)), indices


@settings(max_examples=40, deadline=None)
@given(_openings())
def test_any_rows_open_in_any_order_under_any_cap(opening: tuple[int, int, list[int]]) -> None:
    depth, log_cap, indices = opening
    rows, paths, cap = TREES[depth].open(indices, log_cap)
    assert (paths.shape, cap.shape) == ((len(indices), depth - log_cap, 8), (1 << log_cap, 8))
    verify_openings("test", TREES[depth].root, indices, rows, paths, cap)


@pytest.mark.parametrize("first_held", [1, 2, 4, 9])
@settings(max_examples=20, deadline=None)
@given(opening=_openings())
def test_levels_that_are_not_held_are_made_again(first_held: int, opening: tuple[int, int, list[int]]) -> None:
    depth, log_cap, indices = opening
    tree = _commit(_matrix(depth), first_held=first_held)
    assert tree.root == TREES[depth].root
    for made, held in zip(tree.open(indices, log_cap), TREES[depth].open(indices, log_cap), strict=True):
        assert np.array_equal(made, held)
    for made, held in zip(open_pruned(tree, indices), open_pruned(TREES[depth], indices), strict=True):
        assert np.array_equal(made, held)


def test_rows_around_opened_ones_are_asked_for_once() -> None:
    values, asked = to_montgomery(_matrix(6, 16)), list[list[int]]()

    def rows_at(indices: np.ndarray) -> np.ndarray:
        asked.append(indices.tolist())
        return values[indices]

    tree = MerkleTree(hash_matrix(values, 16), 16, rows_at, first_held=2)
    rows, paths, cap = tree.open([13, 60, 14], 3)
    assert asked == [[12, 13, 14, 15, 60, 61, 62, 63]]
    verify_openings("test", tree.root, [13, 60, 14], rows, paths, cap)


def test_a_path_has_the_siblings_from_the_leaf_up() -> None:
    leaves = [hash_leaf(row) for row in _matrix(3).tolist()]
    _rows, paths, cap = TREES[3].open([6], 1)
    second = [compress(leaves[i], leaves[i + 1]) for i in range(0, 8, 2)]
    assert paths.tolist() == [[leaves[7], second[2]]]
    assert cap.tolist() == [compress(*second[:2]), compress(*second[2:])]


def test_every_changed_element_is_noticed() -> None:
    tree, indices = TREES[6], [0, 17, 40, 17]
    opening = tree.open(indices, 2)
    for part, array in enumerate(opening):
        for position in range(array.size):
            changed = [a.copy() for a in opening]
            changed[part].reshape(-1)[position] = (int(array.reshape(-1)[position]) + 1) % P
            with pytest.raises(MerkleRejection):
                verify_openings("test", tree.root, indices, *changed)


def test_rows_at_other_indices_are_rejected() -> None:
    tree = TREES[6]
    rows, paths, cap = tree.open([8, 20], 3)
    for indices in ([9, 20], [8, 21], [20, 40], [10, 22], [8 + 32, 20]):
        with pytest.raises(MerkleRejection):
            verify_openings("test", tree.root, indices, rows, paths, cap)
    with pytest.raises(MerkleRejection):
        verify_openings("test", tree.root, [8, 20], rows[::-1], paths, cap)


def test_a_cap_that_is_not_under_the_root_is_rejected() -> None:
    """Rows and paths of another tree lead to its own cap, which does not hash to this root."""
    other = _commit(_matrix(6, seed=1))
    with pytest.raises(MerkleRejection, match="the cap hashes to"):
        verify_openings("test", TREES[6].root, [5], *other.open([5], 3))
    rows, paths, _ = other.open([5], 3)
    with pytest.raises(MerkleRejection, match="does not lead to node"):
        verify_openings("test", TREES[6].root, [5], rows, paths, TREES[6].open([5], 3)[2])


def test_an_inner_node_passes_as_a_leaf_only_of_a_shallower_tree() -> None:
    """Why depth must come from the statement: above the leaves, the digests of level one are a tree of depth five."""
    tree = TREES[6]
    rows, paths, _ = tree.open([0, 1], 0)
    node = compress(*hash_leaves_batch(rows).tolist())
    for sibling in paths[0, 1:].tolist():
        node = compress(node, sibling)
    assert node == tree.root


def test_height_must_be_a_power_of_two_and_rows_whole_blocks() -> None:
    with pytest.raises(ValueError, match="power of two"):
        MerkleTree.commit(np.zeros((3, 16), np.uint32), 16)
    with pytest.raises(ValueError, match="whole blocks"):
        MerkleTree.commit(np.zeros((4, 20), np.uint32), 20)
    with pytest.raises(ValueError, match="longer than"):
        MerkleTree.commit(np.ones((4, 32), np.uint32), 17)
