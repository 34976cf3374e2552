"""Merkle trees over the rows of a matrix, and their openings, whose length depends on the tree's shape alone.

The leaf of row i is `hash_leaf` of its `width` elements (Poseidon2 of width 24), a parent is compress(left, right)
(width 16). An opening of some rows carries the tree's *cap*, the level of 2^log_cap nodes, whole, and for every row
that is asked for, in order and with repetitions, its Merkle path: the siblings from the leaf up to the cap. With about
as many nodes in the cap as rows are opened, that is a few percent more than a multiproof without redundancies, and
nothing in its form depends on which rows they are. Whoever verifies needs numpy only; committing loads the compiled
kernels.

The tree's depth and the leaf's width are fixed by the shape of the proof, never read from it: a leaf hash and a node
hash are then never mistaken for one another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from core_vm.errors import MerkleRejection
from core_vm.field.koalabear import Integers, Words, from_montgomery
from core_vm.hash.poseidon2 import DIGEST, LEAF_RATE, compress_batch, hash_leaves_batch
from core_vm.host.distinct import distinct

RowsAt = Callable[[npt.NDArray[np.int64]], Words]
"""The rows of a matrix at these indices, in Montgomery form."""


LEVELS_MADE_AGAIN = 4
"""Of the digests next to the leaves, which are fifteen sixteenths of all. Whoever has rows at hand hashes the sixteen
around each that is opened again, in no time, and need not hold these."""


class MerkleTree:
    """A committed matrix. Holds the levels of digests from `first_held` on, in Montgomery form, and how to have rows.

    `root`: eight canonical integers; `depth`: levels above the leaves.
    """

    def __init__(self, leaves: Words, width: int, rows_at: RowsAt, threads: int = 1, first_held: int = 0) -> None:
        """Above these leaves, digests (n, 8), n a power of two. `rows_at` gives the first columns of rows; those up to
        `width` that it does not give are zero. It is asked for 2^first_held rows for each that is opened."""
        from core_vm.hash.poseidon2_kernels import compress_many

        height = len(leaves)
        if height == 0 or height & (height - 1):
            raise ValueError(f"a tree has a power of two of leaves, not {height}")
        self.width, self.depth = width, height.bit_length() - 1
        self.first_held, self._rows_at = min(first_held, self.depth), rows_at
        self._held = [leaves][self.first_held :]
        for level in range(1, self.depth + 1):
            leaves = compress_many(leaves.reshape(-1, 2 * DIGEST), threads)
            if level >= self.first_held:
                self._held.append(leaves)
        self.root: list[int] = from_montgomery(self._held[-1][0]).tolist()

    @staticmethod
    def commit(rows: Words, width: int, threads: int = 1, first_held: int = 0) -> MerkleTree:
        """Hashes a matrix of `width` columns and n rows, a power of two, in Montgomery form, and holds it, no copy.

        `rows` (n, stored) has its first columns, in whole blocks of sixteen; the columns that are not there are zero.
        """
        from core_vm.hash.poseidon2_kernels import hash_matrix

        leaves = hash_matrix(rows, width, threads)
        return MerkleTree(leaves, width, lambda indices: rows[indices, :width], threads, first_held)

    def open(self, indices: Sequence[int], log_cap: int) -> tuple[Words, Words, Words]:
        """Rows (n, width), paths (n, depth - log_cap, 8) and the cap (2^log_cap, 8), canonical, n = len(indices)."""
        nodes = np.asarray(indices, np.int64)
        levels = self.depth - log_cap
        opened = OpenedLeaves(self, nodes if levels >= self.first_held else np.arange(1 << self.depth))
        paths = np.zeros((len(nodes), levels, DIGEST), np.uint32)
        for height in range(levels):
            paths[:, height] = opened.digests(height, (nodes >> height) ^ 1)
        return opened.rows(nodes), paths, opened.digests(levels, np.arange(1 << log_cap))

    def rows_of(self, groups: npt.NDArray[np.int64]) -> tuple[Words, list[Words]]:
        """Of these groups of 2^first_held leaves: the rows, their first columns, and the levels that are not held; all
        in Montgomery form, group by group."""
        from core_vm.hash.poseidon2_kernels import compress_many, hash_matrix

        first, inside = groups << self.first_held, np.arange(1 << self.first_held)
        stored = self._rows_at((first[:, None] + inside).reshape(-1))
        if not self.first_held:
            return stored, []
        whole = np.zeros((len(stored), -(-stored.shape[1] // LEAF_RATE) * LEAF_RATE), np.uint32)
        whole[:, : stored.shape[1]] = stored
        levels = [hash_matrix(whole, self.width)]
        while len(levels) < self.first_held:
            levels.append(compress_many(levels[-1].reshape(-1, 2 * DIGEST)))
        return stored, levels

    def held_digests(self, height: int, nodes: npt.NDArray[np.int64]) -> Words:
        """Nodes of the level at `height` above the leaves, first_held or more, (n, 8), canonical."""
        return from_montgomery(self._held[height - self.first_held][nodes])


class OpenedLeaves:
    """Some leaves of a tree, whose rows are asked for once: the rows, and the digests of nodes around their paths."""

    def __init__(self, tree: MerkleTree, leaves: npt.NDArray[np.int64]) -> None:
        self._tree, self._groups = tree, distinct(leaves >> tree.first_held)
        self._stored, self._levels = tree.rows_of(self._groups)

    def rows(self, leaves: npt.NDArray[np.int64]) -> Words:
        """The rows at some of these leaves, (n, width), canonical."""
        stored = self._stored[self._places(0, leaves)]
        rows = np.zeros((len(leaves), self._tree.width), np.uint32)
        rows[:, : stored.shape[1]] = from_montgomery(stored)
        return rows

    def digests(self, height: int, nodes: npt.NDArray[np.int64]) -> Words:
        """Nodes of the level at `height` above the leaves, (n, 8), canonical: any that the tree holds, and below, the
        nodes on the paths and their siblings."""
        if height >= self._tree.first_held:
            return self._tree.held_digests(height, nodes)
        return from_montgomery(self._levels[height][self._places(height, nodes)])

    def _places(self, height: int, nodes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Of nodes of a level that is not held, or leaves, among those of all groups."""
        log_size = self._tree.first_held - height
        return (np.searchsorted(self._groups, nodes >> log_size) << log_size) + (nodes & ((1 << log_size) - 1))


