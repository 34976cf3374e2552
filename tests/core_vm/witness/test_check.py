"""The check names the row, the constraint or the message that a trace gets wrong."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.expression import Affine
from core_vm.air.public import PublicMessage
from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.air.tape import run_tape
from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.tables.standard import BASE_MODULES
from core_vm.witness.check import check_trace, constraint_values, evaluate_affine, tape_of, violations
from core_vm.witness.trace import Trace
from tests.core_vm.air.adder import SUM, adder

PAIR = Bus("pair", 7, ("a", "b"), permutation=True)


def pairs() -> Table:
    """A row sends (a + 2, b - c) and receives what it sends, or does neither."""
    t = TableBuilder("pairs")
    real = t.bit("real")
    a, b, c = (t.column(name) for name in "abc")
    t.send(PAIR, (a + 2, b - c), real)
    t.receive(PAIR, (a + 2, b - c), real)
    return t.build()


def filled(rows, table=None):
    trace = Trace([table or adder()], [len(rows)])
    for c, values in enumerate(np.array(rows, dtype=np.uint64).T):
        trace.write(0, c, 0, values)
    return trace


def test_honest_rows_pass_and_the_rest_is_named():
    public = [PublicMessage(SUM, 1, (3, 4, 7)), PublicMessage(SUM, 1, (P - 1, 1, 0))]
    check_trace(filled([(1, 3, 4, 7), (1, P - 1, 1, 0)]), public)
    with pytest.raises(WitnessError, match="total_is_a_plus_b, row 1"):
        check_trace(filled([(1, 3, 4, 7), (1, 1, 1, 3)]), public)
    with pytest.raises(WitnessError, match=r"sum: -1 x \(a=3, b=4, total=7\)"):
        check_trace(filled([(1, 3, 4, 7)]), public[1:] + [PublicMessage(SUM, -1, (P - 1, 1, 0))])


def test_a_message_that_is_not_sent_is_zero_in_all_columns() -> None:
    """Constants count only where there is a message, and what cancels is zero."""
    check_trace(filled([(1, 3, 4, 5), (0, 0, 0, 0), (0, 0, 6, 6)], pairs()))
    for stray in ((0, 3, 0, 0), (0, 0, 1, 0), (0, P - 2, 0, 0)):
        with pytest.raises(
            WitnessError, match="table pairs, bus pair, row 1: not zero where there is no message: real=0"
        ):
            check_trace(filled([(1, 3, 4, 5), stray], pairs()))


def test_other_buses_may_hold_anything_where_there_is_no_message() -> None:
    check_trace(filled([(0, 1, 2, 3)]))


@pytest.mark.parametrize("rows", [1, 64, 70])
def test_values_of_constraints_are_those_of_the_plain_interpreter(rows: int) -> None:
    random = np.random.default_rng(rows)
    for table in (module.table for module in BASE_MODULES):
        columns = random.choice([0, 1, P - 1, *random.integers(0, P, 3)], (table.width, rows))
        found = constraint_values(table, columns)
        for row, values in zip(found.T.tolist(), columns.T.tolist(), strict=True):
            expected = [0] * len(table.constraints)
            run_tape(tape_of(table), values, lambda n, value, to=expected: to.__setitem__(n, value % P))
            assert row == expected, table.name


def test_the_first_row_that_violates_is_named_in_tables_of_any_length() -> None:
    columns = np.array([[1, 3, 4, 7]]).repeat(20_000, axis=0).T
    assert not violations(adder(), columns)
    columns[3, [9_000, 15_000]] = 8
    assert violations(adder(), columns) == [("total_is_a_plus_b", 9_000)]


def test_forms_with_coefficients_of_any_size_are_evaluated() -> None:
    for coefficients in ([1] * 7, [P - 1] * 7, [1, P - 1, 2**16, P // 2, 3, P - 2, P - 3]):
        form, columns = Affine(P - 1, dict(enumerate(coefficients)), {}), np.full((7, 2), P - 1)
        assert evaluate_affine(form, columns).tolist() == [(P - 1 + (P - 1) * sum(coefficients)) % P] * 2
