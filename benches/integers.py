"""256-bit integers by calls and in plain C: what one operation costs, with the loop around it and its first operand."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benches.row_costs import RowCosts, row_costs
from core_vm.guest.build import build
from core_vm.machine.program.program import Program
from precompiles.guest_sources import guest_sources
from precompiles.standard.machine import standard_machine

OPERATIONS = ("add with carry", "compare", "multiply, both halves", "divide, with remainder")
SOURCE = Path(__file__).with_name("integers.c")
FEW, MORE = 100, 600


@cache
def _program() -> Program:
    with tempfile.TemporaryDirectory() as folder:
        elf = Path(folder) / "integers.elf"
        build([SOURCE], elf, library_sources=guest_sources())
        return Program.from_elf(elf.read_bytes())


def report(console: Console, scale: float) -> None:
    """One row an operation, whatever the scale. Both ways have to give the same result."""
    table = Table(title="256-bit integers, instructions and microseconds of rows at the ceilings")
    for heading in ("operation", "instructions in C", "with a call", "microseconds in C", "with a call", "times less"):
        table.add_column(heading, justify="left" if heading == "operation" else "right")
    for place, name in enumerate(OPERATIONS):
        (software, slow), (called, fast) = (_each(place, by_call) for by_call in (False, True))
        table.add_row(
            name, f"{software:,.0f}", f"{called:,.0f}", f"{slow / 1e3:.1f}", f"{fast / 1e3:.1f}", f"{slow / fast:.1f}"
        )
    console.print(table)


def _each(operation: int, by_call: bool) -> tuple[float, float]:
    """Instructions and nanoseconds of one more."""
    few, more = (_run(operation, by_call, count) for count in (FEW, MORE))
    if more.output != _run(operation, not by_call, MORE).output:
        raise AssertionError(f"{OPERATIONS[operation]}: calls and plain C differ")
    count = MORE - FEW
    return int(more.executions.sum() - few.executions.sum()) / count, (more.everything - few.everything) / count


@cache
def _run(operation: int, by_call: bool, count: int) -> RowCosts:
    data = bytes([operation, by_call]) + count.to_bytes(2, "little")
    return row_costs(_program(), data, standard_machine())
