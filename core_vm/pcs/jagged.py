"""The weight polynomial of a jagged layout at one point: what the verifier computes instead of reading a trace.

The weight of the cell that holds (row r, column number c) is mu^c * eq(z_row, r); every other cell has weight zero. A
block is an interval of cells whose index is, above its start, the bit fields (tile, column, lane). The start is a
multiple of 2^(log_width + 6), so lane and column bits of the cell's index are those of the field, and only the tile
bits are added to it. So the block's part of the extension at a point y is mu^first_column, times a product over the
lane and column bits, which blocks of equal width share, times

    sum over j < tiles of eq(y's high bits, first_row + j) * eq(z's tile bits, j),

which `tile_sums.shifted_sum` reads off the bits of first_row and tiles: they are data, so the same evaluation serves
all heights.

Points are lists of K, lowest index bit first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core_vm.air.table import LOG_TILE
from core_vm.field.extension import K
from core_vm.pcs.layout import Block
from core_vm.transcript.arithmetic import Arithmetic


@dataclass(frozen=True, slots=True)
class JaggedWeight:
    """mu^column * eq(z_row, row) in the cells of `blocks`; see `whir.verifier.OpenedWeight`."""

    blocks: Sequence[Block]
    z_row: Sequence[K]
    mu: K

    def at(self, arithmetic: Arithmetic, point: Sequence[K]) -> K:
        """As `weight_at` says."""
        return weight_at(arithmetic, self.blocks, self.z_row, self.mu, point)


def weight_at(arithmetic: Arithmetic, blocks: Sequence[Block], z_row: Sequence[K], mu: K, point: Sequence[K]) -> K:
    """The weight's extension at `point`, whose length is log2 of the (padded) number of cells.

    `z_row` holds the six lane coordinates first, then the tile coordinates. The caller has required every block to end
    before 2^len(point) cells and to have fewer than 2^(len(z_row) - 6) tiles.
    """
    squares = [mu]  # mu^(2^k)
    for _ in range(max((block.log_width for block in blocks), default=0)):
        squares.append(squares[-1] * squares[-1])
    powers = _first_powers(blocks, squares)
    lanes, total = _lanes(point, z_row), K.zero
    for log_width in sorted({block.log_width for block in blocks}, reverse=True):
        if len(point) < LOG_TILE + log_width:
            continue  # wider than the whole vector: these blocks are empty
        chosen = [block for block in blocks if block.log_width == log_width]
        sums = arithmetic.shifted_sums(
            [(block.first_row, block.tiles) for block in chosen], _bit_points(point, z_row, log_width)
        )
        of_width = arithmetic.inner([powers[block.first_column] for block in chosen], sums)
        total = total + of_width * _columns(lanes, point, z_row, squares[:log_width])
    return total


def _first_powers(blocks: Sequence[Block], squares: Sequence[K]) -> dict[int, K]:
    """mu^first_column of each block. Blocks cover the columns without gaps, so each power gives the next."""
    power, powers = K.one, {}
    for block in sorted(blocks, key=lambda block: block.first_column):
        powers[block.first_column] = power
        power = power * squares[block.log_width]
    return powers


def _lanes(point: Sequence[K], z_row: Sequence[K]) -> K:
    """eq of both points' lane coordinates."""
    result = K.one
    for y, z in zip(point[:LOG_TILE], z_row[:LOG_TILE], strict=True):
        both = y * z
        result = result * (1 - y - z + both + both)
    return result


def _columns(lanes: K, point: Sequence[K], z_row: Sequence[K], squares: Sequence[K]) -> K:
    """Lane and column bits together, and the tile coordinates of z that no index bit reaches (there j is zero)."""
    value = lanes
    for y, square in zip(point[LOG_TILE:], squares, strict=False):
        value = value * (1 + y * (square - 1))
    for z in z_row[max(len(point) - len(squares), LOG_TILE) :]:
        value = value * (1 - z)
    return value


def _bit_points(point: Sequence[K], z_row: Sequence[K], log_width: int) -> list[tuple[K | int, K]]:
    """(z, y) of each tile bit; a z coordinate that does not exist is the integer zero: j has no such bit."""
    high, tiles = point[LOG_TILE + log_width :], z_row[LOG_TILE:]
    return [(tiles[k] if k < len(tiles) else 0, y) for k, y in enumerate(high)]
