"""The honest trace of `everything` with room for rows that a prover adds to the trees' tables."""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.air.table import TILE
from core_vm.witness.trace import Trace
from tests.soundness.runs import TABLES, everything

TREES = ("memory_leaf", "memory_node", "program")


def number_of(table: str) -> int:
    return [t.name for t in TABLES.tables].index(table)


@cache
def honest() -> tuple[tuple[int, ...], list[np.ndarray]]:
    """The rows in use of each table of `everything`, and all its columns, canonical."""
    trace = everything().trace()
    return trace.num_rows, [trace.read_table(number) for number in range(len(trace.tables))]


def roomy_trace() -> Trace:
    """The honest trace with another tile of filling rows in each table of the trees."""
    used, tables = honest()
    room = [rows + TILE * (t.name in TREES) for rows, t in zip(used, TABLES.tables, strict=True)]
    trace = Trace(TABLES.tables, room)
    for number, columns in enumerate(tables):
        for place, values in enumerate(columns):
            trace.write(number, place, 0, values)
    return trace


def rows_in_use(table: str) -> int:
    return honest()[0][number_of(table)]
