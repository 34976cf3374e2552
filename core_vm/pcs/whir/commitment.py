"""Committing to a vector of cells: encode its segments, hash the rows of the code words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core_vm.errors import UsageError
from core_vm.field.koalabear import Words
from core_vm.hash.merkle import MerkleTree
from core_vm.pcs.whir.config import WhirShape


@dataclass(frozen=True, slots=True)
class Commitment:
    """A committed vector: its root (eight canonical integers), and what opening it needs.

    `cells` holds the first of the `num_segments` segments; those that are not there are zero.
    """

    root: list[int]
    tree: MerkleTree
    cells: Words
    num_segments: int


def commit(cells: Words, shape: WhirShape, threads: int = 1, number: int = 0) -> Commitment:
    """Encodes and hashes the `number`-th vector of the shape: flat uint32 in Montgomery form.

    `cells` counts as continued with zeros, up to segments * 2^log_segment words. A vector of `shape.stored_cells` words
    is committed where it lies, another one is copied; what lies beyond costs nothing. Raises UsageError if it is too
    long.
    """
    from core_vm.poly.ntt_kernels import encode_segments

    num_segments, blowup = shape.segments[number], shape.rounds[0].log_inverse_rate
    cells = padded(cells, shape.stored_cells(len(cells), number))
    stored = len(cells) >> shape.log_segment
    codeword = encode_segments(cells, stored, shape.log_segment, blowup, threads=threads)
    tree = MerkleTree.commit(codeword, num_segments, threads)
    return Commitment(tree.root, tree, cells, num_segments)


def padded(cells: Words, size: int) -> Words:
    """The cells, continued with zeros up to `size`. Raises UsageError for more."""
    if len(cells) > size:
        raise UsageError(f"{len(cells)} cells do not fit the {size} of the shape")
    if len(cells) == size:
        return cells
    out = np.zeros(size, np.uint32)
    out[: len(cells)] = cells
    return out
