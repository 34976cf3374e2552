"""The check names the row, the constraint or the message that a trace gets wrong."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.public import PublicMessage
from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.witness.check import check_trace
from core_vm.witness.trace import Trace
from tests.core_vm.air.adder import SUM, adder


def filled(rows):
    trace = Trace([adder()], [len(rows)])
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
