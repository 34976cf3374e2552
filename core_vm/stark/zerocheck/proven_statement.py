"""The row statement as a prover makes it: what `verifier.row_statement` says, by sums in vector code.

A wide set of tables has tens of thousands of interactions, and those of absent tables add nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from core_vm.air.table_set import TableSet
from core_vm.field.bulk import eq_words
from core_vm.field.extension import K, inner_planes, to_planes
from core_vm.field.koalabear import Words
from core_vm.field.reference import extension_multiply
from core_vm.poly.tile_sums import rows_below
from core_vm.stark.gkr.input_forms import InputForms, input_forms
from core_vm.stark.gkr.verifier import Fingerprint, GkrClaim
from core_vm.stark.shape import ShardShape
from core_vm.stark.zerocheck.owed import key_values
from core_vm.stark.zerocheck.verifier import RowStatement, binding_order


def proven_statement(
    tables: TableSet, shape: ShardShape, fingerprint: Fingerprint, gkr: GkrClaim, rho: K, kappa: K
) -> RowStatement[Words]:
    """As `row_statement` makes it, with the shares of all interactions as planes (5, interactions)."""
    row_point, interaction_point = shape.split_gkr_point(gkr.point)
    forms, weights = input_forms(tables), to_planes(fingerprint.place_weights)
    shares = np.ascontiguousarray(eq_words(interaction_point)[:, forms.positions])
    constants = forms.constants(weights)
    owed = _owed_to_constants(forms, shape, constants, shares, row_point)
    if len(forms.keys.columns):
        owed = owed + _owed_to_keys(tables, forms, shape, weights, shares, row_point)
    claim = gkr.n + kappa * (gkr.e - owed)
    return RowStatement(binding_order(shape, row_point), shares, fingerprint, kappa, rho, claim)


def _owed_to_constants(
    forms: InputForms, shape: ShardShape, constants: Words, shares: Words, row_point: Sequence[K]
) -> K:
    """`constants` are what e is where columns and keys are zero, as planes."""
    owed, tile_point = K.zero, row_point[-shape.tile_bits :]
    bounds = np.searchsorted(forms.tables, np.arange(len(shape.tiles) + 1)).tolist()
    for tiles, (start, stop) in zip(shape.tiles, pairwise(bounds), strict=True):
        if tiles and start < stop:
            of_table = inner_planes(shares[:, start:stop], constants[:, start:stop])
            owed = owed + rows_below(tiles, tile_point) * of_table
    return owed


def _owed_to_keys(
    tables: TableSet, forms: InputForms, shape: ShardShape, weights: Words, shares: Words, row_point: Sequence[K]
) -> K:
    """Of all closed-form columns; those of an absent table are zero."""
    keys = [
        value
        for table, tiles in zip(tables.tables, shape.tiles, strict=True)
        for value in (key_values(table, tiles, row_point) if tiles else [K.zero] * len(table.keys))
    ]
    coefficients = extension_multiply(forms.keys.under(weights), to_planes(keys)[:, forms.keys.columns])
    return inner_planes(shares[:, forms.keys.owners], coefficients)
