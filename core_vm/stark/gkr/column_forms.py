"""Linear forms of a table set's columns, one an interaction, as arrays: what its multiplicity and its message's
fingerprint read. Coefficients of fingerprints are linear in the fingerprint's weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain

import numpy as np
import numpy.typing as npt

from core_vm.air.table_set import ALPHA, NUMERATOR, TableSet
from core_vm.field.koalabear import Words, reduced
from core_vm.stark.words import Int64

# Interaction, column, number of the weight, coefficient.
Term = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class WeightedForms:
    """One linear form an interaction: columns[first[i] : first[i + 1]] are the columns that i's form reads.

    The coefficient of columns[k] is the sum of coefficients[t] * weight number weights[t] over its terms t, which are
    those from runs[k] up to the next run. `coefficients` are canonical, uint64: so products with Montgomery words are
    such words.
    """

    first: Int64
    columns: Int64
    runs: Int64
    weights: Int64
    coefficients: npt.NDArray[np.uint64]

    @staticmethod
    def of(num_interactions: int, terms: Iterable[Term]) -> WeightedForms:
        """Terms of one interaction and column are added up."""
        table = np.fromiter(chain.from_iterable(terms), np.int64).reshape(-1, 4)
        table = table[np.lexsort(table.T[::-1])]
        new = np.ones(len(table), np.bool_)
        new[1:] = (table[1:, :2] != table[:-1, :2]).any(axis=1)
        runs = np.flatnonzero(new)
        first = np.searchsorted(table[runs, 0], np.arange(num_interactions + 1))
        return WeightedForms(first, table[runs, 1], runs, table[:, 2], table[:, 3].astype(np.uint64))

    @property
    def owners(self) -> Int64:
        """The interaction that each of `columns` belongs to."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    def under(self, weights: Words) -> Words:
        """The coefficients of all columns as planes (5, n), given all weights as planes; Montgomery."""
        if not len(self.runs):
            return np.zeros((len(weights), 0), np.uint32)
        terms = reduced(weights.astype(np.uint64)[:, self.weights] * self.coefficients)
        return reduced(np.add.reduceat(terms, self.runs, axis=1)).astype(np.uint32)


@lru_cache(maxsize=8)
def column_forms(tables: TableSet) -> tuple[WeightedForms, WeightedForms]:
    """What `InputForms` calls `multiplicity` and `columns`."""
    interactions, first = list(enumerate(tables.interactions)), [0, *accumulate(tables.widths)]
    multiplicities = (
        (n, first[i.table] + c, 0, v) for n, i in interactions for c, v in i.forms[NUMERATOR].columns.items()
    )
    messages = (
        (n, first[i.table] + c, weight, v)
        for n, i in interactions
        for weight, form in enumerate(i.forms[ALPHA:])
        for c, v in form.columns.items()
    )
    return WeightedForms.of(len(interactions), multiplicities), WeightedForms.of(len(interactions), messages)
