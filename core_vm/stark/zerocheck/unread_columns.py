"""What columns that no constraint reads are at the zerocheck's point: messages alone read them.

Their part of the rounds is in the bus form, which is folded by itself. So they need not be folded round by round: once
the point is there, 64 cells of a column become one element of K, and then what the column's tiles are worth is added
up by eq of the tile coordinates. That reads each cell once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.table import LOG_TILE, TILE
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import P, Words
from core_vm.host.threads import run_each
from core_vm.pcs.layout import Block
from core_vm.pcs.whir.runs import padded, run_products_of
from core_vm.pcs.whir.weights import lane_weights, padded_planes, round_up
from core_vm.poly.multilinear import eq_planes


def products_of_blocks(q: Words, blocks: Sequence[Block], point: Sequence[K], threads: int) -> Words:
    """<64 cells, eq(point, lane)> for each run of `q` up to the end of the last of these blocks, and zeros for some
    more: planes (5, runs)."""
    from core_vm.field.packed import LANES

    runs = round_up(max((block.start + block.cells for block in blocks), default=0) >> LOG_TILE, LANES)
    return run_products_of(padded(q[: runs * TILE], runs * TILE), lane_weights(point), threads)


def values_of_blocks(products: Words, blocks: Sequence[Block], point: Sequence[K], threads: int) -> list[Words]:
    """All columns of each block at the point, lowest row coordinate first, from those products: planes (5, width)."""
    tiles = eq_planes(point[LOG_TILE:])
    return run_each(lambda block: _values(block, products, tiles), blocks, threads)


def _values(block: Block, products: Words, tiles: Words) -> Words:
    from core_vm.field.packed import LANES
    from core_vm.stark.zerocheck.tile_kernels import weigh_runs, weigh_tiles

    width, first = 1 << block.log_width, block.start >> LOG_TILE
    sums = np.empty((DEGREE, max(width, LANES)), np.uint32)
    if width >= LANES:
        weigh_tiles(
            products.reshape(-1), products.shape[1], first, block.tiles, width, tiles.reshape(-1), tiles.shape[1],
            sums.reshape(-1),
        )  # fmt: skip
        return sums
    # A tile row is shorter than a vector, so each run has its tile's weight.
    runs = block.tiles * width
    size = round_up(runs, LANES)
    weights = padded_planes(np.repeat(tiles[:, : block.tiles], width, axis=1), size).reshape(-1)
    here = padded_planes(products[:, first : first + runs], size).reshape(-1)
    weigh_runs(here, weights, size, sums.reshape(-1))
    by_column = sums.reshape(DEGREE, LANES // width, width)
    return (by_column.sum(axis=1, dtype=np.uint64) % np.uint64(P)).astype(np.uint32)
