"""No change of a row goes unnoticed that changes what the row gives to others but not what it takes from them."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest

from core_vm.air.table import Table
from core_vm.air.trace import Trace
from core_vm.isa.operations import FAMILIES
from core_vm.machine.executor import Executor, record
from core_vm.machine.program import Program
from core_vm.tables.module import ColumnWriter, TableModule
from core_vm.tables.source import WitnessSource
from core_vm.tables.standard import BASE_MODULES
from tests.core_vm.machine.elf_builder import build_elf
from tests.core_vm.machine.random_programs import random_program
from tests.soundness.row_search import pair_changes, silent_changes, single_changes

SEEDS = range(40, 46)
ROWS = 3
INSTRUCTIONS = [m for m in BASE_MODULES if m.table.name.startswith("misaligned") or m.table.name in FAMILIES]
# What may change alone, because nothing depends on it:
#  - any combination that is 1 proves that two registers differ;
#  - division by zero leaves the quotient's magnitude and the distance of the remainder open; results are set apart.
FREE = ("difference_inverse_", "quotient_byte_", "distance_")


@cache
def sources() -> tuple[WitnessSource, ...]:
    out = []
    for seed in SEEDS:
        data = random.Random(seed).randbytes(4096)
        program = Program.from_elf(build_elf(random_program(seed, 250), data=data))
        out += [WitnessSource(program, r, record(program, r, ())) for r in Executor(program).shards()]
    return tuple(out)


def rows_of(module: TableModule) -> list[np.ndarray]:
    """A few honest rows, from different places of different programs."""
    rows = []
    for source in sources():
        count = module.rows(source) if module.rows else 0
        if count and module.fill:
            trace = Trace([module.table], [count])
            writer = ColumnWriter(trace, 0, 0)
            module.fill(source, 0, count, writer)
            writer.finish()
            rows += list(trace.read_table(0)[:, :count].astype(np.int64).T)
    return random.Random(module.table.name).sample(rows, min(ROWS, len(rows)))


@pytest.mark.parametrize("module", INSTRUCTIONS, ids=lambda module: module.table.name)
def test_what_a_row_gives_is_determined_by_what_it_takes(module: TableModule) -> None:
    table: Table = module.table
    for row in rows_of(module):
        for changes in (single_changes(row), pair_changes(row)):
            for silent in silent_changes(table, row, changes):
                assert silent.changes_inputs or not silent.changes_outputs, silent
                assert silent.changes_inputs or all(name.startswith(FREE) for name in silent.columns), silent
