"""What proving a run costs by its rows, at the ceilings of `benches.proving`: of instructions, as if all accesses were
aligned, and of precompiles' calls. Memory's leaves and tables of fixed height are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from benches.proving import CEILINGS
from core_vm.isa.forms import FAMILIES, family_numbers
from core_vm.machine.execute.executor import Executor
from core_vm.machine.machine import Machine
from core_vm.machine.program.program import Program
from core_vm.machine.shard import ShardRecord


class _CountingExecutor(Executor):
    """Adds up how often each slot of the program is executed, and each precompile called, over all shards."""

    executions: np.ndarray | int = 0
    num_calls: Mapping[str, int] = MappingProxyType({})

    def _end_shard(self, start_registers: np.ndarray, pc_start: int) -> ShardRecord | None:
        self.executions = self.executions + self.interpreter.counts
        self.num_calls = Counter(self.num_calls) + Counter(self.interpreter.calls.counts)
        return super()._end_shard(start_registers, pc_start)


@dataclass(frozen=True, slots=True)
class RowCosts:
    """`executions` and `costs` (slots,) of the program's instructions, `called` of all calls: nanoseconds."""

    executions: np.ndarray
    costs: np.ndarray
    called: float
    output: bytes

    @property
    def everything(self) -> float:
        return float(self.costs.sum()) + self.called


def cost(cells: float, interactions: float) -> float:
    """Nanoseconds."""
    return CEILINGS["commit"] * cells + CEILINGS["gkr"] * interactions


def cost_of_rows(machine: Machine) -> dict[str, float]:
    """Of a row of each table, nanoseconds."""
    return {table.name: cost(table.width, len(table.interactions)) for table in machine.everything.tables.tables}


def row_costs(guest: Program, data: bytes, machine: Machine) -> RowCosts:
    """Executes a guest on its input."""
    executor = _CountingExecutor(
        guest, data, precompiles=machine.precompiles, costs=machine.row_cells, with_records=False
    )  # fmt: skip
    list(executor.shards())
    executions, rows = np.asarray(executor.executions), cost_of_rows(machine)
    of_slots = np.array([rows.get(family, 0.0) for family in FAMILIES])[family_numbers(guest.instructions)]
    called = sum(
        executor.num_calls.get(precompile.name, 0) * rows[module.table.name] * module.rows_per_call
        for precompile in machine.precompiles
        for module in precompile.tables
        if module.table.log_height is None
    )
    return RowCosts(executions, executions * of_slots, called, executor.summary().output)
