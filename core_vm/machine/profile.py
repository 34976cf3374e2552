"""A machine: the explicit list of its tables and precompiles. What is not listed does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from core_vm.air.multiplicity import check_multiplicities
from core_vm.air.table_set import TableSet
from core_vm.errors import UsageError
from core_vm.machine.metering import row_cells
from core_vm.machine.precompile import Precompile
from core_vm.tables.module import TableModule


@dataclass(frozen=True)
class Machine:
    """`modules` are the core tables, in order; the precompiles' tables follow in the order of `precompiles`."""

    modules: tuple[TableModule, ...]
    precompiles: tuple[Precompile, ...] = ()

    def __post_init__(self) -> None:
        numbers = [precompile.number for precompile in self.precompiles]
        if len(set(numbers)) != len(numbers):
            raise UsageError(f"two precompiles share a call number: {numbers}")

    @cached_property
    def all_modules(self) -> tuple[TableModule, ...]:
        return self.modules + tuple(module for precompile in self.precompiles for module in precompile.tables)

    @cached_property
    def tables(self) -> TableSet:
        """All tables; its digest names the machine in every proof. Raises TableDefinitionError."""
        tables = TableSet(tuple(module.table for module in self.all_modules))
        for table in tables.tables:
            check_multiplicities(table)
        return tables

    @cached_property
    def row_cells(self) -> dict[str, int]:
        """What the executor meters a shard's trace area with, see `metering.row_cells`."""
        return row_cells(self.tables.tables)
