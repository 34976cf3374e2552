"""What the shards of a run in progress add up to."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_vm.isa.forms import FAMILIES, family_numbers
from core_vm.isa.operations import MISALIGNED_FAMILY, NUM_OPERATIONS, Operation
from core_vm.machine.execute import places
from core_vm.machine.execute.interpreter import Interpreter
from core_vm.machine.program.program import Program


class Totals:
    """Of the shards that ended: their number, instructions, and accesses across a word's end."""

    def __init__(self, program: Program) -> None:
        self.num_shards = self.cycles = self.misaligned = 0
        self._operations = program.instructions.operation
        self._families = family_numbers(program.instructions)
        self._by_operation = np.zeros(NUM_OPERATIONS, np.int64)

    def end_shard(self, interpreter: Interpreter) -> dict[str, Any]:
        """The shard that `interpreter` has run ends: the fields of its record that count instructions."""
        state, counts = interpreter.state, interpreter.counts
        steps, misaligned = int(state[places.NUM_STEPS]), int(state[places.NUM_MISALIGNED])
        by_operation = np.bincount(self._operations, counts, NUM_OPERATIONS).astype(np.int64)
        rows = np.bincount(self._families, counts, len(FAMILIES)).astype(np.int64)
        self._by_operation += by_operation
        self.cycles += steps
        self.misaligned += misaligned
        self.num_shards += 1
        return {
            "index": self.num_shards - 1,
            "num_steps": steps,
            "family_rows": {name: int(rows[i]) for i, name in enumerate(FAMILIES) if name != MISALIGNED_FAMILY},
            "num_misaligned": misaligned,
            "num_ecalls": int(by_operation[Operation.ECALL]),
        }

    @property
    def counts(self) -> dict[str, int]:
        """Executions by operation, of those that were executed."""
        return {op.name.lower(): int(self._by_operation[op]) for op in Operation if self._by_operation[op]}
