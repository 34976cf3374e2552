"""Runs of the machine without precompiles, for tests that are not about what its rows cost."""

from functools import partial

from core_vm.machine.execute import executor
from core_vm.machine.execute.metering import row_cells
from core_vm.tables.standard import BASE_MODULES

CORE_COSTS = row_cells(module.table for module in BASE_MODULES)
Executor = partial(executor.Executor, costs=CORE_COSTS)
execute = partial(executor.execute, costs=CORE_COSTS)
