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
from core_vm.state.tree_kernels import RESERVED_HEAP, find_parents, gather_lone_siblings, gather_pairs

_HASHED_AT_ONCE = 2**16

_LOG_PAGE_NODES = 7  # nodes in a page of 4 KiB
_BYTES_PER_LEAF_ON_THE_WAY = 2**9  # children, digests and siblings while a leaf is set and opened


class MemoryTree:
    """The tree of empty memory, until leaves are set."""

    def __init__(self) -> None:
        use_compiled_permutation()
        self._nodes = lazy_zeros((2 ** (TREE_DEPTH + 1), 8), np.uint32, forked=False)
        self._defaults = memory_defaults()
        self._recompute(np.array([RESERVED_HEAP >> 1]), RESERVED_NODE[0] + 1)

    @property
    def root(self) -> Digest:
        """Eight canonical integers."""
        return to_digest(self._nodes[1])

    def node(self, level: int, index: int) -> Digest:
        """The digest of any node, canonical."""
        heap = (1 << (TREE_DEPTH - level)) + index
        digest = self._nodes[heap]
        return to_digest(digest if digest.any() or heap == RESERVED_HEAP else self._defaults[level])

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
            found = np.empty((len(heap), 8), np.uint32)
            parts.append(found[: gather_lone_siblings(self._nodes, heap, self._defaults[level], found)])
            heap, _ = parents_of(heap)
        return np.concatenate(parts)

    def _recompute(self, heap: np.ndarray, level: int) -> None:
        """Digests of the nodes `heap`, at `level`, and of all above them, from their children."""
        for height in range(level, TREE_DEPTH + 1):
            pairs = np.empty((len(heap), 16), np.uint32)
            gather_pairs(self._nodes, heap, self._defaults[height - 1], pairs)
            self._nodes[heap] = compress_pairs(pairs)
            heap, _ = parents_of(heap)


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
    parents, places = np.empty_like(sorted_nodes), np.empty_like(sorted_nodes)
    return parents[: find_parents(sorted_nodes, parents, places)], places


def is_lone(sorted_nodes: np.ndarray) -> np.ndarray:
    """Of each of the sorted distinct nodes, whether its sibling is not among them."""
    parents, lone = sorted_nodes >> 1, np.ones(len(sorted_nodes), np.bool_)
    apart = parents[1:] != parents[:-1]
    lone[:-1] &= apart
    lone[1:] &= apart
    return lone
