"""The check names the row, the constraint or the message that a trace gets wrong."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.public import PublicMessage
from core_vm.air.table import Bus, Table
from core_vm.air.table_builder import TableBuilder
from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.witness.check import check_trace
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
