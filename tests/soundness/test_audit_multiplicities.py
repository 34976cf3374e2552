"""Every message is sent or received at most once a row, by constraints of the row alone.

A balance in F is a balance of integers only if multiplicities are 0 or 1 (there are fewer messages than p). The
exceptions receive what is true whoever asks: rows of the lookup table, true compressions, opened instructions.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest

from core_vm.air.expression import Expression, evaluate
from core_vm.air.table import Table
from core_vm.air.table_set import TableSet
from core_vm.field.koalabear import P
from precompiles.standard import standard_machine

COUNTED_RECEIVES = {("compression", "compress"), ("program", "program")}
TABLES: TableSet = standard_machine().everything.tables


def columns_of(expression: Expression) -> set[int]:
    if expression.kind == "column":
        return {expression.value}
    parts = (part for part in (expression.left, expression.right) if part is not None)
    return set().union(*(columns_of(part) for part in parts))


def at(expression: Expression, width: int, values: dict[int, Any]) -> Any:
    """The value of an expression of integers, or of arrays of them; columns that are not listed are zero."""
    return evaluate(expression, [values.get(c, 0) for c in range(width)])


@cache
def bits_of(table: Table) -> frozenset[int]:
    """Columns with a constraint that is a multiple of x (x - 1)."""
    bits = set()
    for constraint in table.constraints:
        columns = columns_of(constraint.expression)
        if len(columns) == 1:
            (x,) = columns
            values = [at(constraint.expression, table.width, {x: v}) for v in (0, 1, 2, 3, 4)]
            if (
                values[:2] == [0, 0]
                and values[2]
                and all(v == values[2] * n % P for v, n in zip(values[2:], (1, 3, 6)))
            ):
                bits.add(x)
    return frozenset(bits)


@cache
def constraints_on_bits(table: Table) -> tuple[Expression, ...]:
    return tuple(c.expression for c in table.constraints if columns_of(c.expression) <= bits_of(table))


def possible_multiplicities(table: Table, multiplicity: Expression) -> set[int]:
    """The values that the constraints on bits alone leave. Fails unless all its columns are bits.

    Bits that share a constraint with them take part: the other selectors of a table.
    """
    bits, own = bits_of(table), columns_of(multiplicity)
    assert own <= bits, [table.columns[c] for c in own - bits]
    on_bits = constraints_on_bits(table)
    columns = sorted(own.union(*(columns_of(e) for e in on_bits if columns_of(e) & own)))
    binding = [e for e in on_bits if columns_of(e) <= set(columns)]
    choices = np.array(list(product((0, 1), repeat=len(columns))), np.int64)
    values = dict(zip(columns, choices.T, strict=True))
    allowed = np.ones(len(choices), np.bool_)
    for expression in binding:
        allowed &= at(expression, table.width, values) == 0
    return set((at(multiplicity, table.width, values) + 0 * choices[:, 0])[allowed].tolist())


@pytest.mark.parametrize("table", [t for t in TABLES.tables if t.log_height is None], ids=lambda table: table.name)
def test_multiplicities_are_zero_or_one(table: Table) -> None:
    for interaction in table.interactions:
        if (table.name, interaction.bus.name) in COUNTED_RECEIVES:
            continue
        found = possible_multiplicities(table, interaction.multiplicity)
        assert found in ({0, 1}, {0, P - 1}), (interaction.bus.name, found)


def test_only_the_lookup_table_has_a_fixed_height() -> None:
    assert [t.name for t in TABLES.tables if t.log_height is not None] == ["lookups"]
    lookups = TABLES.tables[[t.name for t in TABLES.tables].index("lookups")]
    assert not lookups.constraints
    for interaction in lookups.interactions:
        assert not set().union(*(columns_of(entry) for entry in interaction.message)), "keys and constants only"


def test_a_program_row_that_is_not_opened_serves_nobody() -> None:
    """With `real` zero the constraints leave no multiplicity but zero."""
    program = TABLES.tables[[t.name for t in TABLES.tables].index("program")]
    multiplicity, real = program.columns.index("multiplicity"), program.columns.index("real")
    binding = [c.expression for c in program.constraints if columns_of(c.expression) <= {multiplicity, real}]
    for value in (1, 2, P - 1):
        assert any(at(e, program.width, {multiplicity: value, real: 0}) for e in binding)
