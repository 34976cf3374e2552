"""Expressions: arithmetic agrees with integers modulo P, degrees are right, affine forms are what they say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core_vm.air.expression import Expression, affine, column, constant, evaluate, format_expression, key
from core_vm.errors import TableDefinitionError
from core_vm.field.koalabear import P
from tests.soundness.compiled import compiled

WIDTH = 4


def expressions(depth: int = 4) -> st.SearchStrategy[Expression]:
    leaves = st.one_of(st.integers(-5, P + 5).map(constant), st.integers(0, WIDTH - 1).map(column))

    def combine(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        operators = st.sampled_from([lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b])
        return st.tuples(operators, children, children).map(lambda t: t[0](t[1], t[2]))

    return st.recursive(leaves, combine, max_leaves=2**depth)


rows = st.lists(st.integers(0, P - 1), min_size=WIDTH, max_size=WIDTH)


@given(expressions(), expressions(), rows)
def test_operators_are_the_field_s(a, b, row):
    x, y = evaluate(a, row), evaluate(b, row)
    assert evaluate(a + b, row) == (x + y) % P
    assert evaluate(a - b, row) == (x - y) % P
    assert evaluate(a * b, row) == x * y % P
    assert evaluate(-a, row) == -x % P
    assert evaluate(7 - a, row) == (7 - x) % P
    assert evaluate((a / 65536) * 65536, row) == x


@given(expressions(), rows)
def test_affine_form_has_the_same_value_or_is_refused(expression, row):
    try:
        form = affine(expression)
    except TableDefinitionError:
        assert expression.degree > 1
        return
    assert (form.constant + sum(v * row[c] for c, v in form.columns.items())) % P == evaluate(expression, row)


def test_degrees():
    a, b = column(0), column(1)
    assert (a + 1).degree == 1
    assert (a * b * a).degree == 3
    assert (constant(3) * 4).degree == 0
    assert (a * 0).kind == "constant"


def test_keys_are_apart_from_columns():
    form = affine(2 * key(0) + column(0) - 3)
    assert (form.constant, form.columns, form.keys) == (P - 3, {0: 1}, {0: 2})


def test_what_was_found_of_shared_parts_is_used_again():
    total = column(0) + column(1) * 5
    values: dict[Expression, int] = {}
    assert evaluate(total * total, [2, 3], known=values) == 17**2
    assert values[total] == 17
    texts: dict[Expression, str] = {}
    assert format_expression(total - 1, "ab".__getitem__, "".__getitem__, texts) == "((a + (b * 5)) - 1)"
    assert texts[total] == "(a + (b * 5))"
    assert affine(total) is affine(total)


@given(expressions(), rows)
def test_a_function_made_of_an_expression_has_its_value(expression, row):
    """The searches of the soundness suite rest on it."""
    assert compiled(expression)(row) == evaluate(expression, row)
