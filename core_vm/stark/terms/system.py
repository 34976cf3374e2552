"""The product terms of a set of tables as arrays, for numpy. What they mean is said in `air.products`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from core_vm.air.products import Occurrence, products_of
from core_vm.air.table_set import TableSet
from core_vm.field.bulk import sums_at
from core_vm.field.extension import DEGREE, K, powers, to_planes
from core_vm.field.koalabear import Words, to_montgomery
from core_vm.field.reference import add, extension_multiply, multiply
from core_vm.stark.shape import log2_ceiling

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Occurrences:
    """Of `count` terms or forms: coefficient rho^(constraint + 1) times known product, for number `of`."""

    count: int
    of: Numbers
    constraint: Numbers
    coefficient: Words
    known: Numbers

    @staticmethod
    def over(occurrences: Sequence[Occurrence], count: int, known: dict[tuple[int, ...], int]) -> Occurrences:
        """`known` numbers the products of known forms; new ones are added."""
        rows = [(o.of, o.constraint, o.coefficient, known.setdefault(o.known, len(known))) for o in occurrences]
        table = np.array(rows, np.int64).reshape(-1, 4)
        return Occurrences(count, table[:, 0], table[:, 1], to_montgomery(table[:, 2]), table[:, 3])

    def weights(self, of_constraints: Words, of_known: Words) -> Words:
        """What each term or form weighs, planes (5, count)."""
        each = extension_multiply(of_constraints[:, self.constraint], of_known[:, self.known])
        return sums_at(self.of, multiply(each, self.coefficient), self.count)


@dataclass(frozen=True)
class TermSystem:
    """All constraints of `num_columns` columns: forms as a sparse matrix, and terms (3, count) as numbers of forms.

    Entry e of the matrix is `coefficients[e]` at form `entry_forms[e]` and column `entry_columns[e]`. `known` (n, 3)
    are the products of known forms. `num_constraints` powers of rho are used.
    """

    num_columns: int
    num_constraints: int
    constants: Words
    entry_forms: Numbers
    entry_columns: Numbers
    coefficients: Words
    terms: Numbers
    known: Numbers
    weights: Occurrences
    linear: Occurrences

    @property
    def num_forms(self) -> int:
        return len(self.constants)

    @property
    def log_terms(self) -> int:
        """The rounds of the sumcheck over terms."""
        return log2_ceiling(max(1, self.terms.shape[1]))

    def form_values(self, columns: Words) -> Words:
        """All forms at the columns' values: planes (5, num_columns) -> planes (5, num_forms)."""
        entries = multiply(columns[:, self.entry_columns], self.coefficients)
        values = sums_at(self.entry_forms, entries, self.num_forms)
        values[0] = add(values[0], self.constants)
        return values

    def column_weights(self, of_forms: Words) -> tuple[Words, Words]:
        """A sum of weighted forms as one weight a column, planes (5, num_columns), and its constant, planes (5, 1)."""
        entries = multiply(of_forms[:, self.entry_forms], self.coefficients)
        constants = multiply(of_forms, self.constants)
        nowhere = np.zeros(self.num_forms, np.int64)
        return sums_at(self.entry_columns, entries, self.num_columns), sums_at(nowhere, constants, 1)


@lru_cache(maxsize=8)
def term_system(tables: TableSet) -> TermSystem:
    """The terms of all constraints of a set of tables."""
    products, known = products_of(tables), {(0, 0, 0): 0}
    weights = Occurrences.over(products.weights, len(products.terms), known)
    linear = Occurrences.over(products.linear, len(products.forms), known)
    entries = [(n, column, value) for n, (_, form) in enumerate(products.forms) for column, value in form]
    matrix = np.array(entries, np.int64).reshape(-1, 3)
    return TermSystem(
        tables.num_columns,
        tables.num_constraints,
        to_montgomery(np.array([constant for constant, _ in products.forms], np.int64)),
        matrix[:, 0],
        matrix[:, 1],
        to_montgomery(matrix[:, 2]),
        np.array(products.terms, np.int64).reshape(-1, 3).T,
        np.array(list(known), np.int64),
        weights,
        linear,
    )


@dataclass(frozen=True)
class TermStatement:
    """<linear, v> + sum_t weights[t] A_t(v) B_t(v) D_t(v) = claim, for the values v of all columns at one row point.

    `linear` is in two parts, planes: of forms (5, num_forms), and of columns (5, num_columns). `weights` are planes
    (5, number of terms).
    """

    system: TermSystem
    weights: Words
    of_forms: Words
    of_columns: Words

    @staticmethod
    def of(system: TermSystem, rho: K, fixed: Words, of_columns: Words) -> TermStatement:
        """sum_c rho^(c + 1) C_c, and a linear form. `fixed` (5, num_columns) has the fixed columns' values, and zeros
        elsewhere."""
        of_constraints = to_planes(powers(rho, system.num_constraints, rho)).reshape(DEGREE, -1)
        a, b, c = (system.form_values(fixed)[:, system.known[:, place]] for place in range(3))
        of_known = extension_multiply(extension_multiply(a, b), c)
        weights, of_forms = (o.weights(of_constraints, of_known) for o in (system.weights, system.linear))
        return TermStatement(system, weights, of_forms, of_columns)
