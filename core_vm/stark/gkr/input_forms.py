"""The linear forms of all interactions as arrays, and their coefficients under a fingerprint (prover side).

A message's fingerprint is linear in the table's columns, with coefficients that are linear in the fingerprint's
weights: which column has which weight how often is the same in every shard, and is listed once for a set of tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from core_vm.air.grouping import Side
from core_vm.air.keys import key_columns
from core_vm.air.table_set import ALPHA, TableSet
from core_vm.field.koalabear import to_montgomery
from core_vm.stark.gkr.column_forms import Term, WeightedForms, column_forms
from core_vm.stark.gkr.inputs import KEPT, LOG_CODE
from core_vm.stark.words import Int64, Words

# Input tiles whose message reads so many columns are kept, in the room of six columns: computing them takes longer than
# reading them. What says that a factor is there does not count.
LONG_MESSAGE = 8


@dataclass(frozen=True, slots=True)
class InputForms:
    """`multiplicity` has one weight, which is one; those of the others are `Fingerprint.place_weights`.

    `constant` stands for a column that is one everywhere; `columns` numbers the columns, and `keys` the closed-form
    columns, of all tables one after the other. `key_values` are all closed-form columns, and `key_places` where each
    starts. Of every interaction: its table, its position in the tree, and whether it is a factor.
    """

    multiplicity: WeightedForms
    columns: WeightedForms
    keys: WeightedForms
    constant: WeightedForms
    tables: Int64
    positions: Int64
    is_factor: npt.NDArray[np.bool_]
    key_values: Words
    key_places: Int64

    def constants(self, weights: Words) -> Words:
        """What e is on a row whose columns and keys are zero, as planes."""
        constants = np.zeros((len(weights), len(self.tables)), np.uint32)
        constants[:, self.constant.owners] = self.constant.under(weights)
        return constants

    def tiles_kept(self, tiles: Sequence[int]) -> Int64:
        """How many input tiles of each interaction are kept, of tables with so many tiles: all or none."""
        long = np.diff(self.columns.first) >= LONG_MESSAGE + self.is_factor
        return np.where(long, np.array(tiles, np.int64)[self.tables], 0)

    def first_codes(self, tiles: Sequence[int]) -> Int64:
        """The code of each interaction's first input tile."""
        kept = self.tiles_kept(tiles)
        return np.where(kept > 0, KEPT + np.cumsum(kept) - kept, np.arange(len(kept)) << LOG_CODE)


@lru_cache(maxsize=8)
def input_forms(tables: TableSet) -> InputForms:
    """The forms of all interactions of a set of tables."""
    interactions = list(enumerate(tables.interactions))
    first_keys = [0, *accumulate(len(table.keys) for table in tables.tables)]
    forms_of_weights = [(n, i, weight, form) for n, i in interactions for weight, form in enumerate(i.forms[ALPHA:])]

    def forms(terms: Iterable[Term]) -> WeightedForms:
        return WeightedForms.of(len(interactions), terms)

    key_values = [column for table in tables.tables for column in key_columns(table)]
    key_places = np.cumsum([0, *map(len, key_values)]).astype(np.int64)
    key_words = np.empty(int(key_places[-1]), np.uint32)
    # One by one: copies of all of them would be several times as much fresh memory.
    for place, values in zip(key_places.tolist(), key_values, strict=False):
        key_words[place : place + len(values)] = to_montgomery(values)
    return InputForms(
        *column_forms(tables),
        forms(
            (n, first_keys[i.table] + k, weight, v)
            for n, i, weight, form in forms_of_weights
            for k, v in form.keys.items()
        ),
        forms((n, 0, weight, form.constant) for n, _, weight, form in forms_of_weights if form.constant),
        np.array([i.table for _, i in interactions], np.int64),
        np.array(tables.grouping.positions, np.int64),
        np.array([i.side is not Side.FRACTION for _, i in interactions], np.bool_),
        key_words,
        key_places[:-1],
    )
