"""The tables of points over Fp2 under the attacks that every table goes through."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from core_vm.air.table import Table
from core_vm.witness.check import violations
from precompiles.g2 import reference
from precompiles.g2.calls import CALLS
from precompiles.g2.fields import BLS12_381, BN254, FIELDS, Field
from precompiles.g2.reference import OPERATIONS, Element
from precompiles.g2.table import g2_module
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.g2.both import RowOfBoth
from tests.precompiles.g2.calls import cases, plain_case, random_element, rows
from tests.precompiles.g2.forger import EQUATIONS, GROUPS, OUTPUTS, Row
from tests.precompiles.shared.forged import decided_below, objections
from tests.soundness.column_mutations import mutate
from tests.soundness.row_search import lookups_hold
from tests.soundness.suite import check_changed_cells, check_deletions, check_determined, check_filling_row

each_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
smaller_field_first = pytest.mark.parametrize(
    "field", [BN254, pytest.param(BLS12_381, marks=pytest.mark.slow)], ids=lambda field: field.name
)
"""Both are the same code: the larger one where time is no matter."""
each_operation = pytest.mark.parametrize("operation", OPERATIONS)
MEASURED = {BN254: (1472, 940), BLS12_381: (2249, 1431)}
"""Columns and interactions."""
WEIGHTS = "the_run_is_not_zero_weight"


def is_weight(table: Table, row: np.ndarray, column: str) -> bool:
    """Any weights will do that show two numbers to be different."""
    return column.startswith(WEIGHTS)


@each_field
@each_operation
def test_honest_rows_are_accepted(operation: str, field: Field) -> None:
    table, honest = g2_module(field).table, rows(cases(operation, field, 100))
    assert (table.width, len(table.interactions)) == MEASURED[field]
    assert not violations(table, honest)
    assert lookups_hold(table, honest).all()


@each_field
@each_operation
def test_the_forger_agrees_with_honest_rows(operation: str, field: Field) -> None:
    honest = [Row(case) for case in [plain_case(operation, field), *cases(operation, field, 100)[:10]]]
    before = [list(row.values) for row in honest]
    assert [row.solve().values for row in honest] == before
    assert not any(objections(honest))


@each_field
@each_operation
def test_no_constraint_reaches_p(operation: str, field: Field) -> None:
    """By other code than the table's own, from what is looked up, operation by operation."""
    given = {f"is_{CALLS.name_of(other, field)}": (int(other == operation),) * 2 for other in OPERATIONS}
    apart = {c.name for c in g2_module(field).table.constraints if c.name.startswith("operand_1_is_apart")}
    assert wraps(g2_module(field).table, given) == (set(), {"the_run_is_not_zero", *apart})


@smaller_field_first
def test_every_changed_cell_is_noticed(field: Field) -> None:
    table, honest = g2_module(field).table, rows([plain_case(operation, field) for operation in OPERATIONS])
    check_changed_cells(mutate(table, honest, range(honest.shape[1]), spread=True), is_weight)
    check_filling_row(table, honest, [0])


@pytest.mark.slow
@smaller_field_first
@each_operation
def test_what_a_row_gives_is_determined_by_what_it_takes(operation: str, field: Field) -> None:
    check_determined(g2_module(field).table, [rows([plain_case(operation, field)])[:, 0]], (WEIGHTS,))


@smaller_field_first
@each_operation
def test_every_constraint_of_an_equation_is_missed_when_deleted(operation: str, field: Field) -> None:
    """Rows in which an equation is wrong by a power of its base: one group alone is."""
    case = plain_case(operation, field)
    for place, name in enumerate(EQUATIONS):
        for k in range(2):
            last = len(Row(case).digits(f"{name}_{k}_carry"))
            names = [*(f"{name}_{k}_group_{i}_is_carried_on" for i in range(last)), f"{name}_{k}_adds_up_to_zero"]
            wrong = []
            for group in range(last + 1):
                errors: list[Element] = [(0, 0)] * 4
                error = 2 ** (8 * GROUPS[name] * group)
                errors[place] = (0, error) if k else (error, 0)
                wrong.append(Row(case).solve(errors=errors))
            assert objections(wrong) == [{constraint} for constraint in names]


