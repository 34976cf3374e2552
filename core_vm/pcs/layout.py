"""Jagged tiles: where each cell of each table lies in the one dense committed vector.

A table of w columns is cut into blocks of power-of-two width (w in binary, widest first); inside a block, the 64 rows
of a tile of one column lie together:

    cell (row r, column c of the block) -> start + ((r >> 6) << (log_width + 6)) + (c << 6) + (r & 63)

Blocks of all tables follow one another by falling width, so `start` is a multiple of 2^(log_width + 6): every field of
the index is a run of bits, which is what lets the verifier evaluate the weight polynomial with a small automaton.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.air.table import LOG_TILE, TILE


@dataclass(frozen=True, slots=True)
class Block:
    """`first_column` numbers the block's first column among all columns of all tables, in declaration order."""

    table: int
    first_column: int
    log_width: int
    start: int
    tiles: int

    @property
    def cells(self) -> int:
        return self.tiles << (self.log_width + LOG_TILE)


class Layout:
    """The blocks of a shard, widest first, from the widths of its tables and their heights in tiles."""

    def __init__(self, widths: Sequence[int], tiles: Sequence[int]) -> None:
        if len(widths) != len(tiles):
            raise ValueError(f"{len(widths)} widths but {len(tiles)} heights")
        self.widths, self.tiles = tuple(widths), tuple(tiles)
        self.first_columns = tuple(int(n) for n in np.cumsum([0, *widths])[:-1])
        self.num_columns = sum(widths)
        self.blocks: tuple[Block, ...] = self._place()
        self.used = sum(block.cells for block in self.blocks)
        self._of_table: list[list[Block]] = [[] for _ in widths]
        for block in self.blocks:
            self._of_table[block.table].append(block)

    def _place(self) -> tuple[Block, ...]:
        pieces = []  # (log_width, table, first column)
        for table, width in enumerate(self.widths):
            offset = self.first_columns[table]
            for log_width in reversed(range(width.bit_length())):
                if width >> log_width & 1:
                    pieces.append((log_width, table, offset))
                    offset += 1 << log_width
        pieces.sort(key=lambda piece: -piece[0])  # stable: declaration order within a width
        blocks, at = [], 0
        for log_width, table, first in pieces:
            blocks.append(Block(table, first, log_width, at, self.tiles[table]))
            at += blocks[-1].cells
        return tuple(blocks)

    def column_base(self, table: int) -> tuple[np.ndarray, np.ndarray]:
        """For each column of a table: int64 (width,) indices of the first tiles, and strides from tile to tile."""
        blocks = self._of_table[table]
        base = [block.start + np.arange(0, TILE << block.log_width, TILE) for block in blocks]
        stride = [np.full(1 << block.log_width, TILE << block.log_width) for block in blocks]
        return np.concatenate(base), np.concatenate(stride)

    def column_view(self, q: np.ndarray, table: int, column: int) -> np.ndarray:
        """A writable (tiles, 64) view of one column of `q`, the flat dense vector."""
        number = self.first_columns[table] + column
        for block in self._of_table[table]:
            inside = number - block.first_column
            if inside < 1 << block.log_width:
                area = q[block.start : block.start + block.cells]
                return area.reshape(block.tiles, 1 << block.log_width, TILE)[:, inside, :]
        raise IndexError(f"table {table} has no column {column}")
