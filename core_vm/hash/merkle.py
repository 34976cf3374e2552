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
from core_vm.hash.poseidon2 import DIGEST, compress_batch, hash_leaves_batch

RowsAt = Callable[[npt.NDArray[np.int64]], Words]
"""The rows of a matrix at these indices, in Montgomery form."""


class MerkleTree:
    """A committed matrix. Holds every level of digests, in Montgomery form, and how to have the rows again.

    `root`: eight canonical integers; `depth`: levels above the leaves.
    """

    def __init__(self, leaves: Words, width: int, rows_at: RowsAt, threads: int = 1) -> None:
        """Above these leaves, digests (n, 8), n a power of two. `rows_at` gives the first columns of rows; those up to
        `width` that it does not give are zero."""
        from core_vm.hash.poseidon2_kernels import compress_many

        height = len(leaves)
        if height == 0 or height & (height - 1):
            raise ValueError(f"a tree has a power of two of leaves, not {height}")
        levels = [leaves]
        while len(levels[-1]) > 1:
            levels.append(compress_many(levels[-1].reshape(-1, 2 * DIGEST), threads))
        self._levels, self._rows_at = levels, rows_at
        self.width, self.depth = width, len(levels) - 1
        self.root: list[int] = from_montgomery(levels[-1][0]).tolist()

    @staticmethod
    def commit(rows: Words, width: int, threads: int = 1) -> MerkleTree:
        """Hashes a matrix of `width` columns and n rows, a power of two, in Montgomery form, and holds it, no copy.

        `rows` (n, stored) has its first columns, in whole blocks of sixteen; the columns that are not there are zero.
        """
        from core_vm.hash.poseidon2_kernels import hash_matrix

        return MerkleTree(hash_matrix(rows, width, threads), width, lambda indices: rows[indices, :width], threads)

    def open(self, indices: Sequence[int], log_cap: int) -> tuple[Words, Words, Words]:
        """Rows (n, width), paths (n, depth - log_cap, 8) and the cap (2^log_cap, 8), canonical, n = len(indices)."""
        nodes = np.asarray(indices, np.int64)
        siblings = [self.digests(height, (nodes >> height) ^ 1) for height in range(self.depth - log_cap)]
        paths = np.stack(siblings, axis=1) if siblings else np.zeros((len(nodes), 0, DIGEST), np.uint32)
        return self.rows(nodes), paths, self.digests(self.depth - log_cap, np.arange(1 << log_cap))

    def rows(self, indices: npt.NDArray[np.int64]) -> Words:
        """The rows at these leaves, (n, width), canonical."""
        stored = self._rows_at(indices)
        rows = np.zeros((len(indices), self.width), np.uint32)
        rows[:, : stored.shape[1]] = from_montgomery(stored)
        return rows

    def digests(self, height: int, nodes: npt.NDArray[np.int64]) -> Words:
        """Nodes of the level at `height` above the leaves, (n, 8), canonical."""
        return from_montgomery(self._levels[height][nodes])


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
