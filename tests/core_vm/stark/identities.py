"""A table with two identities, of two digits a carry and of one, beside the toys; and one without, of the same
meaning."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from core_vm.air.expression import constant, evaluate
from core_vm.air.identity import Identity, Term
from core_vm.air.public import PublicValues
from core_vm.air.table import Table
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.field.koalabear import P
from core_vm.witness.trace import Trace
from tests.core_vm.stark.toys import LOG_RANGE, toy_tables, toy_trace

NUM_CARRIES = {2: 3, 1: 6}


def weigher() -> Table:
    """For each identity: s a b + u a a - 3 q m + 5 s b + 7 (s + u) u + r + 2 one = 0, where r makes it so, whatever the
    other columns are. Behind each stands a plain constraint of degree three."""
    t = TableBuilder("weigher")
    s, u, one = t.columns("scalar", 3)
    for group in NUM_CARRIES:
        a, b, q = (tuple(t.columns(f"{name}_{group}", 4)) for name in "abq")
        limbs, r = t.columns(f"m_{group}", 2), tuple(t.columns(f"r_{group}", 7))
        m = (limbs[0], constant(0), limbs[1] + a[0])
        carries = tuple(t.columns(f"carry_{group}", NUM_CARRIES[group]))
        terms = [((s,), a, b), (a, a, (u,)), (q, m), ((s,), b), ((s + u,), (u,)), (r,), ((one,),)]
        factors = (1, 1, -3, 5, 7, 1, 2)
        identity = Identity(tuple(Term(f, numbers) for f, numbers in zip(factors, terms, strict=True)), carries, group)
        t.identify([f"group_{i}_of_{group}" for i in range(identity.num_constraints)], identity)
        t.constrain(f"cube_of_{group}", t.column(f"cube_{group}") - s * s * u)
    return t.build()


def expanded(table: Table) -> Table:
    """The same constraints, each for itself."""
    kept = tuple(replace(c, own_expression=c.expression, identity=None, place=0) for c in table.constraints)
    return replace(table, constraints=kept)


def tables_with(table: Table) -> TableSet:
    return TableSet((*toy_tables().tables, table))


def trace_with(tables: TableSet, rows: int, of_table: int) -> tuple[Trace, PublicValues]:
    """The toys' trace and honest rows of the last table."""
    few = toy_tables()
    toys, public = toy_trace(few, rows)
    trace = Trace(tables.tables, [rows, rows, 1 << LOG_RANGE, 0, of_table])
    for number, table in enumerate(few.tables):
        for column in range(table.width):
            if toys.tiles[number]:
                trace.write(number, column, 0, toys.read(number, column))
    values = np.array([honest_row(tables.tables[-1], seed) for seed in range(of_table)], np.uint64)
    for column in range(tables.tables[-1].width if of_table else 0):
        trace.write(len(few.tables), column, 0, values[:, column])
    return trace, public


def honest_row(table: Table, seed: int) -> list[int]:
    """Random elements, and what r has to be."""
    generator = random.Random(seed)
    row = [generator.randrange(P) for _ in table.columns]
    for group in NUM_CARRIES:
        names = [c for c in table.constraints if c.name.startswith("group") and c.name.endswith(f"_of_{group}")]
        for i, constraint in enumerate(names):
            place = table.columns.index(f"r_{group}_{group * i}")
            row[place] = (row[place] - evaluate(constraint.expression, row)) % P
        row[table.columns.index(f"cube_{group}")] = row[0] * row[0] * row[1] % P
    return row
