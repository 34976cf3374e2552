"""The tapes of one table, each compiled when it is first needed: a prover needs those of tables with rows alone.

Over F, forms are no columns but K elements of their own: so constraints and products of forms are apart there. Over K
they are one tape over the table's columns and the forms that follow them; so they are for the verifier.
"""

from __future__ import annotations

from functools import cached_property

from core_vm.air.factored import Factoring
from core_vm.air.forms import Form, Formed, formed, moved
from core_vm.air.table import Table
from core_vm.air.tape import Numbered, Tape, compile_values, leading_parts


class TableTapes:
    """Those called `leading` emit what is of degree three alone."""

    def __init__(self, table: Table) -> None:
        self._table, self._count = table, len(table.constraints)

    @cached_property
    def formed(self) -> Formed:
        return formed(self._table)

    @property
    def forms(self) -> tuple[Form, ...]:
        return self.formed.forms

    @property
    def _values(self) -> list[Numbered]:
        """Over columns and forms."""
        products = [(number, moved(value, self._table.width)) for number, value in self.formed.products]
        return [*self.formed.plain, *products]

    @cached_property
    def whole(self) -> Tape:
        """Over columns and forms: an identity's value at the number of its first constraint, nothing at the others."""
        return compile_values(self._table.width + len(self.forms), self._count, self._values)

    @cached_property
    def whole_leading(self) -> Tape:
        return compile_values(self._table.width + len(self.forms), self._count, leading_parts(self._values))

    @cached_property
    def factored(self) -> Tape:
        """What `whole` emits, with fewer products."""
        return compile_values(self._table.width + len(self.forms), self._count, self._factored_values)

    @cached_property
    def factored_leading(self) -> Tape:
        values = leading_parts(self._factored_values)
        return compile_values(self._table.width + len(self.forms), self._count, values)

    @cached_property
    def _factored_values(self) -> list[Numbered]:
        factoring = Factoring()
        return [(number, factoring.of(value)) for number, value in self._values]

    @cached_property
    def plain(self) -> Tape:
        """Over the columns: the constraints that belong to no identity."""
        if not self.forms:
            return self.whole
        return compile_values(self._table.width, self._count, self.formed.plain)

    @cached_property
    def plain_leading(self) -> Tape:
        if not self.forms:
            return self.whole_leading
        return compile_values(self._table.width, self._count, leading_parts(self.formed.plain))

    @cached_property
    def products(self) -> Tape:
        """Over the forms: the identities."""
        return compile_values(len(self.forms), self._count, self.formed.products)

    @cached_property
    def products_leading(self) -> Tape:
        return compile_values(len(self.forms), self._count, leading_parts(self.formed.products))
