"""Where things lie in the vector that a hiding proof commits to.

    segments 0 .. 7      random throughout
    every other segment  runs of data, and at its end `reserved` runs, random throughout

A run is 64 cells. The runs of data are numbered through; first come those of the tables, in the order of their layout,
then those of the committed elements:
pads, and what goes with them. So tables are laid out as always, and moved into place run by run.

Random cells belong to no table and no element: no constraint, no message and no equation reads them. A prover may put
there what he likes; it enters nothing but the out-of-domain answers and the code words, which mean the one vector that
he has committed to, whatever it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_vm.air.table import LOG_TILE, TILE
from core_vm.field.extension import DEGREE

Places = npt.NDArray[np.int64]
RANDOM_SEGMENTS = 8
SPARE_CELLS = 5
"""How many cells of a segment's random ones are left when each query has taken one."""


def reserved_runs(num_queries: int) -> int:
    """How many runs at the end of a segment are random: the first oracle is asked for so many of its values."""
    return -(-(num_queries + SPARE_CELLS) // TILE)


@dataclass(frozen=True, slots=True)
class VectorPlaces:
    """`num_segments` segments of 2^log_segment cells, `reserved` runs of each random. `table_runs` are the runs of data
    that belong to tables."""

    log_segment: int
    num_segments: int
    reserved: int
    table_runs: int
    num_elements: int

    @property
    def runs_a_segment(self) -> int:
        """Runs of data in a segment that has data."""
        return (1 << self.log_segment - LOG_TILE) - self.reserved

    @property
    def data_runs(self) -> int:
        """Of tables and elements."""
        return self.table_runs + -(-DEGREE * self.num_elements // TILE)

    @property
    def data_segments(self) -> int:
        return self.num_segments - RANDOM_SEGMENTS

    @property
    def room(self) -> int:
        """How many runs of data fit."""
        return self.data_segments * self.runs_a_segment

    @property
    def num_random(self) -> int:
        """How many cells are random."""
        return len(self.random_runs()) * TILE

    def runs(self, data_runs: Places) -> Places:
        """The runs of the vector in which these runs of data lie."""
        segments, inside = np.divmod(data_runs, self.runs_a_segment)
        return (RANDOM_SEGMENTS + segments << self.log_segment - LOG_TILE) + inside

    def runs_of_no_table(self) -> list[int]:
        """Random runs, and those of elements."""
        of_elements = self.runs(np.arange(self.table_runs, self.data_runs))
        return sorted([*self.random_runs().tolist(), *of_elements.tolist()])

    def cells(self, data_cells: Places) -> Places:
        """The cells of the vector in which these cells of the runs of data lie."""
        return self.runs(data_cells >> LOG_TILE) * TILE + (data_cells & TILE - 1)

    def element_cells(self, numbers: Places) -> Places:
        """The five cells of each element, (n, 5)."""
        return self.cells(TILE * self.table_runs + DEGREE * numbers[:, None] + np.arange(DEGREE))

    def random_runs(self) -> Places:
        """All runs of the vector that are random, rising."""
        whole = 1 << self.log_segment - LOG_TILE
        ends = np.arange(whole - self.reserved, whole) + whole * np.arange(RANDOM_SEGMENTS, self.num_segments)[:, None]
        return np.concatenate([np.arange(RANDOM_SEGMENTS * whole), ends.reshape(-1)])
