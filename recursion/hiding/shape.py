"""The shape of a hiding proof: the same for every witness, heights included, so that it says nothing about one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.air.public import PublicMessage
from core_vm.air.table import LOG_TILE, TILE
from core_vm.air.table_set import TableSet
from core_vm.errors import UsageError
from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import Words
from core_vm.pcs.whir.config import WhirShape
from core_vm.stark.config import StarkConfig
from core_vm.stark.final.key import FinalConfig, FinalKey
from recursion.hiding.masked import Element, Part
from recursion.hiding.places import SPARE_CELLS, Places, VectorPlaces, reserved_runs
from recursion.hiding.plan import MaskPlan
from recursion.hiding.tables import BLIND, PRODUCTS, with_hiding_tables

ROOT = "trace_root"
LEAST_SAMPLES = 2
"""Out-of-domain samples of the committed vector. They put weight on random cells, without which the messages of the
first fold would not be masked; one is too few beside weights as regular as those of columns (`opening_view`)."""

# n0 e1, n1 e0, e0 e1; and a b, a d, b d, a b d.
PRODUCTS_A_LAYER, PRODUCTS_OF_TERMS = 3, 4


@dataclass(frozen=True, slots=True)
class HidingShape:
    """`key` is that of the proof's own tables with the two hiding tables behind them. Whatever of the vector belongs to
    no table it reserves: random cells, and pads."""

    key: FinalKey
    places: VectorPlaces
    plan: MaskPlan

    @staticmethod
    def of(
        tables: TableSet, fixed: Sequence[Words], config: FinalConfig, messages: Sequence[PublicMessage]
    ) -> HidingShape:
        """For tables with these fixed columns, canonical (num_fixed, rows) each, whose numbers of rows are the shape's;
        see `FinalKey`. Of `messages` only how many there are matters.

        Raises UsageError if they do not fit the segments, or these queries and samples cannot be hidden.
        """
        first, all_tables = config.opening.rounds[0], with_hiding_tables(tables)
        layers = FinalKey(all_tables, (*fixed, *_no_columns(1)), config).shape.gkr_variables
        product_tiles = -(-(PRODUCTS_A_LAYER * layers + PRODUCTS_OF_TERMS) // TILE)  # whether they are enough is seen
        while True:
            columns = (*fixed, *_no_columns(product_tiles))
            plan = MaskPlan.of(FinalKey(all_tables, columns, config), messages)
            if len(plan.rows) <= TILE * product_tiles:
                break
            product_tiles = -(-len(plan.rows) // TILE)
        table_runs = sum(
            width * -(-values.shape[1] // TILE) for width, values in zip(all_tables.main_widths, columns, strict=True)
        )
        reserved = reserved_runs(first.num_queries)
        places = VectorPlaces(config.log_segment, config.segments, reserved, table_runs, plan.num_pads)
        if first.num_samples < LEAST_SAMPLES:
            raise UsageError(f"{first.num_samples} samples of the committed vector, hiding takes {LEAST_SAMPLES}")
        if places.runs_a_segment <= 0 or places.room < places.data_runs:
            raise UsageError(f"{places.data_runs} runs of data do not fit beside what is random: {places.room} do")
        key = FinalKey(all_tables, columns, config, tuple(places.runs_of_no_table()))
        require_enough_random_cells(config.opening, reserved)
        return HidingShape(key, places, plan)

    @property
    def opening(self) -> WhirShape:
        return self.key.config.opening

    @property
    def stark(self) -> StarkConfig:
        return self.key.config.stark

    @property
    def products_table(self) -> int:
        """Its number; the blind table is the one behind it."""
        return self.key.tables.tables.index(PRODUCTS)

    @property
    def blind_table(self) -> int:
        return self.key.tables.tables.index(BLIND)

    def numbers(self) -> list[int]:
        """What the key does not say, as canonical field elements: prover and verifier absorb it."""
        return [self.places.reserved, self.plan.num_pads, len(self.plan.rows)]

    def element_cells(self, elements: Sequence[Element]) -> Places:
        """The five cells of each element in the committed vector, (n, 5)."""
        numbers, parts = np.divmod(np.array(elements, np.int64), len(Part))
        first, stride = self.key.placement.layout.column_base(self.products_table)
        columns = DEGREE * (np.maximum(parts, 1) - 1)[:, None] + np.arange(DEGREE)
        rows = numbers[:, None]
        in_layout = first[columns] + stride[columns] * (rows // TILE) + rows % TILE
        in_table = self.key.placement.places[in_layout >> LOG_TILE] * TILE + in_layout % TILE
        is_pad = parts[:, None] == Part.PAD
        return np.where(is_pad, self.places.pad_cells(np.where(parts == Part.PAD, numbers, 0)), in_table)


def _no_columns(product_tiles: int) -> tuple[Words, Words]:
    """The fixed columns of the hiding tables, of which there are none: their heights."""
    return np.zeros((0, TILE * product_tiles), np.uint32), np.zeros((0, TILE), np.uint32)


def require_enough_random_cells(opening: WhirShape, reserved: int) -> None:
    """Raises UsageError if the first oracle can be asked for more values than a segment's random cells hide."""
    queries = opening.rounds[0].num_queries
    if queries > TILE * reserved - SPARE_CELLS:
        raise UsageError(f"{queries} queries of the first oracle, {TILE * reserved} random cells a segment: too few")
