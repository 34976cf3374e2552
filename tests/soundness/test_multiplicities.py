"""What is received any number of times is true whoever asks.

Every other message is sent or received at most once a row, or there is no machine (`core_vm.air.multiplicity`).
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from core_vm.air.expression import Expression, evaluate
from core_vm.air.table import Table
from core_vm.air.table_set import TableSet
from core_vm.field.koalabear import P
from precompiles.standard.machine import standard_machine
from recursion.tables.standard import TABLES as RECURSION_TABLES

TABLES: TableSet = standard_machine().everything.tables
PERMUTED = [table for table in TABLES.tables if any(i.bus.permutation for i in table.interactions)]


def columns_of(expression: Expression) -> set[int]:
    if expression.kind == "column":
        return {expression.value}
    parts = (part for part in (expression.left, expression.right) if part is not None)
    return set().union(*(columns_of(part) for part in parts))


def at(expression: Expression, width: int, values: dict[int, Any]) -> Any:
    """The value of an expression of integers; columns that are not listed are zero."""
    return evaluate(expression, [values.get(c, 0) for c in range(width)])


def test_tables_of_fixed_height_are_lookup_tables() -> None:
    lookups = [table for table in TABLES.tables if table.log_height is not None]
    assert [table.name for table in lookups] == ["lookups", "keccak_numbers", "keccak_rotations"]
    for table in lookups:
        assert not table.constraints
        for interaction in table.interactions:
            assert not set().union(*(columns_of(entry) for entry in interaction.message)), "keys and constants only"


def test_a_program_row_that_is_not_opened_serves_nobody() -> None:
    """With `real` zero the constraints leave no multiplicity but zero."""
    program = TABLES.tables[[t.name for t in TABLES.tables].index("program")]
    multiplicity, real = program.columns.index("multiplicity"), program.columns.index("real")
    binding = [c.expression for c in program.constraints if columns_of(c.expression) <= {multiplicity, real}]
    for value in (1, 2, P - 1):
        assert any(at(e, program.width, {multiplicity: value, real: 0}) for e in binding)


class Rows:
    """What a table's constraints on a few columns leave them, by trying."""

    def __init__(self, table: Table) -> None:
        self.table = table
        own = [c.expression for c in table.constraints if c.identity is None and c.expression.degree <= 2]
        self.rules = [(rule, columns_of(rule)) for rule in own]
        self.bits = {min(columns) for rule, columns in self.rules if len(columns) == 1 and self._is_of_a_bit(rule)}

    def _is_of_a_bit(self, rule: Expression) -> bool:
        """Of degree two it has no third zero."""
        (column,) = columns_of(rule)
        return [bool(self._at(rule, {column: value})) for value in range(3)] == [False, False, True]

    def _at(self, expression: Expression, row: dict[int, Any]) -> int:
        return at(expression, self.table.width, row) % P

    def counts(self, multiplicity: Expression) -> set[int]:
        """How often a row can have a message."""
        columns = columns_of(multiplicity)
        assert columns <= self.bits, f"{self.table.name}: {[self.table.columns[c] for c in columns - self.bits]}"
        for _, others in self.rules:
            if others & columns and others <= self.bits and len(others | columns) <= 12:
                columns = columns | others
        order = sorted(columns)
        rules = [rule for rule, others in self.rules if others and others <= columns]
        rows = (dict(zip(order, choice, strict=True)) for choice in product((0, 1), repeat=len(order)))
        return {self._at(multiplicity, row) for row in rows if not any(self._at(rule, row) for rule in rules)}


@pytest.mark.parametrize("table", PERMUTED, ids=lambda table: table.name)
def test_on_a_permutation_bus_every_choice_of_a_row_is_once_or_not_at_all(table: Table) -> None:
    """Apart from how a machine looks at its tables: on no row, in use or not, does anything but a bit that the prover
    commits to say that a message is there, and a row of zeros has none."""
    rows = Rows(table)
    for multiplicity, receives in {(i.multiplicity, i.receives) for i in table.interactions if i.bus.permutation}:
        assert all(column < table.num_main for column in columns_of(multiplicity))
        assert rows.counts(multiplicity) == {0, P - 1 if receives else 1}
        assert not at(multiplicity, table.width, {})


def test_each_table_of_a_profile_is_among_these() -> None:
    known = set(TABLES.tables)
    for tables in standard_machine().profile_tables:
        assert set(tables.tables) <= known
    assert {i.bus.name for table in PERMUTED for i in table.interactions if i.bus.permutation} == {"state", "memory"}


def test_circuits_have_no_permutation_buses() -> None:
    """Their messages are counted by keys, and a proof that hides could not blind products."""
    assert RECURSION_TABLES.grouping.factor_groups == 0
