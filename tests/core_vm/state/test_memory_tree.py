"""The sparse memory tree against a naive one, its multiproofs, and the node rows made of them."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.hash.poseidon2 import compress
from core_vm.machine.replay.node_rows import climb
from core_vm.state import roots
from core_vm.state.memory_tree import MemoryTree, is_lone, parents_of
from core_vm.state.sparse_tree import leaf_digests, to_digest

DEFAULTS = roots.default_digests()


class NaiveTree:
    """Recursion over the whole depth, one leaf at a time."""

    def __init__(self, leaves: dict[int, list[int]]) -> None:
        self.leaves = leaves

    def digest(self, level: int, index: int) -> list[int]:
        if (level, index) == (23, 15):
            return [0] * 8
        if not any(index << level <= leaf < (index + 1) << level for leaf in self.leaves) and level < 24:
            return list(DEFAULTS[level])
        if level == 0:
            limbs = [dword >> (16 * i) & 0xFFFF for dword in self.leaves[index] for i in range(4)]
            return compress(limbs[:8], limbs[8:])
        if level >= 27 and index == 1 and not any(leaf >= 2**27 for leaf in self.leaves):
            return list(DEFAULTS[level])
        return compress(self.digest(level - 1, 2 * index), self.digest(level - 1, 2 * index + 1))


@cache
def _example() -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    rng = random.Random(5)
    places = [0, 1, 2, 5, 2**15, 2**25 - 1, 2**25, 3 * 2**25, 0xE0000000 >> 5, (0xF0000000 >> 5) - 1, 2**27, 2**27 + 8]
    return tuple({place: [rng.getrandbits(64) for _ in range(4)] for place in places} for _ in range(2))


def _arrays(leaves: dict[int, list[int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(sorted(leaves)), np.array([leaves[i] for i in sorted(leaves)], np.uint64)


def test_root_is_that_of_the_naive_tree() -> None:
    first, second = _example()
    tree = MemoryTree()
    assert list(tree.root) == NaiveTree({}).digest(28, 0)
    tree.set_leaves(*_arrays(first))
    assert list(tree.root) == NaiveTree(first).digest(28, 0)
    part = {leaf: second[leaf] for leaf in list(second)[::2]}
    tree.set_leaves(*_arrays(part))
    naive = NaiveTree({**first, **part})
    assert list(tree.root) == naive.digest(28, 0)
    for node in ((23, 14), (23, 15), (24, 6), (25, 2), (27, 1), (3, 77)):
        assert list(tree.node(*node)) == naive.digest(*node)


def test_multiproof_leads_to_both_roots() -> None:
    first, second = _example()
    tree = MemoryTree()
    tree.set_leaves(*_arrays(first))
    opened = np.array([1, 2, 3, 4, 2**25, 0xE0000000 >> 5, 2**27, 2**27 + 8])
    before = np.array([first.get(leaf, [0] * 4) for leaf in opened.tolist()], np.uint64)
    after = np.array([second.get(leaf, [7] * 4) for leaf in opened.tolist()], np.uint64)
    siblings, root = tree.siblings(opened), tree.root
    tree.set_leaves(opened, after)
    digests = np.stack([leaf_digests(before), leaf_digests(after)], axis=1)
    rows, roots = climb(opened, digests, siblings, 28)
    assert to_digest(roots[0]) == root
    assert to_digest(roots[1]) == tree.root
    for i in range(len(rows)):
        assert compress(rows.left_before[i].tolist(), rows.right_before[i].tolist()) == rows.before[i].tolist()
        assert compress(rows.left_after[i].tolist(), rows.right_after[i].tolist()) == rows.after[i].tolist()
        if not rows.left_touched[i]:
            assert (rows.left_before[i] == rows.left_after[i]).all()
        if not rows.right_touched[i]:
            assert (rows.right_before[i] == rows.right_after[i]).all()
        assert rows.left_touched[i] or rows.right_touched[i]
    # Every node but the root is consumed by one parent, every leaf as well.
    num_touched = int(rows.left_touched.sum() + rows.right_touched.sum())
    assert num_touched == len(opened) + len(rows) - 1
    with pytest.raises(WitnessError):
        climb(opened, digests, np.concatenate([siblings, siblings[:1]]), 28)


def test_lone_nodes() -> None:
    assert is_lone(np.array([1, 2, 3, 4, 6, 7, 9])).tolist() == [True, False, False, True, False, False, True]
    assert is_lone(np.array([0])).tolist() == [True]
    assert is_lone(np.array([], np.int64)).tolist() == []


def test_parents_and_whose_they_are() -> None:
    parents, place = parents_of(np.array([1, 2, 3, 4, 6, 7, 9]))
    assert parents.tolist() == [0, 1, 2, 3, 4]
    assert place.tolist() == [0, 1, 1, 2, 3, 3, 4]
    assert [part.tolist() for part in parents_of(np.array([], np.int64))] == [[], []]


def test_reserved_region_stays_closed() -> None:
    tree = MemoryTree()
    assert tree.node(23, 15) == roots.ZERO_DIGEST
    assert tree.root == roots.initial_root([DEFAULTS[25]] * 3, DEFAULTS[24])
