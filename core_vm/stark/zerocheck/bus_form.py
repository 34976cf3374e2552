"""The bus form of a row statement as one weight a column."""

from __future__ import annotations

from core_vm.air.table_set import TableSet
from core_vm.field.bulk import sums_at
from core_vm.field.extension import K, to_planes
from core_vm.field.koalabear import Words
from core_vm.field.reference import add, extension_multiply, multiply
from core_vm.stark.gkr.column_forms import column_forms
from core_vm.stark.zerocheck.verifier import RowStatement


def bus_weights(tables: TableSet, statement: RowStatement[Words]) -> Words:
    """The bus form (see `RowStatement`) as one weight a column, over all columns of all tables: planes (5, columns),
    Montgomery."""
    multiplicities, messages = column_forms(tables)
    shares = statement.shares
    scaled = extension_multiply(shares, to_planes([statement.kappa]))
    in_base = multiplicities.under(to_planes([K.one]))[0]
    of_multiplicities = multiply(shares[:, multiplicities.owners], in_base)
    in_extension = messages.under(to_planes(statement.fingerprint.place_weights))
    of_messages = extension_multiply(scaled[:, messages.owners], in_extension)
    of_first = sums_at(multiplicities.columns, of_multiplicities, tables.num_columns)
    return add(of_first, sums_at(messages.columns, of_messages, tables.num_columns))
