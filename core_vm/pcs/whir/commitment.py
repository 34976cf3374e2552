"""Committing to a vector of cells: encode its segments, hash the rows of the code words."""

from __future__ import annotations

from dataclasses import dataclass

from core_vm.field.koalabear import Words
from core_vm.hash.merkle import MerkleTree
from core_vm.pcs.whir.config import WhirShape
from core_vm.pcs.whir.oracle import commit_columns
from core_vm.pcs.whir.runs import padded


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
    num_segments, blowup = shape.segments[number], shape.rounds[0].log_inverse_rate
    cells = padded(cells, shape.stored_cells(len(cells), number))
    tree = commit_columns(cells, num_segments, shape.log_segment, blowup, threads)
    return Commitment(tree.root, tree, cells, num_segments)
