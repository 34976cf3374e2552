"""The memory tree of a run: opens the leaves that a shard touches and moves the root from shard to shard.

Nodes are numbered as a heap, node (level, i) is 2^(28 - level) + i, in one lazily mapped array; a node that is still
all zero there has its level's default digest, except the reserved region, whose digest *is* zero. Digests are uint32 in
Montgomery form.
"""

from __future__ import annotations

import mmap

import numpy as np

from core_vm.host.mappings import lazy_zeros
from core_vm.state.memory_map import RESERVED_NODE, TREE_DEPTH
from core_vm.state.sparse_tree import (
    Digest,
    compress_pairs,
    leaf_digests,
    memory_defaults,
    to_digest,
    use_compiled_permutation,
)

_RESERVED_HEAP = (1 << (TREE_DEPTH - RESERVED_NODE[0])) + RESERVED_NODE[1]
_HASHED_AT_ONCE = 2**16

_LOG_PAGE_NODES = 7  # nodes in a page of 4 KiB
_BYTES_PER_LEAF_ON_THE_WAY = 2**9  # children, digests and siblings while a leaf is set and opened


class MemoryTree:
    """The tree of empty memory, until leaves are set."""

    def __init__(self) -> None:
        use_compiled_permutation()
        self._nodes = lazy_zeros((2 ** (TREE_DEPTH + 1), 8), np.uint32, forked=False)
        self._pairs = self._nodes.reshape(-1, 16)  # row h: the children of node h
        self._defaults = memory_defaults()
        self._recompute(np.array([_RESERVED_HEAP >> 1]), RESERVED_NODE[0] + 1)

    @property
    def root(self) -> Digest:
        """Eight canonical integers."""
        return to_digest(self._nodes[1])

    def node(self, level: int, index: int) -> Digest:
        """The digest of any node, canonical."""
        heap = (1 << (TREE_DEPTH - level)) + index
        return to_digest(self._fill(self._nodes[heap : heap + 1].copy(), np.array([heap]), level)[0])

    def set_leaves(self, leaves: np.ndarray, contents: np.ndarray) -> None:
        """Give the leaves (n,) int64, sorted and distinct, the contents (n, 4) uint64."""
        for start in range(0, len(leaves), _HASHED_AT_ONCE):
            heap = leaves[start : start + _HASHED_AT_ONCE] + (1 << TREE_DEPTH)
            self._nodes[heap] = leaf_digests(contents[start : start + _HASHED_AT_ONCE])
        if len(leaves):
            self._recompute(parents_of(leaves + (1 << TREE_DEPTH))[0], 1)

    def siblings(self, leaves: np.ndarray) -> np.ndarray:
        """The multiproof (m, 8) of the leaves (sorted, distinct): level by level from the leaves, left to right, the
        siblings that do not follow from what is below."""
        heap, parts = leaves + (1 << TREE_DEPTH), []
        for level in range(TREE_DEPTH):
            missing = lone_siblings(heap)
            parts.append(self._fill(self._nodes[missing], missing, level))
            heap, _ = parents_of(heap)
        return np.concatenate(parts)

    def _recompute(self, heap: np.ndarray, level: int) -> None:
        """Digests of the nodes `heap`, at `level`, and of all above them, from their children."""
        for height in range(level, TREE_DEPTH + 1):
            children = np.stack([2 * heap, 2 * heap + 1], axis=1).reshape(-1)
            pairs = self._fill(self._pairs[heap].reshape(-1, 8), children, height - 1).reshape(-1, 16)
            self._nodes[heap] = compress_pairs(pairs)
            heap, _ = parents_of(heap)

    def _fill(self, digests: np.ndarray, heap: np.ndarray, level: int) -> np.ndarray:
        """`digests` (in place) with the default of the level where there is none yet."""
        empty = ~digests.any(axis=1)
        if level == RESERVED_NODE[0]:
            empty &= heap != _RESERVED_HEAP
        digests[empty] = self._defaults[level]
        return digests


def most_bytes(leaves: np.ndarray) -> int:
    """A bound on the memory that opening and setting these leaves (n,) int64, sorted, takes: pages of nodes, mostly."""
    pages, count = leaves >> _LOG_PAGE_NODES, 0
    for _ in range(TREE_DEPTH):
        pages = pages[np.diff(pages, prepend=-1) != 0]
        count += len(pages)
        pages = pages >> 1
    return count * mmap.PAGESIZE + _BYTES_PER_LEAF_ON_THE_WAY * len(leaves)


def parents_of(sorted_nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Parents of sorted distinct nodes, sorted and distinct, and which of them is each node's."""
    parents, first = sorted_nodes >> 1, np.ones(len(sorted_nodes), np.bool_)
    np.not_equal(parents[1:], parents[:-1], out=first[1:])
    return parents[first], np.cumsum(first) - 1


def lone_siblings(sorted_nodes: np.ndarray) -> np.ndarray:
    """The siblings of sorted distinct nodes that are not among them, in order."""
    return (sorted_nodes ^ 1)[is_lone(sorted_nodes)]


def is_lone(sorted_nodes: np.ndarray) -> np.ndarray:
    """Of each of the sorted distinct nodes, whether its sibling is not among them."""
    parents, lone = sorted_nodes >> 1, np.ones(len(sorted_nodes), np.bool_)
    apart = parents[1:] != parents[:-1]
    lone[:-1] &= apart
    lone[1:] &= apart
    return lone
