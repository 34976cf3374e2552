"""The bus form of a row statement as one weight a column."""

from __future__ import annotations

from collections.abc import Sequence

from core_vm.air.table_set import TableSet
from core_vm.field.extension import K
from core_vm.stark.zerocheck.verifier import RowStatement


def bus_weights(tables: TableSet, first_columns: Sequence[int], statement: RowStatement) -> list[K]:
    """The bus form (see `RowStatement`) as one weight a column, over all columns of all tables."""
    weights = [K.zero] * tables.num_columns
    for interaction, share in zip(tables.interactions, statement.shares, strict=False):
        first, scaled = first_columns[interaction.table], share * statement.kappa
        for column, multiple in interaction.multiplicity.columns.items():
            weights[first + column] = weights[first + column] + share * multiple
        for weight, entry in zip(statement.fingerprint.weights[1:], interaction.message, strict=False):
            if not entry.columns:
                continue
            of_entry = weight * scaled
            for column, coefficient in entry.columns.items():
                term = of_entry if coefficient == 1 else of_entry * coefficient
                weights[first + column] = weights[first + column] + term
    return weights
