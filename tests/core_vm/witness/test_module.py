"""A table's columns are filled whole, in the order in which they are declared."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.air.table_builder import TableBuilder
from core_vm.field.koalabear import P
from core_vm.tables.standard import BASE_MODULES
from core_vm.witness.module import ColumnWriter
from core_vm.witness.trace import Trace

NOP = next(module for module in BASE_MODULES if module.table.name == "nop")


def test_columns_are_written_in_their_order() -> None:
    trace = Trace([NOP.table], [3])
    writer = ColumnWriter(trace, 0, 0)
    writer.put("index", np.zeros(3))
    with pytest.raises(ValueError, match="column index written where real is due"):
        writer.finish()
    writer = ColumnWriter(trace, 0, 0)
    writer.put("real", np.array([1, 0, 1]))
    with pytest.raises(ValueError, match="index was not written"):
        writer.finish()
    assert trace.read(0, 0)[:4].tolist() == [1, 0, 1, 0]
    with pytest.raises(ValueError, match="first row"):
        ColumnWriter(trace, 0, 32)


def test_rows_are_columns_modulo_p() -> None:
    """Two tiles and a part of one, of integers of either sign."""
    builder = TableBuilder("two_columns")
    builder.columns("value", 2)
    values = np.random.default_rng(1).integers(-P + 1, P, (150, 2)).astype(np.int32)
    values[:4] = [[0, -1], [1, -P + 1], [P - 1, -2], [-128, 127]]
    trace = Trace([builder.build()], [150])
    writer = ColumnWriter(trace, 0, 0)
    writer.put_rows(["value_0", "value_1"], values)
    writer.finish()
    for column in range(2):
        assert trace.read(0, column)[:150].tolist() == [value % P for value in values[:, column].tolist()]
