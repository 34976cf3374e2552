"""That two operands of a call have no dword in common."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_vm.air.expression import Expression, as_expression
from core_vm.field.koalabear import P
from core_vm.tables.gadgets.accesses import AccessTable
from core_vm.tables.gadgets.inverses import inverses
from core_vm.tables.gadgets.witness_table import Witness


def constrain_apart(t: AccessTable, name: str, distance: Expression, witness: Witness, nearest: range) -> None:
    """A distance between indices of dwords is none of `nearest`, zero among them, on rows in use; int64 from `witness`.

    Indices are below 2^29, so a distance is one of these integers if it is one modulo p. The product of what it
    differs from them by is zero then, and only then: else it has an inverse. It is made in parts, as no constraint has
    a degree above three; zero comes first, so that on rows of zeros all parts are zero.
    """
    values = sorted(nearest, key=abs)
    assert values[0] == 0

    def product_of(count: int) -> Witness:
        return lambda rows: _product(np.asarray(witness(rows)), values[:count])

    product, done = as_expression(1), 0
    while len(values) - done > 1:
        first, done = done, min(done + (2 if done else 3), len(values))
        for value in values[first:done]:
            product = product * (distance - value)
        part = t.column(f"{name}_product_{done}", product_of(done))
        t.constrain(f"{name}_product_of_{done}", product - part)
        product = part
    for value in values[done:]:
        product = product * (distance - value)
    inverse = t.column(f"{name}_inverse", lambda rows: inverses(product_of(len(values))(rows)))
    t.constrain(name, inverse * product - t.real)


def _product(distance: Any, values: list[int]) -> np.ndarray:
    """Modulo p, uint64."""
    product = np.ones(len(distance), np.uint64)
    for value in values:
        product = product * ((distance - value) % P).astype(np.uint64) % np.uint64(P)
    return product
