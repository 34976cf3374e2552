"""Where a shard's witness comes from: its events, its record, its program, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core_vm.isa.operations import MISALIGNED_FAMILY, Operation
from core_vm.machine.event_words import ECALL_WIDTH, EventWord
from core_vm.state.sparse_tree import use_compiled_permutation
from core_vm.tables.gadgets.rows import InstructionRows, SharedRows

if TYPE_CHECKING:
    from core_vm.machine.program.program import Program
    from core_vm.machine.replay.node_rows import NodeRows
    from core_vm.machine.shard import ShardEvents, ShardRecord
    from core_vm.tables.trees.compressions import Compressions
    from core_vm.witness.module import TableModule


class WitnessSource(SharedRows):
    """Everything that a shard's tables are filled from; `modules` are these tables."""

    def __init__(
        self, program: Program, record: ShardRecord, events: ShardEvents, modules: Sequence[TableModule]
    ) -> None:
        super().__init__()
        use_compiled_permutation()  # a witness holds the digests of all that a shard touches
        self.program, self.record, self.events, self.modules = program, record, events, modules
        self._selected: dict[tuple[str, tuple[Operation, ...]], np.ndarray] = {}

    def family_events(self, family: str, operations: Sequence[Operation]) -> np.ndarray:
        """The events (n, words) uint64 of a family; of one that several tables share, those of `operations`."""
        events = self.events.families.get(family)
        if events is None:
            return np.zeros((0, ECALL_WIDTH), np.uint64)
        if family != MISALIGNED_FAMILY:
            return events
        key = (family, tuple(operations))
        if key not in self._selected:
            slots = self.program.slot_of(events[:, EventWord.WHEN] & np.uint64(0xFFFFFFFF))
            chosen = np.isin(self.program.instructions.operation[slots], [int(op) for op in operations])
            self._selected[key] = events[chosen]
        return self._selected[key]

    def num_rows(self, family: str, operations: Sequence[Operation]) -> int:
        """How many instructions of the family the shard executes."""
        return len(self.family_events(family, operations))

    def instructions(
        self,
        family: str,
        operations: Sequence[Operation],
        start: int,
        stop: int,
        rows_class: type[InstructionRows] = InstructionRows,
    ) -> InstructionRows:
        """The chunk [start, stop) of a family's instructions."""
        return rows_class(self.program, self.family_events(family, operations)[start:stop])

    @cached_property
    def nodes(self) -> NodeRows:
        """The nodes of both trees above everything opened; the program tree's levels count from 33 on."""
        from core_vm.machine.replay.node_rows import NodeRows, node_rows, program_node_rows
        from core_vm.tables.buses import PROGRAM_LEAF_LEVEL

        memory = node_rows(self.record, self.events)
        program = program_node_rows(self.program, self.events.program_counts[0])
        joined = {
            name: np.concatenate([getattr(memory, name), getattr(program, name)])
            for name in vars(memory)
            if name != "level"
        }
        return NodeRows(level=np.concatenate([memory.level, program.level + PROGRAM_LEAF_LEVEL]), **joined)

    @cached_property
    def leaf_digests(self) -> tuple[np.ndarray, np.ndarray]:
        """Digests (n, 8) uint32, canonical, of the touched leaves before and after."""
        from core_vm.field.koalabear import from_montgomery
        from core_vm.state.sparse_tree import leaf_digests

        return from_montgomery(leaf_digests(self.events.before)), from_montgomery(leaf_digests(self.events.after))

    @cached_property
    def compressions(self) -> Compressions:
        """The distinct compressions that the rows of all tables ask for, with their multiplicities."""
        from core_vm.tables.trees.compressions import collect_compressions

        return collect_compressions(self)
