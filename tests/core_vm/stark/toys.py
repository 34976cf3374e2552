"""Three tables with a bus of each kind, a lookup and public messages: small enough to prove in plain Python."""

from __future__ import annotations

import random

import numpy as np

from core_vm.air.public import PublicMessage, PublicValues
from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.pcs.whir.config import WhirConfig
from core_vm.stark.config import StarkConfig
from core_vm.witness.trace import Trace

# Small canonical shapes, few queries and little grinding: the tests are about the arguments, not about parameters.
QUICK = StarkConfig(
    WhirConfig(security_bits=8, grinding_bits=2, log_segments=(8, 10, 13), min_tile_bits=1), fingerprint_grinding_bits=2
)
ADD = Bus("add", 1, ("x", "y", "sum"))
RANGE = Bus("range", 2, ("value",))
STATE = Bus("state", 3, ("pc",), permutation=True)
SUMMED_STATE = Bus("state", 3, ("pc",))
"""The same for tables without factors."""
LOG_RANGE = 6


def caller(state: Bus = STATE) -> Table:
    t = TableBuilder("caller")
    real, pc, x, y, total = t.bit("real"), t.column("pc"), t.column("x"), t.column("y"), t.column("sum")
    t.receive(state, [pc], real)
    t.send(state, [pc + 1], real)
    t.send(ADD, [x, y, total], real)
    return t.build()


def adder() -> Table:
    t = TableBuilder("adder")
    real, a, b, total = t.bit("real"), t.column("a"), t.column("b"), t.column("total")
    t.constrain("total_is_a_plus_b", real * real * (a + b - total))
    t.receive(ADD, [a, b, total], real)
    t.send(RANGE, [a], real)
    t.send(RANGE, [2 * b + 1], real)
    return t.build()


def range_table(log_height: int = LOG_RANGE) -> Table:
    t = TableBuilder("range", log_height=log_height)
    value = t.key("value", lambda bits: sum((bit * 2**k for k, bit in enumerate(bits)), bits[0] * 0))
    multiplicity = t.column("multiplicity")
    t.receive(RANGE, [value], multiplicity)
    return t.build()


def idle() -> Table:
    """A table that usually has no rows."""
    t = TableBuilder("idle")
    real, a, b = t.bit("real"), t.column("a"), t.column("b")
    t.constrain("b_is_a_squared", b - a * a)
    t.send(RANGE, [a], real)
    return t.build()


def toy_tables(log_range: int = LOG_RANGE, state: Bus = STATE) -> TableSet:
    return TableSet((caller(state), adder(), range_table(log_range), idle()))


def toy_trace(
    tables: TableSet,
    rows: int,
    adder_padding: int = 0,
    idle_rows: int = 0,
    seed: int = 1,
    absent: bool = False,
) -> tuple[Trace, PublicValues]:
    """`rows` calls, all of them true; `adder_padding` further rows of the adder that are switched off. The range's
    table may be `absent`: then nobody receives what the others look up."""
    rng = random.Random(seed)
    height = 1 << tables.tables[2].log_height
    x = np.array([rng.randrange(height) for _ in range(rows)], np.uint64)
    y = np.array([rng.randrange(height // 2) for _ in range(rows)], np.uint64)
    off = np.zeros(adder_padding, np.uint64)
    a = np.array([rng.randrange(height) for _ in range(idle_rows)], np.uint64)
    counts = sum(np.bincount(v.astype(np.int64), minlength=height) for v in (x, 2 * y + 1, a))
    ones = np.ones(rows, np.uint64)
    trace = Trace(tables.tables, [rows, rows + adder_padding, 0 if absent else height, idle_rows])
    columns = [
        [ones, 100 + np.arange(rows, dtype=np.uint64), x, y, x + y],
        [np.concatenate([v, off]) for v in (ones, x, y, x + y)],
        [] if absent else [counts],
        [np.ones(idle_rows, np.uint64), a, a * a],
    ]
    for table, values in enumerate(columns):
        for column, v in enumerate(values):
            trace.write(table, column, 0, v)
    return trace, toy_public(100, 100 + rows, tables.tables[0].interactions[0].bus)


def toy_public(first: int, last: int, state: Bus = STATE) -> PublicValues:
    return PublicValues((first, last), (PublicMessage(state, 1, (first,)), PublicMessage(state, -1, (last,))))
