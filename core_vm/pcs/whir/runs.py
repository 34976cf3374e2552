"""The committed cells a run of 64 at a time, for weights that are products of one of the run and one of the lane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core_vm.air.table import LOG_TILE, TILE
from core_vm.errors import UsageError
from core_vm.field.extension import DEGREE
from core_vm.field.koalabear import Words
from core_vm.host.threads import run_ranges
from core_vm.pcs.whir.weights import round_up

if TYPE_CHECKING:
    from core_vm.pcs.whir.commitment import Commitment


def products_of_runs(
    commitments: Sequence[Commitment], lanes: Words, log_segment: int, num_runs: int, threads: int
) -> Words:
    """<64 cells, lane weights> for each run of all commitments, planes (5, num_runs), zero where there are no cells."""
    out, start = np.zeros((DEGREE, num_runs), np.uint32), 0
    for commitment in commitments:
        runs = len(commitment.cells) // TILE
        out[:, start : start + runs] = run_products_of(commitment.cells, lanes, threads)
        start += commitment.num_segments << log_segment >> LOG_TILE
    return out


def run_products_of(cells: Words, lanes: Words, threads: int) -> Words:
    """The same for one vector of cells, whole runs."""
    from core_vm.field.packed import LANES
    from core_vm.pcs.packed_opening import lane_table
    from core_vm.pcs.whir.kernels import run_products

    runs, table = len(cells) // TILE, lane_table(lanes)
    sums = np.empty((DEGREE, round_up(runs, LANES)), np.uint32)
    cells = padded(cells, sums.shape[1] * TILE)

    def part(first: int, last: int) -> None:
        run_products(cells, table, first, last, sums.reshape(-1), sums.shape[1])

    run_ranges(part, sums.shape[1], threads, LANES)
    return sums[:, :runs]


def padded(cells: Words, size: int) -> Words:
    """The cells, continued with zeros up to `size`. Raises UsageError for more."""
    if len(cells) > size:
        raise UsageError(f"{len(cells)} cells do not fit the {size} of the shape")
    if len(cells) == size:
        return cells
    out = np.zeros(size, np.uint32)
    out[: len(cells)] = cells
    return out
