"""The shape of a shard proof: what the tile counts alone decide, and the bounds that a claimed shape must keep.

The prover sends one tile count a table and everything else about the proof's form follows: the layout of the committed
vector, the number of rounds of every sumcheck, the length of every message. Nothing else about a proof is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core_vm.air.public import MAX_PUBLIC_MESSAGES
from core_vm.air.table import LOG_TILE, TILE
from core_vm.air.table_set import TableSet
from core_vm.arguments import rely_on
from core_vm.errors import MalformedProof
from core_vm.field.koalabear import TWO_ADICITY, P
from core_vm.pcs.layout import Layout

MAX_TILES = 1 << 18
MAX_CELLS = 1 << 28
# Sends have multiplicity 0 or 1 (`air.multiplicity`), so below p of them no count can wrap around in F.
MAX_FRACTIONS = P // 2

rely_on(MAX_TILES * TILE <= 1 << TWO_ADICITY, "the number of a row fits the coordinates of an opening")
rely_on(MAX_FRACTIONS + MAX_PUBLIC_MESSAGES < P, "no count of messages wraps around in F")


def log2_ceiling(number: int) -> int:
    """The least k with 2^k >= number, for number >= 1."""
    return (number - 1).bit_length()


@dataclass(frozen=True, slots=True)
class ShardShape:
    """Derived from the tables and their tile counts; `of` checks the counts.

    The GKR tree combines `tile_bits`, then `interaction_bits`, then the LOG_TILE lane bits of a row, so its points list
    the coordinates in this order: tile bits from the lowest, interaction bits from the lowest, lane bits from the
    *highest*.
    """

    tiles: tuple[int, ...]
    layout: Layout
    tile_bits: int
    interaction_bits: int
    num_fractions: int

    @staticmethod
    def of(tables: TableSet, tiles: Sequence[int]) -> ShardShape:
        """Raises MalformedProof unless the tile counts are possible for these tables."""
        check_tile_counts(tables, tiles)
        layout = Layout(tables.widths, tiles)
        if layout.used > MAX_CELLS:
            raise MalformedProof("tile counts", f"{layout.used} cells, at most {MAX_CELLS}")
        num_fractions = TILE * sum(tiles[interaction.table] for interaction in tables.interactions)
        if num_fractions > MAX_FRACTIONS:
            raise MalformedProof("tile counts", f"{num_fractions} interactions, at most {MAX_FRACTIONS}")
        interaction_bits = log2_ceiling(max(1, len(tables.interactions)))
        return ShardShape(tuple(tiles), layout, log2_ceiling(max(tiles)), interaction_bits, num_fractions)

    def numbers(self) -> list[int]:
        """What is derived, as canonical field elements: prover and verifier absorb it."""
        return [
            *(self.layout.num_columns, self.layout.used, self.num_fractions),
            *(self.tile_bits, self.interaction_bits, self.gkr_variables, self.row_variables),
        ]

    @property
    def gkr_variables(self) -> int:
        return self.tile_bits + self.interaction_bits + LOG_TILE

    @property
    def row_variables(self) -> int:
        """The number of rounds of the zerocheck."""
        return self.tile_bits + LOG_TILE

    def split_gkr_point(self, point: Sequence) -> tuple[list, list]:
        """A point of the tree as (row coordinates lowest first: lanes, then tiles; interaction coordinates)."""
        above = self.tile_bits + self.interaction_bits
        return [*reversed(point[above:]), *point[: self.tile_bits]], list(point[self.tile_bits : above])

    def row_point(self, binding_order: Sequence) -> list:
        """Row coordinates lowest first, from the order in which the zerocheck binds them: tile bits, then lanes
        downwards."""
        return [*reversed(binding_order[self.tile_bits :]), *binding_order[: self.tile_bits]]


def smallest_tile_counts(tables: TableSet) -> list[int]:
    """The fewest tiles that a shard of these tables can have."""
    counts = [0 if table.log_height is None else 1 << table.log_height >> LOG_TILE for table in tables.tables]
    return counts if any(counts) else [1, *counts[1:]]


def check_tile_counts(tables: TableSet, tiles: Sequence[int]) -> None:
    """Raises MalformedProof for a count out of range, for a fixed height that is not kept, or if every table is
    empty."""
    if len(tiles) != len(tables.tables):
        raise MalformedProof("tile counts", f"{len(tiles)} counts for {len(tables.tables)} tables")
    for table, count in zip(tables.tables, tiles, strict=True):
        if not 0 <= count <= MAX_TILES:
            raise MalformedProof("tile counts", f"table {table.name}: {count} tiles, at most {MAX_TILES}")
        if table.log_height is not None and count << LOG_TILE != 1 << table.log_height:
            raise MalformedProof(
                "tile counts", f"table {table.name}: {count} tiles for 2^{table.log_height} fixed rows"
            )
    if not any(tiles):
        raise MalformedProof("tile counts", "every table is empty")
