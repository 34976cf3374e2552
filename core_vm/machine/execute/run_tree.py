"""The memory tree in step with a run: the first root, each shard's opening, the siblings that open the output."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_vm.hash.poseidon2 import Digest
from core_vm.machine.execute.arena import GuestMemory
from core_vm.machine.program.program import Program
from core_vm.state.memory_map import (
    INPUT_NODE,
    INPUT_START,
    LEAF_BYTES,
    LEAF_DWORDS,
    NUM_REGISTER_LEAVES,
    OUTPUT_NODE,
    REGION_HEADER,
    REGISTER_LEAF,
    TREE_DEPTH,
)
from core_vm.state.memory_tree import MemoryTree


def register_leaves(registers: np.ndarray) -> np.ndarray:
    """The contents (9, 4) uint64 of the registers' leaves, from the 33 registers (int64)."""
    contents = np.zeros(NUM_REGISTER_LEAVES * LEAF_DWORDS, np.uint64)
    contents[: len(registers)] = registers.view(np.uint64)
    return contents.reshape(NUM_REGISTER_LEAVES, LEAF_DWORDS)


class RunTree:
    """Starts at the memory of a run before its first instruction: image and input loaded, registers zero."""

    def __init__(self, program: Program, memory: GuestMemory, input_size: int) -> None:
        self._memory, self._tree = memory, MemoryTree()
        self._tree.set_leaves(*program.image_leaves)
        first = INPUT_START // LEAF_BYTES
        contents = memory.leaves[first : first - (-(REGION_HEADER + input_size) // LEAF_BYTES)]
        used = np.flatnonzero(contents.any(axis=1))
        self._tree.set_leaves(used + first, contents[used])
        self.initial_root = self._tree.root
        self.input_root = self._tree.node(*INPUT_NODE)
        """The input region as it was at the start; its salt makes it say nothing of a private input."""
        self.input_siblings = tuple(self._tree.node(level, (first >> level) ^ 1) for level in range(INPUT_NODE[0]))
        """The digests beside the path from the input region's first leaf up to its root."""

    @property
    def root(self) -> Digest:
        return self._tree.root

    def advance(
        self, touched: np.ndarray, before: np.ndarray, registers_before: np.ndarray, registers_after: np.ndarray
    ) -> dict[str, Any]:
        """Open what a shard touched and move to its end: the fields of its record that speak of the tree.

        `touched` (n,) int64 are sorted memory leaves, `before` (n, 4) uint64 what they held; memory holds the end.
        """
        leaves = np.concatenate([touched, REGISTER_LEAF + np.arange(NUM_REGISTER_LEAVES)])
        root_before, siblings = self._tree.root, self._tree.siblings(leaves)
        self._tree.set_leaves(leaves, np.concatenate([self._memory.leaves[touched], registers_after]))
        return {
            "root_before": root_before,
            "root_after": self._tree.root,
            "leaves": leaves.astype(np.uint32),
            "before": np.concatenate([before, registers_before]),
            "siblings": siblings,
        }

    def output_siblings(self) -> tuple[Digest, ...]:
        """The digests beside the output region's path from level 24 up, in the current root."""
        level, index = OUTPUT_NODE
        path = range(level + 1, TREE_DEPTH)
        return tuple(self._tree.node(height, (index >> (height - level)) ^ 1) for height in path)
