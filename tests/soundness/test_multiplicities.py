"""What is received any number of times is true whoever asks.

Every other message is sent or received at most once a row, or there is no machine (`core_vm.air.multiplicity`).
"""

from __future__ import annotations

from typing import Any

from core_vm.air.expression import Expression, evaluate
from core_vm.air.table_set import TableSet
from core_vm.field.koalabear import P
from precompiles.standard.machine import standard_machine

TABLES: TableSet = standard_machine().everything.tables


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