@each_field
def test_every_constraint_of_the_digits_of_the_slope_is_missed_when_deleted(field: Field) -> None:
    """The slope that memory gets is another one by a power of 2^16: one group alone is wrong."""
    case, wrong, expected = plain_case("add", field), [], []
    for k in range(2):
        last = field.bits // 16 - 1
        for group in range(last + 1):
            row = Row(case)
            slope = row.number(f"slope_{k}")
            wrong.append(row.set_number(f"slope_{k}", slope + 2 ** (16 * group)).repair().compare())
            groups = [f"group_{i}_is_carried_on" for i in range(last)]
            expected.append({f"digits_of_slope_{k}_{[*groups, 'adds_up_to_zero'][group]}"})
    assert objections(wrong) == expected


def with_number(field: Field, name: str, value: int) -> Row:
    """A sum in which a part of an operand's x, or of a result, is `value`, also where that is not reduced, and all else
    follows."""
    generator, m = random.Random(name), field.modulus
    given = {n: random_element(generator, field) for n in ("slope", "x1", "x3", "y3", "intercept")}
    number, part = name.rsplit("_", 1)

    def put(element: Element) -> Element:
        return (value, element[1]) if part == "0" else (element[0], value)

    def times(a: Element, b: Element) -> Element:
        return reference.product(a, b, m)

    def minus(a: Element, b: Element) -> Element:
        return reference.difference(a, b, m)

    if number != "x2":
        given[number] = put(given[number])
    s, x1, x3, y3 = given["slope"], given["x1"], given["x3"], given["y3"]
    x2 = minus(minus(times(s, s), x1), x3)
    if number == "x2":
        x2 = put(x2)
        x3 = minus(minus(times(s, s), x1), x2)
    if number == "intercept":
        y3 = minus(minus((0, 0), times(s, x3)), given["intercept"])
    y1 = minus(times(s, minus(x1, x3)), y3)
    y2 = minus(y1, times(s, minus(x1, x2)))
    intercept = given["intercept"] if number == "intercept" else minus(y1, times(s, x1))
    row = Row(plain_case("add", field)).set_slope(s)
    for n, element in (("x1", x1), ("x2", x2), ("x3", x3), ("y1", y1), ("y2", y2), ("y3", y3)):
        row.set_element(n, element)
    row.set_element("intercept", intercept)
    return row.solve(result=False)


@each_field
def test_every_limb_above_the_deciding_one_is_missed_when_its_constraint_is_deleted(field: Field) -> None:
    """Numbers that differ from the modulus in one limb, in which they are larger if they can be, and pretend that a
    lower one decides."""
    lies, expected = [], []
    compared = {"x2_1": "minuend_of_the_run", "x1_1": "subtrahend_of_the_run", **{name: name for name in OUTPUTS}}
    for name, comparison in compared.items():
        for limb in range(1, field.bits // 16):
            value, lower = decided_below(field.modulus, field.bits, limb)
            row = with_number(field, name, value)
            if name in OUTPUTS:
                row.decide(name, lower)
            else:
                row.show_in(1).decide_of(comparison, value, lower)
            lies.append(row)
            expected.append({f"{comparison}_is_reduced_limbs_{limb}_agree_above_the_deciding_one"})
    assert objections(lies) == expected


@pytest.mark.slow
@smaller_field_first
def test_every_other_constraint_is_missed_when_deleted(field: Field) -> None:
    table = g2_module(field).table
    kept = replace(table, constraints=tuple(c for c in table.constraints if not c.identity))
    honest = list(rows([plain_case(operation, field) for operation in OPERATIONS]).T)
    zeros = np.zeros(table.width, np.int64)
    above = [c.name for c in kept.constraints if c.name.endswith("_agree_above_the_deciding_one")]
    assert two_selectors(field).objections() == {"at_most_one_call_a_row"}
    check_deletions(kept, [zeros, *honest], [zeros, *honest], [*above, "at_most_one_call_a_row"])


def two_selectors(field: Field) -> RowOfBoth:
    """A sum and a double at once."""
    generator = random.Random(8)
    attempts = [RowOfBoth(field, generator).attempt() for _ in range(20)]
    return min(zip(map(len, objections(attempts)), attempts, strict=True), key=lambda attempt: attempt[0])[1]
