"""The filled tables of one shard: heights, layout, and the dense vector that is committed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.table import TILE, Table
from core_vm.field.koalabear import Words, from_montgomery
from core_vm.host.memory import aligned_zeros
from core_vm.pcs.layout import Layout
from core_vm.pcs.whir.config import STANDARD, WhirShape


class FilledTables:
    """Tables of `num_rows` rows each, and `q`, the flat vector in which their cells lie as `layout` says: uint32,
    Montgomery form."""

    def __init__(self, tables: Sequence[Table], num_rows: Sequence[int], layout: Layout, q: Words) -> None:
        self.tables, self.num_rows, self.layout, self.q = tuple(tables), tuple(num_rows), layout, q

    @property
    def tiles(self) -> tuple[int, ...]:
        return self.layout.tiles

    def write(self, table: int, column: int, first_row: int, values: np.ndarray) -> None:
        """Store canonical `values` (n,) in rows first_row .. of a column; `first_row` is a multiple of 64."""
        if first_row % TILE:
            raise ValueError(f"rows are written from a tile's first row on, not from {first_row}")
        from core_vm.witness.kernels import store_columns

        first, stride = (places[column : column + 1] for places in self.layout.column_base(table))
        words = np.ascontiguousarray(values, np.uint32)[None]
        store_columns(words, self.q, first + first_row // TILE * stride, stride)

    def read(self, table: int, column: int) -> np.ndarray:
        """A whole column in canonical form, uint32 (64 * tiles,), the filling rows included."""
        return from_montgomery(np.ascontiguousarray(self.layout.column_view(self.q, table, column)).reshape(-1))

    def read_table(self, table: int) -> np.ndarray:
        """All columns in canonical form, uint32 (width, 64 * tiles)."""
        columns = np.empty((self.tables[table].width, TILE * self.tiles[table]), np.uint32)
        for first, view in self.layout.block_views(self.q, table):
            columns[first : first + len(view)] = from_montgomery(view).reshape(len(view), -1)
        return columns


class Trace(FilledTables):
    """Tables with room for `num_rows` rows each. `q` is zero where no witness was written.

    `q` is as long as what a commitment stores, so that it is committed where it lies; the cells beyond `layout.used`
    are zero, and untouched pages of zeros cost nothing.
    Raises ValueError for a table of fixed height that is neither whole nor absent.
    """

    def __init__(self, tables: Sequence[Table], num_rows: Sequence[int]) -> None:
        for table, rows in zip(tables, num_rows, strict=True):
            if table.log_height is not None and rows not in (0, 1 << table.log_height):
                raise ValueError(f"table {table.name}: {rows} rows, expected none or 2^{table.log_height}")
        layout = Layout([table.width for table in tables], tiles_of(num_rows))
        shape = WhirShape.canonical(STANDARD.log_segment_for(layout.used))
        super().__init__(tables, num_rows, layout, aligned_zeros(shape.stored_cells(layout.used)))


def tiles_of(num_rows: Sequence[int]) -> tuple[int, ...]:
    """The tiles that so many rows fill."""
    return tuple(-(-rows // TILE) for rows in num_rows)
