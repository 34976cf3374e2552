"""Inverses of many elements at once."""

from __future__ import annotations

import numpy as np

from core_vm.field.koalabear import P
from core_vm.tables.gadgets.inverses import inverses


def test_inverses() -> None:
    values = np.array([0, 1, 2, P - 1, 12345, 0, 7])
    assert [int(v * i) % P for v, i in zip(values, inverses(values), strict=True)] == [0, 1, 1, 1, 1, 0, 1]
    assert inverses(np.zeros(0, np.uint64)).shape == (0,)
