"""No change of a row goes unnoticed that changes what the row gives to others but not what it takes from them."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest

from core_vm.isa.forms import FAMILIES
from core_vm.machine.program.program import Program
from core_vm.machine.replay.recorder import record
from core_vm.tables.source import WitnessSource
from core_vm.tables.standard import BASE_MODULES
from core_vm.witness.module import TableModule
from tests.core_vm.machine.elf_builder import build_elf
from tests.core_vm.machine.random_programs import random_program
from tests.core_vm.machine.running import Executor
from tests.soundness.honest_rows import rows_of
from tests.soundness.suite import check_determined, some_of

SEEDS = range(40, 46)
ROWS = 3
INSTRUCTIONS = [m for m in BASE_MODULES if m.table.name.startswith("misaligned") or m.table.name in FAMILIES]
# What may change alone, because nothing depends on it:
#  - any combination that is 1 proves that two registers differ, and what is zero needs no inverse;
#  - division by zero leaves the quotient's magnitude and the distance of the remainder open; results are set apart.
FREE = ("difference_inverse_", "limb_sum_inverse", "quotient_byte_", "distance_")


@cache
def sources() -> tuple[WitnessSource, ...]:
    out = []
    for seed in SEEDS:
        data = random.Random(seed).randbytes(4096)
        program = Program.from_elf(build_elf(random_program(seed, 250), data=data))
        out += [WitnessSource(program, r, record(program, r, ()), BASE_MODULES) for r in Executor(program).shards()]
    return tuple(out)


@pytest.mark.parametrize("module", INSTRUCTIONS, ids=lambda module: module.table.name)
def test_what_a_row_gives_is_determined_by_what_it_takes(module: TableModule) -> None:
    rows = np.concatenate([rows_of(module, source) for source in sources()], axis=1)
    check_determined(module.table, some_of(rows, ROWS, module.table.name), FREE)
