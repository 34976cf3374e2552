"""Constraints as sums of products of affine forms: what a sumcheck over terms adds up, with no tape.

Each constraint is expanded into products of at most three affine forms. A form of fixed columns alone is *known* to
whoever knows the fixed columns' values at the point, so it belongs to the coefficient. What is left of a product has
at most one other form, then it is linear in the columns that are not known, or two or three: a *term*. The same
factors of several constraints, or several times in one, are one term: its weight is a sum over occurrences, each a
coefficient, the power of rho of its constraint, and known forms.

Columns are numbered through all tables of a set, main ones and fixed ones of each table together, as in a layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from core_vm.air.expression import Affine, Expression, affine
from core_vm.air.table import MAX_DEGREE
from core_vm.air.table_set import TableSet
from core_vm.field.koalabear import P

Form = tuple[int, tuple[tuple[int, int], ...]]
"""A constant, and (column, coefficient) by rising column."""
ONE: Form = (1, ())
Factors = tuple[int, ...]
"""Numbers of MAX_DEGREE forms, rising."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`coefficient` rho^(constraint + 1) times the product of the forms `known`, for term or form number `of`."""

    of: int
    constraint: int
    coefficient: int
    known: Factors


@dataclass(frozen=True, slots=True)
class Products:
    """All constraints of a set of tables together, rho^(c + 1) times constraint number c.

    `forms[0]` is the constant one, which stands where a product has fewer factors. `terms` are three forms each;
    `weights` are the occurrences of terms, `linear` those of forms.
    """

    forms: tuple[Form, ...]
    terms: tuple[Factors, ...]
    weights: tuple[Occurrence, ...]
    linear: tuple[Occurrence, ...]


def products_of(tables: TableSet) -> Products:
    """Expands every constraint of every table."""
    forms, terms = {ONE: 0}, dict[Factors, int]()
    weights, linear = list[Occurrence](), list[Occurrence]()
    first_columns, constraint = accumulate(tables.widths, initial=0), 0
    for table, first in zip(tables.tables, first_columns, strict=False):
        fixed = range(first + table.num_main, first + table.width)
        for declared in table.constraints:
            for coefficient, factors in _expanded(declared.expression):
                scaled, moved = _moved(factors, first)
                known = [form for form in moved if all(column in fixed for column, _ in form[1])]
                others = [form for form in moved if form not in known]
                product, term = _numbered(known, forms), _numbered(others, forms)
                kind, of = (linear, term[-1]) if len(others) < 2 else (weights, terms.setdefault(term, len(terms)))
                kind.append(Occurrence(of, constraint, coefficient * scaled % P, product))
            constraint += 1
    return Products(tuple(forms), tuple(terms), tuple(weights), tuple(linear))


def _numbered(factors: Iterable[Form], forms: dict[Form, int]) -> Factors:
    """The numbers of the factors; new forms get the next ones."""
    numbers = sorted(forms.setdefault(form, len(forms)) for form in factors)
    return (*[0] * (MAX_DEGREE - len(numbers)), *numbers)


def _expanded(expression: Expression) -> Iterator[tuple[int, Sequence[Affine]]]:
    """Products that add up to the expression: a coefficient, and affine factors."""
    left, right = expression.left, expression.right
    if expression.degree <= 1 or left is None or right is None:
        yield 1, [affine(expression)]
    elif expression.kind == "multiply":
        for a, some in _expanded(left):
            for b, others in _expanded(right):
                yield a * b, [*some, *others]
    else:
        yield from _expanded(left)
        sign = 1 if expression.kind == "add" else -1
        for coefficient, factors in _expanded(right):
            yield sign * coefficient, factors


def _moved(factors: Sequence[Affine], first: int) -> tuple[int, list[Form]]:
    """The product of the constant factors, and the others with the table's columns from number `first` on."""
    constant, forms = 1, list[Form]()
    for factor in factors:
        if factor.is_constant:
            constant = constant * factor.constant % P
        else:
            columns = tuple(sorted((first + column, value) for column, value in factor.columns.items()))
            forms.append((factor.constant, columns))
    return constant, forms
