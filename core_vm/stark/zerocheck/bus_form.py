"""The bus form of a row statement as one weight a column."""

from __future__ import annotations

import numpy as np

from core_vm.air.table_set import TableSet
from core_vm.field.extension import DEGREE, K, to_planes
from core_vm.field.koalabear import P, Words
from core_vm.field.reference import extension_multiply, multiply
from core_vm.stark.gkr.column_forms import column_forms
from core_vm.stark.zerocheck.verifier import RowStatement


def bus_weights(tables: TableSet, statement: RowStatement) -> Words:
    """The bus form (see `RowStatement`) as one weight a column, over all columns of all tables: planes (5, columns),
    Montgomery."""
    multiplicities, messages = column_forms(tables)
    shares = to_planes(statement.shares[: len(tables.interactions)])
    scaled = extension_multiply(shares, to_planes([statement.kappa]))
    in_base = multiplicities.under(to_planes([K.one]))[0]
    of_multiplicities = multiply(shares[:, multiplicities.owners], in_base)
    in_extension = messages.under(to_planes(statement.fingerprint.weights))
    of_messages = extension_multiply(scaled[:, messages.owners], in_extension)
    totals = np.zeros((DEGREE, tables.num_columns), np.uint64)
    for plane in range(DEGREE):
        np.add.at(totals[plane], multiplicities.columns, of_multiplicities[plane])
        np.add.at(totals[plane], messages.columns, of_messages[plane])
    return (totals % np.uint64(P)).astype(np.uint32)
