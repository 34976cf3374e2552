"""The program: one row for each distinct instruction that the shard executes, opened in the program tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core_vm.field.koalabear import from_montgomery
from core_vm.tables import buses
from core_vm.tables.gadgets.witness_table import WitnessTable

if TYPE_CHECKING:
    from core_vm.tables.source import WitnessSource


class ProgramRows:
    """A chunk of distinct instructions: `index` and `count` (n,), `elements` (n, 16) and `digest` (n, 8), canonical."""

    def __init__(self, source: WitnessSource, start: int, stop: int) -> None:
        index, count = source.events.program_counts
        self.index, self.count = index[start:stop], count[start:stop]
        self.elements = source.program.leaf_elements(source.program.slot_of(self.index))
        known, digests = source.program.tree[0]
        self.digest = from_montgomery(digests[np.searchsorted(known, self.index)])


def _table() -> WitnessTable:
    t = WitnessTable("program", __doc__ or "")
    real = t.bit("real", lambda rows: np.ones(len(rows.index), np.uint8))
    index = t.column("index", lambda rows: rows.index)
    names = ("operation", "rd", "rs1", "rs2", "immediate_0", "immediate_1", "immediate_2", "immediate_3", "target")
    fields = [t.column(name, lambda rows, i=i: rows.elements[:, i]) for i, name in enumerate(names)]
    multiplicity = t.column("multiplicity", lambda rows: rows.count)
    digest = t.columns("digest", 8, lambda rows: rows.digest)

    # Any number of executions may look this instruction up, but only if the tree holds it.
    t.constrain("only_rows_in_use_are_executed", multiplicity * (1 - real))
    t.receive_counted(buses.PROGRAM, (index, *fields), multiplicity)
    t.compress((*fields, *[0] * 7), digest, real, lambda rows: rows.elements)
    t.send(buses.TREE, (buses.PROGRAM_LEAF_LEVEL, index, *digest, *digest), real)
    return t


PROGRAM = _table().module_of(lambda source: len(source.events.program_counts[0]), ProgramRows)
MODULES = (PROGRAM,)
