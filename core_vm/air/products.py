"""Constraints as sums of products of affine forms: what a sumcheck over terms adds up, with no tape.

Each constraint is expanded into products of at most three affine forms. A form of fixed columns alone is *known* to
whoever knows the fixed columns' values at the point, so it belongs to the coefficient. What is left of a product has
at most one other form, then it is linear in the columns that are not known, or two or three: a *term*. The same
factors of several constraints, or several times in one, are one term: its weight is a sum over occurrences, each a
coefficient, the power of rho of its constraint, and known forms.

Columns are numbered through all tables of a set, main ones and fixed ones of each table together, as in a layout.
"""

from __future__ import annotations

from collections.abc import Iterable
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
        expansion = _Expansion(forms, first, range(first + table.num_main, first + table.width))
        for declared in table.constraints:
            for factors, coefficient in expansion.of(declared.expression).items():
                known = _padded(number for number in factors if number in expansion.known)
                term = _padded(number for number in factors if number not in expansion.known)
                is_linear = term[-2] == 0
                of = term[-1] if is_linear else terms.setdefault(term, len(terms))
                (linear if is_linear else weights).append(Occurrence(of, constraint, coefficient, known))
            constraint += 1
    return Products(tuple(forms), tuple(terms), tuple(weights), tuple(linear))


def _padded(factors: Iterable[int]) -> Factors:
    numbers = sorted(factors)
    return (*[0] * (MAX_DEGREE - len(numbers)), *numbers)


class _Expansion:
    """Expressions of one table as sums of products: numbers of forms, rising, with a coefficient.

    `forms` numbers those of all tables; new ones get the next numbers. `known` are those of fixed columns alone.
    """

    def __init__(self, forms: dict[Form, int], first_column: int, fixed: range) -> None:
        self._forms, self._first, self._fixed = forms, first_column, fixed
        self._of: dict[Expression, dict[Factors, int]] = {}
        self.known: set[int] = set()

    def of(self, expression: Expression) -> dict[Factors, int]:
        """Not to be changed: what is found is kept, as constraints share parts."""
        found = self._of.get(expression)
        if found is None:
            found = self._of[expression] = self._expanded(expression)
        return found

    def _expanded(self, expression: Expression) -> dict[Factors, int]:
        left, right = expression.left, expression.right
        if expression.degree <= 1 or left is None or right is None:
            return self._affine(affine(expression))
        if expression.kind == "multiply":
            return _product(self.of(left), self.of(right))
        return _sum(self.of(left), self.of(right), 1 if expression.kind == "add" else -1)

    def _affine(self, form: Affine) -> dict[Factors, int]:
        if form.is_constant:
            return {(): form.constant}
        columns = tuple(sorted((self._first + column, value) for column, value in form.columns.items()))
        number = self._forms.setdefault((form.constant, columns), len(self._forms))
        if all(column in self._fixed for column, _ in columns):
            self.known.add(number)
        return {(number,): 1}


def _sum(a: dict[Factors, int], b: dict[Factors, int], sign: int) -> dict[Factors, int]:
    found = dict(a)
    for factors, coefficient in b.items():
        found[factors] = (found.get(factors, 0) + sign * coefficient) % P
    return found


def _product(a: dict[Factors, int], b: dict[Factors, int]) -> dict[Factors, int]:
    found: dict[Factors, int] = {}
    for some, x in a.items():
        for others, y in b.items():
            factors = tuple(sorted(some + others))
            found[factors] = (found.get(factors, 0) + x * y) % P
    return found
