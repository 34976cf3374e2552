"""The steps of a circuit as arrays, and the kernels that run them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_vm.field.koalabear import Words
from core_vm.stark.words import Int64

Int32 = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Steps:
    """What `hash_levels` and `run_operations` take.

    `turns` (turns, 2) are the level and the operation at which each turn ends, hashing first. `first` (2,) are the
    first cells of compressions and leaves.
    """

    turns: Int32
    levels: Int32
    pairs: Int32
    paths: Int32
    before: Int64
    block: Int64
    weights: Int32
    first: Int64
    operations: Int32
    arguments: Int32
    factors: Words

    def run(self, memory: Words) -> None:
        """Computes all cells from those of hints and constants; the others are zero."""
        from recursion.witness.hashing_kernels import hash_levels
        from recursion.witness.step_kernels import run_operations

        level = operation = 0
        for last_level, last_operation in self.turns.tolist():
            hash_levels(
                *(memory, self.levels, level, last_level, self.pairs, self.paths),
                *(self.before, self.block, self.weights, int(self.first[0]), int(self.first[1])),
            )
            run_operations(memory, self.operations, operation, last_operation, self.arguments, self.factors)
            level, operation = last_level, last_operation
