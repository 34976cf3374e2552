"""Keys of final proofs: a static circuit's fixed columns, as data, which the verifier evaluates itself.

A key under `stark.keyed` is a commitment, and every proof opens it. Here the verifier has the columns: at the row point
that the zerocheck ends in, it adds up eq(point, row) times a column's value over the rows. No tree, no queries, no
paths; the last proof of a chain is smaller for it, and its verifier busy for some milliseconds more.

The digest of a key is the SHA-256 of its bytes, which say all that it fixes. It is absorbed before the prover says
anything. Whoever verifies must know by other means that the key is the right one: it is built from source, or its
digest is a constant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from core_vm.air.table import TILE, full_tiles
from core_vm.air.table_set import TableSet
from core_vm.errors import UsageError
from core_vm.field.bulk import eq_words, weighted_columns
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import P, Words
from core_vm.hash.poseidon2 import DIGEST
from core_vm.pcs.layout import KeyedLayout, Layout
from core_vm.pcs.placements import Placement
from core_vm.pcs.whir.config import WhirShape
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.shape import MAX_FRACTIONS, ShardShape

FORM = b"Quire final key\x01"


@dataclass(frozen=True, slots=True)
class FinalConfig:
    """How proofs under a key are opened: one vector of `segments` segments of 2^log_segment cells."""

    log_segment: int
    segments: int
    stark: StarkConfig = STANDARD

    @property
    def opening(self) -> WhirShape:
        return WhirShape.for_segments(self.log_segment, (self.segments,), self.stark.whir)


@dataclass(frozen=True)
class FinalKey:
    """`fixed` are the fixed columns of each table, canonical (num_fixed, rows); `reserved` are runs of the committed
    vector that belong to no table.

    Raises UsageError for columns that are not the tables', or do not fit the configuration.
    """

    tables: TableSet
    fixed: tuple[Words, ...]
    config: FinalConfig
    reserved: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for table, columns in zip(self.tables.tables, self.fixed, strict=True):
            if columns.ndim != 2 or len(columns) != table.num_fixed or columns.dtype != np.uint32:
                raise UsageError(f"table {table.name}: fixed columns {columns.dtype} of shape {columns.shape}")
            if columns.size and columns.max() >= P:
                raise UsageError(f"table {table.name}: a fixed column has a value that is not canonical")
            if table.log_height is not None and -(-columns.shape[1] // TILE) not in (0, full_tiles(table.log_height)):
                raise UsageError(f"table {table.name}: neither none nor all of its 2^{table.log_height} rows")
        if self.num_messages > MAX_FRACTIONS:
            raise UsageError(f"{self.num_messages} messages, at most {MAX_FRACTIONS} can be counted")
        self.placement  # noqa: B018  it raises for columns that do not fit

    @property
    def num_rows(self) -> tuple[int, ...]:
        """Rows in use of each table."""
        return tuple(columns.shape[1] for columns in self.fixed)

    @property
    def tiles(self) -> tuple[int, ...]:
        return tuple(-(-rows // TILE) for rows in self.num_rows)

    @property
    def num_messages(self) -> int:
        """Rows times interactions, over whole tiles."""
        return sum(
            TILE * tiles * len(table.interactions) for table, tiles in zip(self.tables.tables, self.tiles, strict=True)
        )

    @cached_property
    def placement(self) -> Placement:
        """Where the main columns lie in the committed vector."""
        return Placement.around(
            Layout(self.tables.main_widths, self.tiles), self.config.opening.num_cells // TILE, self.reserved
        )

    @cached_property
    def shape(self) -> ShardShape:
        """What decides the argument's messages. Its layout is that of the prover's trace, fixed columns behind the
        main ones; no table has more than 2^tile_bits - 1 tiles."""
        widest = max(max(self.tables.main_widths), max(self.tables.fixed_widths)).bit_length()
        main = Layout(self.tables.main_widths, self.tiles)
        fixed_start = -(-main.used // (TILE << widest)) * (TILE << widest)
        layout = KeyedLayout(self.tables.main_widths, self.tables.fixed_widths, self.tiles, fixed_start)
        return ShardShape(layout, max(1, max(self.tiles).bit_length()), self.tables.grouping, self.config.opening)

    def to_bytes(self) -> bytes:
        """The tables' digest, the reserved runs, and the columns of each table with the number of its rows."""
        numbers = [*self.tables.digest, len(self.reserved), *self.reserved, *self.num_rows]
        columns = [columns.astype("<u4").tobytes() for columns in self.fixed]
        return b"".join([FORM, np.array(numbers, "<u4").tobytes(), *columns])

    @classmethod
    def from_bytes(cls, data: bytes, digest: bytes, tables: TableSet, config: FinalConfig) -> FinalKey:
        """The key of this digest. Raises UsageError for other bytes: nothing else is looked at."""
        if hashlib.sha256(data).digest() != digest:
            raise UsageError("these bytes are not those of the key: make it anew")
        words = np.frombuffer(data, "<u4", offset=len(FORM))
        _, num_reserved, rest = words[:DIGEST], int(words[DIGEST]), words[DIGEST + 1 :]
        reserved, rest = rest[:num_reserved], rest[num_reserved:]
        num_rows, rest = rest[: len(tables.tables)], rest[len(tables.tables) :]
        fixed = []
        for width, rows in zip(tables.fixed_widths, num_rows.tolist(), strict=True):
            fixed.append(rest[: width * rows].reshape(width, rows).astype(np.uint32))
            rest = rest[width * rows :]
        return cls(tables, tuple(fixed), config, tuple(reserved.tolist()))

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the key's bytes."""
        return hashlib.sha256(self.to_bytes()).digest()

    @property
    def limbs(self) -> list[int]:
        """The digest as sixteen elements of F, which a transcript absorbs."""
        return [int(limb) for limb in np.frombuffer(self.digest, "<u2")]

    @cached_property
    def main_columns(self) -> npt.NDArray[Any]:
        """The numbers of the main columns among all columns, table by table."""
        return np.array([n for first, main, _ in self._columns for n in range(first, first + main)], np.int64)

    @property
    def _columns(self) -> list[tuple[int, int, int]]:
        """Of each table the number of its first column, how many are main, and how many fixed."""
        firsts = np.cumsum([0, *self.tables.widths]).tolist()
        return list(zip(firsts, self.tables.main_widths, self.tables.fixed_widths, strict=False))

    def fixed_at(self, point: Sequence[K]) -> Words:
        """The extensions of the fixed columns at a row point, lowest coordinate first: planes (5, num_columns), zero
        for main columns."""
        eq, values = eq_words(point), np.zeros((DEGREE, self.tables.num_columns), np.uint32)
        for (first, main, fixed), columns in zip(self._columns, self.fixed, strict=True):
            start = first + main
            values[:, start : start + fixed] = weighted_columns(columns, eq[:, : columns.shape[1]])
        return values