def verify_openings(
    where: str, root: Sequence[int], indices: Sequence[int], rows: Integers, paths: Words, cap: Words
) -> None:
    """Raises MerkleRejection unless the canonical `rows` open `root` at `indices`, each by its Merkle path to
    this cap.

    Shapes as `MerkleTree.open` gives them; the tree has paths.shape[1] levels below its cap. Every path ends at the
    node of the cap that its index says, and the cap as a whole hashes to the root.
    """
    nodes, digests = np.asarray(indices, np.int64), hash_leaves_batch(rows)
    for level in range(paths.shape[1]):
        is_right = (nodes & 1).astype(np.bool_)[:, None]
        siblings = paths[:, level]
        digests = compress_batch(np.where(is_right, siblings, digests), np.where(is_right, digests, siblings))
        nodes = nodes >> 1
    wrong = np.flatnonzero((digests != cap[nodes]).any(axis=1))
    if wrong.size:
        raise MerkleRejection(where, f"opening {wrong[0]} does not lead to node {nodes[wrong[0]]} of the cap")
    verify_cap(where, root, cap)


def verify_cap(where: str, root: Sequence[int], cap: Words) -> None:
    """Raises MerkleRejection unless the cap as a whole hashes to the root."""
    level = cap
    while len(level) > 1:
        level = compress_batch(level[0::2], level[1::2])
    if level[0].tolist() != list(root):
        raise MerkleRejection(where, f"the cap hashes to the root {level[0].tolist()}, committed is {list(root)}")
