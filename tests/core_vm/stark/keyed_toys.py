"""Tables with fixed columns, small: a chain of squares under a key."""

from __future__ import annotations

import numpy as np

from core_vm.air.public import PublicMessage, PublicValues
from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.field.koalabear import P

CELL = Bus("cell", 1, ("address", "value"))
ROWS = 70


def square() -> Table:
    """x at one address, its square at the next; `times` readers."""
    t = TableBuilder("square")
    x, y = t.columns("x", 2)
    real, address, times = t.fixed("real"), t.fixed("address"), t.fixed("times")
    t.constrain("y_is_the_square", y - x * x)
    t.receive(CELL, [address, x], real)
    t.send(CELL, [address + 1, y], times)
    return t.build()


def constant() -> Table:
    """A table of nothing but fixed columns."""
    t = TableBuilder("constant")
    address, value, times = (t.fixed(name) for name in ("address", "value", "times"))
    t.send(CELL, [address, value], times)
    return t.build()


def unused() -> Table:
    t = TableBuilder("unused")
    a, k = t.column("a"), t.fixed("k")
    t.constrain("a_is_k", a - k)
    return t.build()


TABLES = TableSet((square(), constant(), unused()))


def fixed_columns(rows: int = ROWS, first: int = 3) -> list[np.ndarray]:
    """A chain of squares from `first`."""
    squares = np.stack([np.ones(rows), 10 + np.arange(rows), np.ones(rows)]).astype(np.int64)
    return [squares, np.array([[10], [first], [1]]), np.zeros((1, 0), np.int64)]


def main_columns(rows: int = ROWS, first: int = 3) -> list[np.ndarray]:
    chain = [first]
    for _ in range(rows):
        chain.append(chain[-1] ** 2 % P)
    return [np.array([chain[:-1], chain[1:]]), np.zeros((0, 1), np.int64), np.zeros((1, 0), np.int64)]


def public_of(result: int, rows: int = ROWS) -> PublicValues:
    return PublicValues((result,), (PublicMessage(CELL, -1, (10 + rows, result)),))
