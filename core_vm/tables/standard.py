"""The core machine's tables, in order, and the filling of a shard's trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core_vm.host.threads import run_each
from core_vm.tables import lookups, renewal
from core_vm.tables.instructions import (
    add,
    branch,
    compare,
    divide,
    ecall,
    jump,
    load,
    logic,
    misaligned,
    multiply,
    shift,
    store,
)
from core_vm.tables.trees import compression, instruction_leaf, memory_leaf, memory_node
from core_vm.witness.module import ColumnWriter, TableModule
from core_vm.witness.trace import Trace

BASE_MODULES: tuple[TableModule, ...] = (
    *add.MODULES,
    *logic.MODULES,
    *compare.MODULES,
    *shift.MODULES,
    *multiply.MODULES,
    *divide.MODULES,
    *branch.MODULES,
    *jump.MODULES,
    *load.MODULES,
    *store.MODULES,
    *misaligned.MODULES,
    *ecall.MODULES,
    *renewal.MODULES,
    *instruction_leaf.MODULES,
    *memory_leaf.MODULES,
    *memory_node.MODULES,
    *compression.MODULES,
    *lookups.MODULES,
)

CHUNK = 16384
"""Rows filled at once, a multiple of a tile: so few that intermediate arrays stay in the caches of a core, so many that
what their operations do outweighs calling them."""

if TYPE_CHECKING:
    from core_vm.tables.source import WitnessSource


def fill_trace(modules: Sequence[TableModule], source: WitnessSource | Any, threads: int = 1) -> Trace:
    """The trace of a shard: every table filled from `source`, then the lookups counted.

    Raises WitnessError for a row that looks up what no lookup table holds.
    """
    from core_vm.witness.lookups import count_lookups

    rows = [module.num_rows(source) for module in modules]
    trace = Trace([module.table for module in modules], rows)
    work = [
        (number, start, min(start + CHUNK, count))
        for number, count in enumerate(rows)
        if modules[number].fill
        for start in range(0, count, CHUNK)
    ]

    def fill(piece: tuple[int, int, int]) -> None:
        number, start, stop = piece
        function = modules[number].fill
        assert function is not None
        writer = ColumnWriter(trace, number, start)
        function(source, start, stop, writer)
        writer.finish()

    run_each(fill, work, threads)
    count_lookups(trace, threads)
    return trace
