"""Whoever sends on the bus of compressions says which ones, and for how many a call."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core_vm.errors import UsageError, WitnessError
from core_vm.machine.precompile import Operand, Precompile
from core_vm.tables.buses import COMPRESS
from core_vm.tables.standard import BASE_MODULES, fill_trace
from core_vm.witness.check import check_trace
from core_vm.witness.module import TableModule
from precompiles.standard.machine import standard_machine
from tests.core_vm.machine.python_kernel import PythonKernel, rows_of
from tests.core_vm.tables.shards import program_of, public_messages, sources_of


def num_requests(module: TableModule) -> int:
    return sum(i.bus == COMPRESS and not i.counted for i in module.table.interactions)


@pytest.mark.parametrize("module", standard_machine().everything.modules, ids=lambda module: module.table.name)
def test_a_table_that_asks_for_compressions_says_which(module: TableModule) -> None:
    assert (module.compressions is not None) == (num_requests(module) > 0)
    assert module.compressions_per_call == module.rows_per_call * num_requests(module)


def test_requests_that_are_kept_back_leave_their_bus_unbalanced() -> None:
    program = program_of([])
    ((record, source),) = sources_of(program)
    source.modules = [
        replace(module, compressions=None) if module.table.name == "memory_leaf" else module for module in BASE_MODULES
    ]
    with pytest.raises(WitnessError, match="compress"):
        check_trace(fill_trace(BASE_MODULES, source), public_messages(program, record))


def test_a_precompile_that_does_not_say_how_many_a_call_is_refused() -> None:
    module = replace(rows_of("asking"), rows_per_call=1, compressions=lambda source: np.zeros((0, 16), np.uint32))
    kernel = PythonKernel(lambda values: None, 1)
    precompile = Precompile("asking", 0x1000, (Operand(10, 1, "read"),), lambda: kernel, lambda: (module,))
    with pytest.raises(UsageError, match="compressions_per_call of asking has to be at least 1"):
        precompile.tables  # noqa: B018
