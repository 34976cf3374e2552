"""The shape of a hiding proof: the same for every witness, heights included, so that it says nothing about one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core_vm.air.public import PublicMessage
from core_vm.air.table import TILE
from core_vm.air.table_set import TableSet
from core_vm.errors import UsageError
from core_vm.field.koalabear import Words
from core_vm.pcs.whir.config import WhirShape
from core_vm.stark.config import StarkConfig
from core_vm.stark.final.key import FinalConfig, FinalKey
from recursion.hiding.masked import Element
from recursion.hiding.places import SPARE_CELLS, Places, VectorPlaces, reserved_runs
from recursion.hiding.plan import MaskPlan
from recursion.hiding.tables import BLIND, with_hiding_table

ROOT = "trace_root"
LEAST_SAMPLES = 2
"""Out-of-domain samples of the committed vector. They put weight on random cells, without which the messages of the
first fold would not be masked; one is too few beside weights as regular as those of columns (`opening_view`)."""


@dataclass(frozen=True, slots=True)
class HidingShape:
    """`key` is that of the proof's own tables with the hiding table behind them. Whatever of the vector belongs to no
    table it reserves: random cells, and committed elements."""

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
        first, all_tables = config.opening.rounds[0], with_hiding_table(tables)
        columns = (*fixed, np.zeros((0, TILE), np.uint32))  # the hiding table has one tile, and none of its own
        plan = MaskPlan.of(FinalKey(all_tables, columns, config), messages)
        table_runs = sum(
            width * -(-values.shape[1] // TILE) for width, values in zip(all_tables.main_widths, columns, strict=True)
        )
        reserved = reserved_runs(first.num_queries)
        places = VectorPlaces(config.log_segment, config.segments, reserved, table_runs, sum(plan.counts))
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
    def blind_table(self) -> int:
        return self.key.tables.tables.index(BLIND)

    def numbers(self) -> list[int]:
        """What the key does not say, as canonical field elements: prover and verifier absorb it."""
        return [self.places.reserved, self.plan.num_pads, len(self.plan.rows)]

    def element_cells(self, elements: Sequence[Element]) -> Places:
        """The five cells of each element in the committed vector, (n, 5)."""
        numbers, parts = np.array(elements, np.int64) >> 2, np.array(elements, np.int64) & 3
        starts = np.cumsum([0, *self.plan.counts])
        return self.places.element_cells(starts[parts] + numbers)


def require_enough_random_cells(opening: WhirShape, reserved: int) -> None:
    """Raises UsageError if the first oracle can be asked for more values than a segment's random cells hide."""
    queries = opening.rounds[0].num_queries
    if queries > TILE * reserved - SPARE_CELLS:
        raise UsageError(f"{queries} queries of the first oracle, {TILE * reserved} random cells a segment: too few")
