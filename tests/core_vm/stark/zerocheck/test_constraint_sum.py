"""Batched constraints against each constraint alone, and sums of powers against their terms."""

from __future__ import annotations

import random

import pytest

from core_vm.air.expression import evaluate
from core_vm.air.table import Table
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.stark.zerocheck.constraint_sum import OfRho, batched_constraints
from core_vm.transcript.numbers import NUMBERS
from precompiles.standard.machine import standard_machine
from tests.elements import random_element

TABLES = {table.name: table for profile in standard_machine().profiles for table in profile.tables.tables}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_each_constraint_counts_with_its_power(name: str) -> None:
    """At columns of F that satisfy nothing, where constraints are evaluated as they are declared."""
    table, rng = TABLES[name], random.Random(name)
    columns, rho = [rng.randrange(P) for _ in table.columns], random_element(rng)
    expected, power = K.zero, rho
    for value in _values(table, columns):
        expected, power = expected + power * value, power * rho
    assert batched_constraints(NUMBERS, TableSet((table,)), rho, [K(value) for value in columns]) == expected


def _values(table: Table, columns: list[int]) -> list[int]:
    known: dict = {}
    return [evaluate(constraint.expression, columns, (), known) for constraint in table.constraints]


def test_constraints_of_all_tables_follow_one_another() -> None:
    rng = random.Random(3)
    tables = [TABLES["add"], TABLES["modular_256"], TABLES["keccak_numbers"], TABLES["branch_less"]]
    columns, rho = [[rng.randrange(P) for _ in table.columns] for table in tables], random_element(rng)
    expected, power = K.zero, rho
    for table, of_table in zip(tables, columns, strict=True):
        for value in _values(table, of_table):
            expected, power = expected + power * value, power * rho
    values = [K(value) for of_table in columns for value in of_table]
    assert batched_constraints(NUMBERS, TableSet(tuple(tables)), rho, values) == expected


@pytest.mark.parametrize(
    "places",
    [[0], [5], [0, 1, 2, 3], [3, 4, 5], [0, 2, 4, 6, 8], [1, 2, 3, 60, 61, 62], [7, 9, 10, 14, 15, 16, 90], [0, 77]],
)
def test_sums_of_powers_step_over_what_is_missing(places: list[int]) -> None:
    rng = random.Random(len(places))
    rho, values = random_element(rng), {place: random_element(rng) for place in places}
    of_rho, powers = OfRho(NUMBERS, rho), [K.one]
    for _ in range(max(places)):
        powers.append(powers[-1] * rho)
    assert of_rho.inner(values) == sum((powers[place] * value for place, value in values.items()), K.zero)
    numbers = tuple((place, rng.randrange(P)) for place in places)
    assert of_rho.number(numbers) == sum((powers[place] * number for place, number in numbers), K.zero)
    assert [of_rho.power(k) for k in range(max(places) + 1)] == powers
