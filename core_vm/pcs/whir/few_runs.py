"""Weights of the cells of few runs, each cell with one of its own (prover side).

A weight that is a product of the run's and the lane's keeps the rounds of the first fold to one element a run. So do a
few runs with arbitrary weights, if no two of them lie at the same place in their segments: the weight of cell (run,
lane) is then the product of one that the run has, which is 1 or 0, and one of the place and the lane.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_vm.air.table import LOG_TILE, TILE
from core_vm.field.bulk import weighted_columns
from core_vm.field.extension import DEGREE, K, to_planes
from core_vm.field.koalabear import Words, from_montgomery
from core_vm.field.reference import extension_add, extension_multiply
from core_vm.host.distinct import distinct
from core_vm.pcs.whir.commitment import Commitment
from core_vm.pcs.whir.config import WhirShape

Runs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FewRuns:
    """`weights` (5, n, 64), Montgomery, are those of the cells of `runs`, n different ones, no two at one place."""

    runs: Runs
    weights: Words

    @staticmethod
    def layers(cells: Runs, weights: Words, log_segment: int) -> Iterator[FewRuns]:
        """Any different cells with weights (5, n), in as many parts as there are runs at one place."""
        runs = distinct(cells >> LOG_TILE)
        planes = np.zeros((DEGREE, len(runs), TILE), np.uint32)
        planes[:, np.searchsorted(runs, cells >> LOG_TILE), cells % TILE] = weights
        places = runs % (1 << log_segment - LOG_TILE)
        order = np.argsort(places, kind="stable")
        starts = np.searchsorted(places[order], places[order])
        layer = np.arange(len(runs)) - starts  # how many runs before it lie at the same place
        for number in range(layer.max(initial=-1) + 1):
            chosen = order[layer == number]
            yield FewRuns(runs[chosen], planes[:, chosen])

    def pair(self, commitment: Commitment, shape: WhirShape) -> tuple[Words, Words]:
        """For each run of a vector <64 cells, weights of the run's place>, whatever its segment, since the folds mix
        segments; and 1 where the run is one of these. Planes (5, num_runs)."""
        products, ones = (np.zeros((DEGREE, shape.num_runs), np.uint32) for _ in range(2))
        in_segment = 1 << shape.log_segment - LOG_TILE
        places, cells = self.runs % in_segment, commitment.cells.reshape(-1, in_segment, TILE)
        by_segment = products.reshape(DEGREE, -1, in_segment)
        weights = from_montgomery(self.weights)
        for number, place in enumerate(places):
            by_segment[:, : len(cells), place] = weighted_columns(cells[:, place], weights[:, number])
        ones[:, self.runs] = to_planes([K.one])
        return products, ones

    def add_to(self, total: Words, of_places: Words) -> None:
        """total (5, segment) += of_places (5, runs of a segment) times the weights, in place: the segments are
        folded."""
        places = self.runs % of_places.shape[1]
        by_run = total.reshape(DEGREE, -1, TILE)
        each = extension_multiply(of_places[:, places, None], self.weights)
        by_run[:, places] = extension_add(by_run[:, places], each)


NO_RUNS: Sequence[FewRuns] = ()
