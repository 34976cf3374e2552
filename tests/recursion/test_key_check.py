"""What is no circuit is named: fixed columns are looked at once more before they become a key."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import UsageError
from core_vm.field.koalabear import P
from recursion.tables.key_check import check_key
from recursion.tables.rows import Columns
from recursion.tables.standard import MODULE_OF
from tests.recursion.sample import sample


def fixed_columns() -> dict[str, Columns]:
    return sample().circuit.fixed_columns()


def test_a_circuit_passes() -> None:
    check_key(fixed_columns())


def change(fixed: dict[str, Columns], table: str, column: str, row: int, value: int) -> None:
    declared = MODULE_OF[table].table
    fixed[table][declared.columns.index(column) - declared.num_main, row] = value


def value_of(fixed: dict[str, Columns], table: str, column: str, row: int) -> int:
    declared = MODULE_OF[table].table
    return int(fixed[table][declared.columns.index(column) - declared.num_main, row])


def last_row(fixed: dict[str, Columns], table: str, column: str, value: int) -> int:
    declared = MODULE_OF[table].table
    return int(np.flatnonzero(fixed[table][declared.columns.index(column) - declared.num_main] == value)[-1])


def first_row(fixed: dict[str, Columns], table: str, flag: str) -> int:
    declared = MODULE_OF[table].table
    return int(np.flatnonzero(fixed[table][declared.columns.index(flag) - declared.num_main] == 1)[0])


@pytest.mark.parametrize(
    ("table", "flag", "column", "value", "reason"),
    [
        ("arith", "real", "times", 5, "not read as often as sent"),
        ("arith", "real", "address_a", 10**6, "not one writer"),
        ("arith", "real", "address_output", 16, "not one writer"),
        ("arith", "real", "real", 2, "not a bit"),
        ("word", "times", "times_each", 1, "not one writer|not read as often"),
        ("expand", "real", "times", 2, "not read as often as sent"),
        ("query", "real", "mask_3", 2, "mask_3 is not a bit"),
        ("query", "real", "times_leaf", 2, "not read as often as sent"),
        ("query", "real", "address_weight", 10**6, "not one writer"),
        ("weight", "goes_on", "ends", 1, "goes_on and ends"),
        ("leaf", "goes_on", "address_after", 10**6, "not one writer"),
        ("compress", "path", "address_right", 16, "names two nodes"),
        ("compress", "path", "plain", 1, "path and plain"),
        ("compress", "path", "times", 2, "not read once"),
        ("compress", "plain", "times", 3, "not read as often as sent"),
        ("cap", "real", "index", 1, "two rows for one node"),
        ("jagged", "first", "first", 0, "without a start|not one writer"),
        ("jagged", "first", "real", 0, "first in a row that is not in use"),
        ("jagged", "first", "times", 1, "read before its end"),
        ("below", "last", "last", 0, "without a start"),
        ("arith", "real", "real", 0, "in a row that is not in use"),
        ("leaf", "ends", "ends", 0, "in a row that is not in use"),
    ],
)
def test_what_is_no_circuit_is_named(table: str, flag: str, column: str, value: int, reason: str) -> None:
    fixed = fixed_columns()
    change(fixed, table, column, first_row(fixed, table, flag), value)
    with pytest.raises(UsageError, match=reason):
        check_key(fixed)


def test_only_paths_end_at_a_cap() -> None:
    fixed = fixed_columns()
    compress, cap = MODULE_OF["compress"].table, MODULE_OF["cap"].table
    tree = int(fixed["cap"][cap.columns.index("address_tree") - cap.num_main, 0])
    plain = first_row(fixed, "compress", "plain")
    fixed["compress"][compress.columns.index("address_output") - compress.num_main, plain] = tree
    with pytest.raises(UsageError, match="no path gives"):
        check_key(fixed)


def test_nobody_reads_at_a_cap() -> None:
    """Its rows take what paths send there as often as their trace says: whoever took one of these would have any."""
    fixed = fixed_columns()
    cap = MODULE_OF["cap"].table
    tree = int(fixed["cap"][cap.columns.index("address_tree") - cap.num_main, 0])
    change(fixed, "compress", "address_left", first_row(fixed, "compress", "plain"), tree)
    with pytest.raises(UsageError, match="something but the end of a path at a cap"):
        check_key(fixed)


def test_a_row_reads_an_address_once() -> None:
    """Counts may add up to nothing all the same: the writer sends once more."""
    fixed = fixed_columns()
    asserting = last_row(fixed, "linear", "times", P - 1)
    change(fixed, "linear", "times", asserting, P - 2)
    read = value_of(fixed, "linear", "address_output", asserting)
    writer = last_row(fixed, "constant", "address", read)
    change(fixed, "constant", "times", writer, value_of(fixed, "constant", "times", writer) + 1)
    with pytest.raises(UsageError, match="reads an address more than once"):
        check_key(fixed)


def test_a_chain_has_no_more_bits_than_have_one_sum() -> None:
    fixed, declared = fixed_columns(), MODULE_OF["below"].table
    rows = {name: declared.columns.index(name) - declared.num_main for name in ("address", "first", "real", "last")}
    last = int(np.flatnonzero(fixed["below"][rows["last"]])[-1])
    fixed["below"][rows["address"], last] += 30
    with pytest.raises(UsageError, match="more than 24 bits"):
        check_key(fixed)
