"""That a proof's input is public, and how long it is: the opening of the input region's first leaf.

The leaf holds the length and 24 bytes of salt, which are zero for a public input and random for a private one. So a
proof of a run with public input says what it binds, a proof without this opening binds nothing that can be recomputed,
and an input of another length is refused before anything is hashed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core_vm.hash.poseidon2 import Digest
from core_vm.state.memory_map import INPUT_NODE, LEAF_DWORDS
from core_vm.state.roots import compress_digests
from core_vm.state.sparse_tree import leaf_digests, to_digest

NUM_SIBLINGS = INPUT_NODE[0]


@dataclass(frozen=True, slots=True)
class PublicInput:
    """`length` in bytes; `siblings` are the NUM_SIBLINGS digests beside the path from the region's first leaf up."""

    length: int
    siblings: tuple[Digest, ...]

    def root(self) -> Digest:
        """The root of an input region of this length, without salt, and with whatever the siblings stand for."""
        leaf = np.array([[self.length] + [0] * (LEAF_DWORDS - 1)], np.uint64)
        digest = to_digest(leaf_digests(leaf)[0])
        for sibling in self.siblings:  # the leaf is the leftmost of its region, so each is a right one
            digest = compress_digests(digest, sibling)
        return digest
