"""Inverses of many elements at once."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.field.koalabear import P, inverse
from core_vm.tables.gadgets.inverses import inverses


def test_inverses_and_zeros() -> None:
    values = np.array([0, 1, 2, P - 1, 12345, 0, 7])
    assert [int(v * i) % P for v, i in zip(values, inverses(values), strict=True)] == [0, 1, 1, 1, 1, 0, 1]
    assert inverses(np.zeros(0, np.uint64)).shape == (0,)


@pytest.mark.parametrize("count", [1, 8, 15, 16, 17, 32, 100])
def test_any_number_of_them(count: int) -> None:
    values = np.random.default_rng(count).integers(0, P, count, np.uint64)
    values[count // 2] = 0
    assert inverses(values).tolist() == [inverse(v) if v else 0 for v in values.tolist()]
