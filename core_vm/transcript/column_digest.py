"""How the column values enter the transcript: as the digest of a tree, which numpy computes level by level.

A shard has some thousands of them. Absorbed one after the other they would cost a verifier in Python more than all its
other work; the tree takes as many permutations, but all those of a level at once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core_vm.hash.poseidon2 import DIGEST, compress_batch

Rows = npt.NDArray[np.uint32]


def column_digest(values: Rows, compress: Callable[[Rows, Rows], Rows] = compress_batch) -> list[int]:
    """The digest of at least one canonical element; how many there are is fixed by the shape, so zeros may pad them.

    Leaves are blocks of eight; a level of odd length gets a block of zeros. `compress` is `compress_batch`, or as fast
    as the caller has it.
    """
    blocks = -(-len(values) // DIGEST)
    level = np.zeros((blocks, DIGEST), np.uint32)
    level.reshape(-1)[: len(values)] = values
    while len(level) > 1:
        if len(level) % 2:
            level = np.concatenate([level, np.zeros((1, DIGEST), level.dtype)])
        level = compress(level[::2], level[1::2])
    return [int(x) for x in level[0]]
