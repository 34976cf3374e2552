"""Merkle trees over the rows of a matrix, and pruned multiproofs.

The leaf of row i is `hash_leaf` of its `width` elements (Poseidon2 of width 24), a parent is compress(left, right)
(width 16). A multiproof for a set of rows carries only the nodes that cannot be computed from those rows, level by
level from the leaves, left to right. Whoever verifies needs numpy only; committing loads the compiled kernels.

The tree's depth and the leaf's width are fixed by the shape of the proof, never read from it: a leaf hash and a node
hash are then never mistaken for one another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.errors import MerkleRejection
from core_vm.field.koalabear import Integers, from_montgomery
from core_vm.hash.poseidon2 import DIGEST, compress_batch, hash_leaves_batch

Words = npt.NDArray[np.uint32]


class MerkleTree:
    """A committed matrix. Holds the rows (not a copy) and every level of digests, in Montgomery form.

    `root`: eight canonical integers; `depth`: levels above the leaves.
    """

    def __init__(self, rows: Words, width: int, levels: list[Words]) -> None:
        self._rows, self._levels = rows, levels
        self.width, self.depth = width, len(levels) - 1
        self.root: list[int] = from_montgomery(levels[-1][0]).tolist()

    @staticmethod
    def commit(rows: Words, width: int, threads: int = 1) -> MerkleTree:
        """Hashes an (n, padded width) Montgomery matrix, n a power of two, columns from `width` on zero."""
        from core_vm.hash.poseidon2_kernels import compress_many, hash_matrix

        height = len(rows)
        if height == 0 or height & (height - 1):
            raise ValueError(f"a tree has a power of two of leaves, not {height}")
        levels = [hash_matrix(rows, width, threads)]
        while len(levels[-1]) > 1:
            levels.append(compress_many(levels[-1].reshape(-1, 2 * DIGEST), threads))
        return MerkleTree(rows, width, levels)

    def open(self, indices: Sequence[int]) -> tuple[Words, Words]:
        """Rows, canonical, (len(indices), width), and the siblings of their multiproof, canonical, (count, 8)."""
        nodes = _checked_indices(indices, self.depth)
        rows = from_montgomery(self._rows[nodes, : self.width])
        siblings = []
        for level in self._levels[:-1]:
            missing = _missing_siblings(nodes)
            siblings.append(level[missing])
            nodes = _parents(nodes)
        return rows, from_montgomery(np.concatenate([*siblings, np.zeros((0, DIGEST), np.uint32)]))


def num_siblings(indices: Sequence[int], depth: int) -> int:
    """How many digests the multiproof of these rows carries."""
    nodes, count = _checked_indices(indices, depth), 0
    for _ in range(depth):
        count += len(_missing_siblings(nodes))
        nodes = _parents(nodes)
    return count


def root_from_openings(indices: Sequence[int], leaf_digests: Integers, siblings: Integers, depth: int) -> list[int]:
    """The root that the opened leaves and the siblings imply, in canonical integers.

    Raises MerkleRejection when the counts do not fit the indices (sorted, distinct, below 2^depth).
    """
    nodes = _checked_indices(indices, depth)
    digests = np.asarray(leaf_digests, np.uint32).reshape(-1, DIGEST)
    supplied = np.asarray(siblings, np.uint32).reshape(-1, DIGEST)
    if len(digests) != len(nodes) or len(supplied) != num_siblings(indices, depth):
        raise MerkleRejection(
            "multiproof", f"{len(digests)} leaves and {len(supplied)} siblings do not fit the indices"
        )
    used = 0
    for _ in range(depth):
        missing = _missing_siblings(nodes)
        joined = np.concatenate([nodes, missing])
        order = np.argsort(joined)  # every node beside its sibling, left one first
        level = np.concatenate([digests, supplied[used : used + len(missing)]])[order]
        used += len(missing)
        digests, nodes = compress_batch(level[0::2], level[1::2]), _parents(nodes)
    return digests[0].tolist()


def verify_openings(
    where: str, root: Sequence[int], indices: Sequence[int], rows: Integers, siblings: Integers, depth: int
) -> None:
    """Raises MerkleRejection unless the canonical `rows` (count, width) open `root` at `indices`."""
    implied = root_from_openings(indices, hash_leaves_batch(rows), siblings, depth)
    if implied != [int(x) for x in root]:
        raise MerkleRejection(where, f"the openings imply the root {implied}, committed is {list(root)}")


def _checked_indices(indices: Sequence[int], depth: int) -> npt.NDArray[np.int64]:
    nodes = np.asarray(indices, np.int64).reshape(-1)
    in_range = len(nodes) and nodes[0] >= 0 and nodes[-1] < 1 << depth
    if not in_range or (nodes[1:] <= nodes[:-1]).any():
        raise MerkleRejection("multiproof", f"indices must be distinct, sorted and below 2^{depth}, at least one")
    return nodes


def _missing_siblings(nodes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The siblings of the nodes that are not among the nodes, in order."""
    return np.setdiff1d(nodes ^ 1, nodes, assume_unique=True)


def _parents(nodes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.unique(nodes >> 1)
