"""Openings of several leaves of one Merkle tree in which no node is sent twice, and none that follows from others.

Leaves are those that were asked for, each once, by rising index. Then, level by level from the leaves up, come the
siblings that are neither leaves nor computed from what is known, by rising index. So the indices decide which nodes
there are and in which order: an opening has one encoding, and its length says nothing that the indices do not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.errors import MerkleRejection
from core_vm.field.koalabear import Integers, Words
from core_vm.hash.merkle import MerkleTree, OpenedLeaves
from core_vm.hash.poseidon2 import compress_batch, hash_leaves_batch
from core_vm.host.distinct import distinct

Nodes = npt.NDArray[np.int64]


def leaves_of(indices: Sequence[int]) -> tuple[Nodes, Nodes]:
    """The different leaves by rising index, and the place of each index among them."""
    leaves, places = np.unique(np.asarray(indices, np.int64), return_inverse=True)
    return leaves, places.reshape(-1)


def missing_siblings(leaves: Nodes, depth: int) -> list[Nodes]:
    """For each level below the root the nodes that must be told, rising; `leaves` are different, and rise."""
    missing, nodes = [], leaves
    for _ in range(depth):
        missing.append(np.setdiff1d(nodes ^ 1, nodes, assume_unique=True))
        nodes = distinct(nodes >> 1)
    return missing


def open_pruned(tree: MerkleTree, indices: Sequence[int]) -> tuple[Words, Words, Words]:
    """Rows of all indices (n, width), those of the different leaves, and the missing siblings (m, 8); canonical."""
    leaves, places = leaves_of(indices)
    opened = OpenedLeaves(tree, leaves)
    rows = opened.rows(leaves)
    siblings = [opened.digests(level, nodes) for level, nodes in enumerate(missing_siblings(leaves, tree.depth))]
    return rows[places], rows, np.concatenate(siblings) if siblings else np.zeros((0, 8), np.uint32)


def verify_pruned(where: str, root: Sequence[int], leaves: Nodes, depth: int, rows: Integers, siblings: Words) -> None:
    """Raises MerkleRejection unless the canonical `rows` are those of `leaves` in the tree of `depth` levels under
    `root`. There are as many siblings as `missing_siblings` says."""
    nodes, digests, used = leaves, hash_leaves_batch(rows), 0
    for missing in missing_siblings(leaves, depth):
        told, used = siblings[used : used + len(missing)], used + len(missing)
        order = np.argsort(np.concatenate([nodes, missing]))
        level = np.concatenate([digests, told])[order]
        digests = compress_batch(level[0::2], level[1::2])
        nodes = distinct(nodes >> 1)
    if digests[0].tolist() != list(root):
        raise MerkleRejection(where, f"the leaves hash to the root {digests[0].tolist()}, committed is {list(root)}")
