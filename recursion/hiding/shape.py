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
from core_vm.stark.config import STANDARD, StarkConfig
from core_vm.stark.final.key import FinalConfig, FinalKey
from recursion.hiding.masked import Element, Part
from recursion.hiding.places import SPARE_CELLS, Places, VectorPlaces, reserved_runs
from recursion.hiding.plan import MaskPlan
from recursion.hiding.tables import BLIND, PRODUCTS, with_hiding_tables

NUM_SAMPLES = 2
"""Points out of the domain at which the committed vector is evaluated. They put weight on random cells, without which
the messages of the first fold would not be masked; and they fix one vector where a code word is near to several."""


@dataclass(frozen=True, slots=True)
class HidingShape:
    """`key` is that of the proof's own tables with the two hiding tables behind them. Whatever of the vector belongs to
    no table it reserves: random cells, and pads."""

    key: FinalKey
    places: VectorPlaces
    plan: MaskPlan

    @staticmethod
    def of(
        tables: TableSet,
        fixed: Sequence[Words],
        log_segment: int,
        messages: Sequence[PublicMessage],
        stark: StarkConfig = STANDARD,
    ) -> HidingShape:
        """For tables with these fixed columns, canonical (num_fixed, rows) each, whose numbers of rows are the shape's;
        see `FinalKey`. Of `messages` only how many there are matters.

        Raises UsageError if they do not fit segments of 2^log_segment cells.
        """
        all_tables, product_tiles = with_hiding_tables(tables), 1
        while True:
            columns = (*fixed, *_no_columns(product_tiles))
            roomy = FinalConfig(log_segment, _segments_for(all_tables, columns, log_segment), stark)
            plan = MaskPlan.of(FinalKey(all_tables, columns, roomy), messages)
            if len(plan.rows) <= TILE * product_tiles:
                break
            product_tiles = -(-len(plan.rows) // TILE)
        reserved = reserved_runs(roomy.opening.rounds[0].num_queries)
        if TILE * reserved >= 1 << log_segment:
            raise UsageError(f"{TILE * reserved} cells of a segment are random, it has 2^{log_segment}")
        table_runs = sum(
            width * -(-values.shape[1] // TILE) for width, values in zip(all_tables.main_widths, columns, strict=True)
        )
        places = VectorPlaces(log_segment, reserved, table_runs, plan.num_pads)
        key = FinalKey(
            all_tables, columns, FinalConfig(log_segment, places.num_segments, stark), tuple(places.runs_of_no_table())
        )
        require_enough_random_cells(key.config.opening, reserved)
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
        return [NUM_SAMPLES, self.places.reserved, self.plan.num_pads, len(self.plan.rows)]

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


def _segments_for(tables: TableSet, columns: Sequence[Words], log_segment: int) -> int:
    """Enough for the main columns, to begin with."""
    cells = sum(w * (c.shape[1] + TILE) for w, c in zip(tables.main_widths, columns, strict=True))
    return (cells >> log_segment) + 1


def require_enough_random_cells(opening: WhirShape, reserved: int) -> None:
    """Raises UsageError if the first oracle can be asked for more values than a segment's random cells hide."""
    queries = opening.rounds[0].num_queries
    if queries > TILE * reserved - SPARE_CELLS:
        raise UsageError(f"{queries} queries of the first oracle, {TILE * reserved} random cells a segment: too few")
