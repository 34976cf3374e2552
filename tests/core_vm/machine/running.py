"""Runs of the machine without precompiles, for tests that are not about what its rows cost."""

from functools import partial

from core_vm.machine.execute.execute import execute as execute_with
from core_vm.machine.execute.executor import Executor as ExecutorWith
from core_vm.machine.execute.metering import row_cells
from core_vm.tables.standard import BASE_MODULES

CORE_COSTS = row_cells(module.table for module in BASE_MODULES)
Executor = partial(ExecutorWith, costs=CORE_COSTS)
execute = partial(execute_with, costs=CORE_COSTS)
