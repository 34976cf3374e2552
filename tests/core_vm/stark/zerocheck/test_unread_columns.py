"""Values of columns that were not folded, against a plain sum over the rows."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core_vm.air.table import TILE
from core_vm.field.extension import K, eq_table, from_planes, inner
from core_vm.field.koalabear import P, from_montgomery
from core_vm.pcs.layout import KeyedLayout, Layout
from core_vm.stark.zerocheck.unread_columns import products_of_blocks, values_of_blocks
from tests.elements import random_point

LAYOUTS = {
    "one column": Layout([1], [1]),
    "all widths": Layout([1, 63, 2, 21, 40], [5, 3, 0, 8, 1]),
    "narrow ones": Layout([7, 3, 1, 15], [3, 8, 7, 1]),
    "fixed columns": KeyedLayout([5, 18], [3, 33], [4, 7], 1 << 14),
}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_values_are_sums_over_rows(layout: Layout, threads: int) -> None:
    generator, rng = np.random.default_rng(1), random.Random(2)
    q = np.zeros(max(block.start + block.cells for block in layout.blocks), np.uint32)
    for block in layout.blocks:
        q[block.start : block.start + block.cells] = generator.integers(0, P, block.cells, np.uint32)
    point = random_point(rng, 6 + 3)
    eq = eq_table(point)
    blocks = [block for block in layout.blocks if block.tiles]
    products = products_of_blocks(q, blocks, point, threads)
    for block, values in zip(blocks, values_of_blocks(products, blocks, point, threads), strict=True):
        width = 1 << block.log_width
        cells = from_montgomery(q[block.start : block.start + block.cells]).reshape(block.tiles, width, TILE)
        for column, value in enumerate(from_planes(values)):
            rows = [K(int(cell)) for cell in cells[:, column].reshape(-1)]
            assert value == inner(eq[: len(rows)], rows)


def test_where_there_are_no_cells_there_are_no_values() -> None:
    point = random_point(random.Random(1), 6)
    products = products_of_blocks(np.zeros(0, np.uint32), [], point, 1)
    assert values_of_blocks(products, [], point, 1) == []
