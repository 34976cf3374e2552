"""Jagged tiles: where each cell of each table lies in the one dense committed vector.

A table of w columns is cut into blocks of power-of-two width (w in binary, widest first); inside a block, the 64 rows
of a tile of one column lie together:

    cell (row r, column c of the block) -> start + ((r >> 6) << (log_width + 6)) + (c << 6) + (r & 63)

Blocks of all tables follow one another by falling width, so `start` is a multiple of 2^(log_width + 6): every field of
the index is a run of bits, which is what lets the verifier evaluate the weight polynomial with a small automaton.

Tables with fixed columns have two such layouts over the same heights, one behind the other (`KeyedLayout`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core_vm.air.table import LOG_TILE, TILE


@dataclass(frozen=True, slots=True)
class Block:
    """Some columns of a table. `first_column` numbers the first one among all columns of all tables, as declared.

    `first_row` counts tile rows of the block's own width from the start of the vector, `tiles` those that it has. Both
    are integers, or what stands for them in a circuit; `start` and `cells` are for integers.
    """

    table: int
    first_column: int
    log_width: int
    first_row: Any
    tiles: Any

    @property
    def start(self) -> int:
        return self.first_row << (self.log_width + LOG_TILE)

    @property
    def cells(self) -> int:
        return self.tiles << (self.log_width + LOG_TILE)


class Layout:
    """The blocks of a shard, widest first, from the widths of its tables and their heights in tiles.

    Heights may be values of any `transcript.Arithmetic`: widths alone decide which blocks there are. `runs` counts the
    columns' tiles of all blocks, 64 cells each.
    """

    def __init__(self, widths: Sequence[int], tiles: Sequence[Any]) -> None:
        if len(widths) != len(tiles):
            raise ValueError(f"{len(widths)} widths but {len(tiles)} heights")
        self.widths, self.tiles = tuple(widths), tuple(tiles)
        self.first_columns = tuple(int(n) for n in np.cumsum([0, *widths])[:-1])
        self.num_columns = sum(widths)
        self.blocks, self.runs = self._place()

    def _place(self) -> tuple[tuple[Block, ...], Any]:
        pieces = []  # (log_width, table, first column)
        for table, width in enumerate(self.widths):
            offset = self.first_columns[table]
            for log_width in reversed(range(width.bit_length())):
                if width >> log_width & 1:
                    pieces.append((log_width, table, offset))
                    offset += 1 << log_width
        pieces.sort(key=lambda piece: -piece[0])  # stable: declaration order within a width
        blocks, at, unit = [], 0, pieces[0][0] if pieces else 0
        for log_width, table, first in pieces:
            at, unit = at * (1 << (unit - log_width)), log_width  # rows of a narrower width are as many times more
            blocks.append(Block(table, first, log_width, at, self.tiles[table]))
            at = at + self.tiles[table]
        return tuple(blocks), at * (1 << unit)

    @property
    def used(self) -> int:
        """Cells up to the end of the last block."""
        return self.runs * TILE

    @cached_property
    def _of_table(self) -> list[list[Block]]:
        found: list[list[Block]] = [[] for _ in self.widths]
        for block in self.blocks:
            found[block.table].append(block)
        return found

    def column_places(self) -> np.ndarray:
        """Where the first tile of every column lies, and the cells from tile to tile: int64 (columns, 2)."""
        places, tiles = np.zeros((self.num_columns, 2), np.int64), TILE * np.arange(self.num_columns)
        for block in self.blocks:
            width, first = 1 << block.log_width, block.first_column
            np.add(tiles[:width], block.start, out=places[first : first + width, 0])
            places[first : first + width, 1] = TILE * width
        return places

    def column_base(self, table: int) -> tuple[np.ndarray, np.ndarray]:
        """For each column of a table: int64 (width,) indices of the first tiles, and strides from tile to tile."""
        blocks = self._of_table[table]
        base = [block.start + np.arange(0, TILE << block.log_width, TILE) for block in blocks]
        stride = [np.full(1 << block.log_width, TILE << block.log_width) for block in blocks]
        return np.concatenate(base), np.concatenate(stride)

    def block_views(self, q: np.ndarray, table: int) -> Iterator[tuple[int, np.ndarray]]:
        """A table's columns in `q`, the flat dense vector, block by block: the first one's number in the table, and a
        writable (columns, tiles, 64) view."""
        for block in self._of_table[table]:
            area = q[block.start : block.start + block.cells].reshape(block.tiles, 1 << block.log_width, TILE)
            yield block.first_column - self.first_columns[table], area.transpose(1, 0, 2)

    def column_view(self, q: np.ndarray, table: int, column: int) -> np.ndarray:
        """A writable (tiles, 64) view of one column of `q`."""
        for first, view in self.block_views(q, table):
            if first <= column < first + len(view):
                return view[column - first]
        raise IndexError(f"table {table} has no column {column}")


class KeyedLayout(Layout):
    """Main columns from the first cell on, fixed ones from `fixed_start` on: two layouts over the same heights.

    Columns are numbered table by table, main ones first, so that no number is left out. `runs` and `used` are those of
    the main columns, which a trace fills; `main` and `fixed` are the two layouts alone. `fixed_start` is a multiple of
    a tile row of every block; that the main columns end before it is for the caller to require.
    """

    def __init__(
        self, main_widths: Sequence[int], fixed_widths: Sequence[int], tiles: Sequence[Any], fixed_start: int
    ) -> None:
        self.main, self.fixed, self.fixed_start = Layout(main_widths, tiles), Layout(fixed_widths, tiles), fixed_start
        super().__init__([main + fixed for main, fixed in zip(main_widths, fixed_widths, strict=True)], tiles)

    def _place(self) -> tuple[tuple[Block, ...], Any]:
        nothing_before = [0] * len(self.widths)
        blocks = [
            *self._moved(self.main, 0, nothing_before),
            *self._moved(self.fixed, self.fixed_start, self.main.widths),
        ]
        return tuple(blocks), self.main.runs

    def _moved(self, layout: Layout, start: int, columns_before: Sequence[int]) -> Iterator[Block]:
        for block in layout.blocks:
            rows, rest = divmod(start, TILE << block.log_width)
            if rest:
                raise ValueError(
                    f"fixed columns cannot start at cell {start}: a tile row has {TILE << block.log_width}"
                )
            column = block.first_column - layout.first_columns[block.table] + columns_before[block.table]
            first_column = self.first_columns[block.table] + column
            yield Block(block.table, first_column, block.log_width, block.first_row + rows, block.tiles)
