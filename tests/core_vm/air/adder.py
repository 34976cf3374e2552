"""A table of sums, to declare, fill and forge."""

from __future__ import annotations

from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder

SUM = Bus("sum", 1, ("a", "b", "total"))


def adder() -> Table:
    """Each row receives that a + b = total."""
    t = TableBuilder("adder")
    real = t.bit("real")
    a, b, total = t.column("a"), t.column("b"), t.column("total")
    t.constrain("total_is_a_plus_b", real * (a + b - total))
    t.receive(SUM, [a, b, total], real)
    return t.build()
