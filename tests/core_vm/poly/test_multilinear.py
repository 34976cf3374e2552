"""Equality tables as planes."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.field.extension import DEGREE, K, eq_table, from_planes
from core_vm.field.koalabear import P
from core_vm.poly.multilinear import eq_planes
from tests.core_vm.field.equality import eq_at


def _point(length: int) -> list[K]:
    values = np.random.default_rng(length).integers(0, P, (length, DEGREE)).tolist()
    return [K(*row) for row in values]


@pytest.mark.parametrize("length", range(9))
def test_planes_are_the_table(length: int) -> None:
    point = _point(length)
    planes = eq_planes(point)
    assert planes.shape == (DEGREE, 1 << length)
    assert planes.dtype == np.uint32
    assert planes.flags.c_contiguous
    assert from_planes(planes) == eq_table(point)


def test_index_bit_i_goes_with_coordinate_i() -> None:
    point, index = _point(7), 0b1011001
    corner = [K(index >> i & 1) for i in range(7)]
    assert from_planes(eq_planes(point))[index] == eq_at(point, corner)
    assert from_planes(eq_planes(corner)) == [K(i == index) for i in range(1 << 7)]
