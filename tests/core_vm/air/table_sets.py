"""Small sets of tables whose constraints are of every form that products are made of."""

from __future__ import annotations

from core_vm.air.table import Table
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from tests.core_vm.stark.identities import weigher
from tests.core_vm.stark.toys import toy_tables


def mixed() -> Table:
    """Products with fixed columns of all kinds."""
    t = TableBuilder("mixed")
    x, y, z = t.columns("x", 3)
    f, g = t.fixed("f"), t.fixed("g")
    t.constrain("a_known_factor_makes_it_linear", (f - g + 2) * (x + 3 * y) - 6 * y - 2 * x)
    t.constrain("two_known_factors", f * g * (x + f))
    t.constrain("known_alone", f * g - f * g * g)
    t.constrain("a_known_factor_and_two_others", f * (x + g) * (y - 2 * f))
    t.constrain("the_same_factors_again", 5 * ((x + g) * (y - 2 * f)) - g * ((y - 2 * f) * (x + g)) * 1)
    t.constrain("a_sum_times_a_product", (x * y - z) * (z + 1 * f))
    t.constrain("a_cube", (x + y) * (x + y) * (x + y) - 2 * (z * 3) * (z * 4))
    return t.build()


SETS = {
    "toys": toy_tables(),
    "identities": TableSet((weigher(),)),
    "fixed columns": TableSet((mixed(), toy_tables().tables[0])),
}
