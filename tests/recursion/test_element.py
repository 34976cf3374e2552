"""Elements over expressions and over columns are those of the extension field."""

from __future__ import annotations

import random

import numpy as np

from core_vm.air.expression import column, evaluate
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from recursion.tables.element import Element, lifted
from recursion.tables.rows import ColumnValues


def formula(a, b, c):
    """Any of the operations, on anything that has them."""
    return (a * b + c) * a - b * 3 + a * 2 - c * b


def test_elements_compute_as_the_field_does() -> None:
    rng = random.Random(1)
    values = [[rng.randrange(P) for _ in range(15)] for _ in range(20)]
    symbols = [Element(tuple(column(5 * k + i) for i in range(5))) for k in range(3)]
    rows = np.array(values, np.uint64).T
    columns = [Element(tuple(ColumnValues(rows[5 * k + i]) for i in range(5))) for k in range(3)]
    computed = np.stack([c.values for c in formula(*columns).coefficients], axis=1)
    for number, row in enumerate(values):
        expected = formula(*(K(*row[5 * k : 5 * k + 5]) for k in range(3)))
        assert tuple(evaluate(c, row) for c in formula(*symbols).coefficients) == expected.c
        assert tuple(computed[number].tolist()) == expected.c


def test_an_element_of_the_base_field_has_four_zeros() -> None:
    assert lifted(7).coefficients == (7, 0, 0, 0, 0)
    assert lifted(Element.of([1, 2])).coefficients == (1, 2, 0, 0, 0)
