"""The shape of a shard proof: what the machine's tables and the height of a segment decide, and nothing else does.

The prover sends one tile count a table. They decide which of the few canonical heights the shard has, and from there
on they are data: the number of rounds of every sumcheck and the length of every message follow from the tables and the
height alone, so one verifier, and one circuit, serves all shards of a height.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core_vm.air.grouping import Grouping
from core_vm.air.public import MAX_PUBLIC_MESSAGES
from core_vm.air.table import LOG_TILE, full_tiles
from core_vm.air.table_set import TableSet
from core_vm.arguments import rely_on
from core_vm.errors import MalformedProof, UsageError
from core_vm.field.koalabear import TWO_ADICITY, P
from core_vm.pcs.layout import Layout
from core_vm.pcs.whir.config import MAX_TILES, WhirShape
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.transcript.arithmetic import Arithmetic
from core_vm.transcript.numbers import NUMBERS

# Sends have multiplicity 0 or 1 (`air.multiplicity`), so below p of them no count can wrap around in F.
MAX_FRACTIONS = P // 2

rely_on(MAX_TILES << LOG_TILE < 1 << TWO_ADICITY, "the number of a row fits the coordinates of an opening")
rely_on(MAX_FRACTIONS + MAX_PUBLIC_MESSAGES < P, "no count of messages wraps around in F")


def log2_ceiling(number: int) -> int:
    """The least k with 2^k >= number, for number >= 1."""
    return (number - 1).bit_length()


@dataclass(frozen=True, slots=True)
class ShardShape:
    """A shape, and the tile counts of one shard of this shape, integers or what stands for them in a circuit.

    The GKR tree combines `tile_bits`, then the inner bits of an interaction's position, then the LOG_TILE lane bits of
    a row, and ends in the groups of positions. So its points list the coordinates in this order: tile bits from the
    lowest, inner bits from the lowest, lane bits from the *highest*, and group bits from the *highest*.
    """

    layout: Layout
    tile_bits: int
    grouping: Grouping
    opening: WhirShape

    @staticmethod
    def of(tables: TableSet, tiles: Sequence[int], config: StarkConfig = STANDARD) -> ShardShape:
        """The shape of the least canonical height that holds these tile counts.

        Raises MalformedProof unless there is one, and each table of fixed height is whole or absent.
        """
        if len(tiles) != len(tables.tables):
            raise MalformedProof("tile counts", f"{len(tiles)} counts for {len(tables.tables)} tables")
        require_fixed_heights(NUMBERS, tables, tiles)
        return ShardShape.of_height(tables, tiles, canonical_height(tables, tiles, config), config)

    @staticmethod
    def of_height(
        tables: TableSet, tiles: Sequence[Any], log_segment: int, config: StarkConfig = STANDARD
    ) -> ShardShape:
        """The shape of this height; whether the tile counts fit it is for the verifier to require.

        Raises UsageError for tables of which such a shard could overflow what the arguments count in F, and for tables
        with fixed columns: a proof without their key would let the prover choose them.
        """
        if any(tables.fixed_widths):
            raise UsageError("these tables have fixed columns: they are proved under a key (`stark.keyed`)")
        layout, opening = Layout(tables.widths, tiles), config.opening_shape(log_segment)
        return ShardShape.with_opening(tables, layout, opening, config.whir.tile_bits(log_segment))

    @staticmethod
    def with_opening(tables: TableSet, layout: Layout, opening: WhirShape, tile_bits: int) -> ShardShape:
        """The shape of a layout that is opened in this way. Raises UsageError if a count could wrap around in F."""
        check_counts_fit(tables, opening, tile_bits)
        return ShardShape(layout, tile_bits, tables.grouping, opening)

    def numbers(self) -> list[int]:
        """What is derived, as canonical field elements: prover and verifier absorb it."""
        grouping = (self.grouping.inner_bits, self.grouping.group_bits)
        sizes = (self.layout.num_columns, self.tile_bits, *grouping)
        return [*sizes, self.gkr_layers, self.row_variables, *self.opening.numbers()]

    @property
    def tiles(self) -> tuple[Any, ...]:
        return self.layout.tiles

    @property
    def gkr_layers(self) -> int:
        """Of the tree below the roots of its groups, each with one more variable than the one above."""
        return self.tile_bits + self.grouping.inner_bits + LOG_TILE

    @property
    def gkr_variables(self) -> int:
        return self.gkr_layers + self.grouping.group_bits

    @property
    def row_variables(self) -> int:
        """The number of rounds of the zerocheck."""
        return self.tile_bits + LOG_TILE

    def split_gkr_point(self, point: Sequence) -> tuple[list, list]:
        """A point of the tree as (row coordinates lowest first: lanes, then tiles; coordinates of positions)."""
        inner = self.tile_bits + self.grouping.inner_bits
        lanes, groups = point[inner : self.gkr_layers], point[self.gkr_layers :]
        return [*reversed(lanes), *point[: self.tile_bits]], [*point[self.tile_bits : inner], *reversed(groups)]

    def row_point(self, binding_order: Sequence) -> list:
        """Row coordinates lowest first, from the order in which the zerocheck binds them: tile bits, then lanes
        downwards."""
        return [*reversed(binding_order[self.tile_bits :]), *binding_order[: self.tile_bits]]


def require_fixed_heights(arithmetic: Arithmetic, tables: TableSet, tiles: Sequence[Any]) -> None:
    """A table of fixed height has all its rows, or it is absent and has none. Raises MalformedProof.

    Counts are below p, so the product is zero modulo p only where one of its factors is zero.
    """
    for table, count in zip(tables.tables, tiles, strict=True):
        if table.log_height is not None:
            neither = f"table {table.name}: neither none nor all of its 2^{table.log_height} rows"
            missing = count - full_tiles(table.log_height)
            arithmetic.require_zero(count * missing, MalformedProof("tile counts", neither))


def canonical_height(tables: TableSet, tiles: Sequence[int], config: StarkConfig) -> int:
    """The least canonical log2 of a segment's cells that these tile counts fit. Raises MalformedProof if none does."""
    used, tallest = Layout(tables.widths, tiles).used, max(tiles)
    for log_segment in config.whir.log_segments:
        if used < config.whir.capacity(log_segment) and not tallest >> config.whir.tile_bits(log_segment):
            return log_segment
    highest = config.whir.log_segments[-1]
    name = tables.tables[list(tiles).index(tallest)].name
    raise MalformedProof(
        "tile counts",
        f"{used} cells, {tallest} tiles of table {name}: a shard has fewer than {config.whir.capacity(highest)} cells "
        f"and 2^{config.whir.tile_bits(highest)} tiles a table",
    )


def max_fractions(tables: TableSet, opening: WhirShape) -> int:
    """More interactions than what is opened can have, rows times messages over all tables."""
    densest = max((Fraction(len(table.interactions), table.width) for table in tables.tables), default=Fraction(0))
    return int(densest * opening.num_cells) + 1


def check_counts_fit(tables: TableSet, opening: WhirShape, tile_bits: int) -> None:
    """Counts are taken in F. Raises UsageError unless no trace of this shape can make one wrap around.

    The messages of a bus: fewer than p / 2. The cells that tile counts claim, before they are required to fit the
    commitment: fewer than p, as each count alone is below 2^tile_bits.
    """
    fractions = max_fractions(tables, opening)
    if fractions > MAX_FRACTIONS:
        raise UsageError(f"a shard could have {fractions} interactions, at most {MAX_FRACTIONS} can be counted")
    claimed = sum(tables.widths) << tile_bits
    if claimed >= P:
        raise UsageError(f"tile counts could claim {claimed} tiles of columns, fewer than p can be counted")
