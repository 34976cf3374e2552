"""A table of many messages on a permutation bus, some of whose rows have none, and what others may write there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.public import PublicMessage, PublicValues
from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.witness.trace import Trace

CELL = Bus("cell", 5, ("address", "value", "time"), permutation=True)
STEP = 7


def mover(moves: int) -> Table:
    """A row that is real moves `moves` cells, each by STEP: what it receives and sends has columns of its own, so it
    may say what it likes; constants stand between them."""
    t = TableBuilder("mover")
    for number in range(moves):
        real = t.bit(f"real_{number}")
        before, after = t.column(f"before_{number}"), t.column(f"after_{number}")
        t.receive(CELL, [3 * before + number, before, number], real)
        t.send(CELL, [3 * after + number, after, number + 1], real)
        t.constrain(f"cell_{number}_moves", real * (after - before - STEP))
    return t.build()


def moved(rows: Sequence[Sequence[tuple[int, int, int]]], moves: int) -> tuple[TableSet, Trace]:
    """The trace of these rows: (real, before, after) of each move."""
    tables = TableSet((mover(moves),))
    trace = Trace(tables.tables, [len(rows)])
    for column, values in enumerate(np.array(rows, np.uint64).reshape(len(rows), 3 * moves).T):
        trace.write(0, column, 0, values)
    return tables, trace


def message(sign: int, number: int, value: int, time: int, present: int = 1) -> PublicMessage:
    return PublicMessage(CELL, sign, (3 * value + number, value, time), present)


def outside(moves: Sequence[tuple[int, int]]) -> PublicValues:
    """What balances one move of each of these (number, value)."""
    messages = [
        of_move
        for number, value in moves
        for of_move in (message(1, number, value, number), message(-1, number, value + STEP, number + 1))
    ]
    return PublicValues((), tuple(messages))
