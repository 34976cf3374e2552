"""Static layouts: any list of places for the runs of a layout, and the weight that the verifier then adds up itself.

A circuit's tables always have the same heights. So nothing has to be read off the bits of a tile count: the verifier
knows where each run of 64 cells lies, and the weight's extension at a point is a sum over all runs,

    eq(y's lanes, z's lanes) sum_k eq(y's run bits, place k) column_weight(k) eq(z's tile bits, tile k),

which is a matter of milliseconds in numpy. Runs may lie anywhere, so some places can be kept for cells of no table.
What the run is, its column and its tile, is that of the layout's own order; a placement moves it.

Each column has a weight of its own here: the claim that is opened is a linear form of the columns at a point.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_vm.air.table import LOG_TILE
from core_vm.errors import UsageError
from core_vm.field.bulk import eq_words, weighted_rows
from core_vm.field.extension import DEGREE, K, eq_table, from_planes, inner, to_planes
from core_vm.field.koalabear import Words
from core_vm.field.reference import extension_add
from core_vm.host.distinct import distinct
from core_vm.pcs.layout import Layout
from core_vm.transcript.arithmetic import Arithmetic

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Placement:
    """Run k of the layout's `runs` lies at run `places[k]` of a vector of `num_runs` runs.

    Raises UsageError unless the places are as many as the runs, different, and within the vector.
    """

    layout: Layout
    places: Places
    num_runs: int

    def __post_init__(self) -> None:
        if self.places.shape != (self.layout.runs,):
            raise UsageError(f"{self.places.shape} places for {self.layout.runs} runs")
        if len(distinct(self.places)) != len(self.places):
            raise UsageError("two runs at one place")
        if len(self.places) and not (0 <= self.places.min() and self.places.max() < self.num_runs):
            raise UsageError(f"a run lies outside the {self.num_runs} runs of the vector")

    @staticmethod
    def around(layout: Layout, num_runs: int, reserved: Collection[int] = ()) -> Placement:
        """The runs in the layout's order, at the first places that are not reserved. Raises UsageError if they are
        too few, or what is reserved is outside."""
        if reserved and not 0 <= min(reserved) <= max(reserved) < num_runs:
            raise UsageError(f"reserved runs outside the {num_runs} runs of the vector")
        free = np.setdiff1d(np.arange(num_runs), list(reserved))
        if layout.runs > len(free):
            raise UsageError(f"{layout.runs} runs do not fit {len(free)} places")
        return Placement(layout, free[: layout.runs], num_runs)

    def placed(self, cells: Words) -> Words:
        """The vector, num_runs runs, of a layout's cells; zero where no run lies."""
        runs = np.zeros((self.num_runs, 1 << LOG_TILE), cells.dtype)
        runs[self.places] = cells[: self.layout.used].reshape(-1, 1 << LOG_TILE)
        return runs.reshape(-1)


@dataclass(frozen=True)
class PlacedWeight:
    """columns[c] * eq(z_row, row) in the cell of (row, column c) of all tables; see `whir.verifier.OpenedWeight`.

    `columns` are planes (5, num_columns). `z_row` has the six lane coordinates first; no table has more than
    2^(len(z_row) - 6) tiles.
    """

    placement: Placement
    z_row: Sequence[K]
    columns: Words

    def at(self, arithmetic: Arithmetic, point: Sequence[K]) -> K:
        """The extension at `point`; the point, the row and the weights are challenges, so numbers for whoever
        verifies."""
        del arithmetic
        lanes = inner(eq_table(point[:LOG_TILE]), eq_table(self.z_row[:LOG_TILE]))
        runs, tiles = eq_words(point[LOG_TILE:])[:, self.placement.places], eq_words(self.z_row[LOG_TILE:])
        total = to_planes([K.zero])
        for block in self.placement.layout.blocks:
            width = 1 << block.log_width
            first = block.first_row * width
            rows = runs[:, first : first + block.tiles * width].reshape(DEGREE, block.tiles, width)
            of_tiles = weighted_rows(rows, self.columns[:, block.first_column : block.first_column + width])
            total = extension_add(total, _inner(of_tiles, tiles[:, : block.tiles]))
        return lanes * from_planes(total)[0]


def _inner(a: Words, b: Words) -> Words:
    """sum_i a_i b_i as planes (5, 1)."""
    return weighted_rows(a[:, None, :], b)
