"""Constraints as products: the same polynomial, and as few terms as the table's author would write."""

from __future__ import annotations

import random

import pytest

from core_vm.air.expression import evaluate
from core_vm.air.products import ONE, Products, products_of
from core_vm.air.table_set import TableSet
from core_vm.field.koalabear import P
from tests.core_vm.air.table_sets import SETS, mixed


def value_of(products: Products, columns: list[int], rho: int) -> int:
    """By the definition."""
    forms = [(constant + sum(columns[c] * value for c, value in terms)) % P for constant, terms in products.forms]

    def product(factors: tuple[int, ...]) -> int:
        a, b, c = (forms[number] for number in factors)
        return a * b * c % P

    total = 0
    for occurrences, values in ((products.weights, [product(t) for t in products.terms]), (products.linear, forms)):
        for o in occurrences:
            total += o.coefficient * pow(rho, o.constraint + 1, P) * product(o.known) * values[o.of]
    return total % P


def batched(tables: TableSet, columns: list[int], rho: int) -> int:
    """sum_c rho^(c + 1) C_c, constraint by constraint."""
    total, at, number = 0, 0, 0
    for table in tables.tables:
        of_table = columns[at : at + table.width]
        at += table.width
        for constraint in table.constraints:
            number += 1
            total += pow(rho, number, P) * evaluate(constraint.expression, of_table)
    return total % P


@pytest.mark.parametrize("tables", SETS.values(), ids=SETS.keys())
def test_products_add_up_to_the_batched_constraints(tables: TableSet) -> None:
    rng, products = random.Random(1), products_of(tables)
    for _ in range(3):
        columns, rho = [rng.randrange(P) for _ in range(tables.num_columns)], rng.randrange(P)
        assert value_of(products, columns, rho) == batched(tables, columns, rho)


def test_every_form_of_a_term_has_a_column_that_is_not_known() -> None:
    tables = SETS["fixed columns"]
    products = products_of(tables)
    main = {0, 1, 2, *range(5, tables.num_columns)}
    assert products.forms[0] == ONE
    for term in products.terms:
        assert sum(number > 0 for number in term) >= 2
        assert all(number == 0 or main & {c for c, _ in products.forms[number][1]} for number in term)
    for occurrence in (*products.weights, *products.linear):
        assert not any(main & {c for c, _ in products.forms[number][1]} for number in occurrence.known)


def test_equal_factors_are_one_term() -> None:
    products = products_of(TableSet((mixed(),)))
    # (x + g)(y - 2 f), x y z and x y f, z z and z f, the cube, and z 3 times z 4
    assert len(products.terms) == 5
    cube = [term for term in products.terms if len(set(term)) == 1]
    assert len(cube) == 1
