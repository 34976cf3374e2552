"""A table's columns are filled whole, in the order in which they are declared."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.tables.standard import BASE_MODULES
from core_vm.witness.module import ColumnWriter
from core_vm.witness.trace import Trace

NOP = next(module for module in BASE_MODULES if module.table.name == "nop")


def test_columns_are_written_in_their_order() -> None:
    trace = Trace([NOP.table], [3])
    writer = ColumnWriter(trace, 0, 0)
    with pytest.raises(ValueError, match="column index written where real is due"):
        writer.put("index", np.zeros(3))
    writer.put("real", np.array([1, 0, 1]))
    with pytest.raises(ValueError, match="index was not written"):
        writer.finish()
    assert trace.read(0, 0)[:4].tolist() == [1, 0, 1, 0]
    with pytest.raises(ValueError, match="first row"):
        ColumnWriter(trace, 0, 32)
