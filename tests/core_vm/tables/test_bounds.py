"""Every recomposition of limbs stays below p: where a constraint is zero modulo p, its factors are zero as integers."""

from __future__ import annotations

import pytest

from core_vm.tables.standard import BASE_MODULES
from core_vm.witness.module import TableModule
from tests.core_vm.tables.intervals import wraps

# Columns whose range follows from a constraint, not from a lookup.
DERIVED = {
    "immediate_is_negative_number": (0, 1),
    "quotient_is_negative": (0, 1),
    "is_equal": (0, 1),
    "is_zero": (0, 1),
    "multiplicity": (0, 2**24),
}
# Equations of field elements, not of integers: a choice between two indices, or of a state or none, and hints.
NO_INTEGERS = {
    "branch_equal": {"next_index_is_the_target_if_taken", "operands_differ_unless_equal"},
    "branch_zero": {"next_index_is_the_target_if_taken", "sum_of_limbs_has_an_inverse_unless_zero"},
    "branch_less": {"next_index_is_the_target_if_taken"},
    "ecall": {"next_index_is_one_more_or_there_is_none", "next_time_is_four_more_or_there_is_none"},
}
# The trees' tables deal in digests, that is in field elements.
TREES = {"compression", "memory_node", "memory_leaf"}
MODULES = [m for m in BASE_MODULES if m.fill and m.table.name not in TREES]
SHIFTS = [m for m in MODULES if m.table.name.startswith("shift")]


@pytest.mark.parametrize("module", [m for m in MODULES if m not in SHIFTS], ids=lambda m: m.table.name)
def test_no_factor_of_a_constraint_reaches_p(module: TableModule) -> None:
    wide, unknown = wraps(module.table, DERIVED)
    assert wide | unknown <= NO_INTEGERS.get(module.table.name, set())


@pytest.mark.parametrize("module", SHIFTS, ids=lambda m: m.table.name)
@pytest.mark.parametrize("shift", range(16))
def test_no_split_or_glue_of_a_shift_reaches_p(module: TableModule, shift: int) -> None:
    """The lookups tie the ranges of high and low to the shift: first as they say, then as the split leaves them."""
    given = {"bit_shift": (shift, shift), "power": (2**shift, 2**shift), "co_power": (2 ** (16 - shift),) * 2}
    given |= {f"low_{i}": (0, 2**shift - 1) for i in range(4)}
    checked = {f"high_{i}": (1 - 2**shift, 2**16 - 2**shift) for i in range(4)}
    wide, unknown = wraps(module.table, given | checked)
    assert not unknown
    assert not any(name.endswith("_splits") for name in wide)

    split = {f"high_{i}": (0, 2 ** (16 - shift) - 1) for i in range(4)}
    assert wraps(module.table, given | split) == (set(), set())


def test_a_recomposition_that_wraps_is_found() -> None:
    """32-bit values do not fit: the check would say so."""
    from core_vm.air.table_builder import TableBuilder
    from core_vm.tables.buses import RANGE16

    t = TableBuilder("wraps")
    real, low, high, value = t.bit("real"), t.column("low"), t.column("high"), t.column("value")
    for limb in (low, high, value):
        t.send(RANGE16, (limb,), real)
    t.constrain("value_of_two_limbs", value - low - 2**16 * high)
    assert wraps(t.build(), {}) == ({"value_of_two_limbs"}, set())
