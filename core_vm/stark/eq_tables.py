"""Equality tables of one point for the provers of sumchecks, by kernels, and sums that are weighted by them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import Words
from core_vm.stark.eq_kernels import grow_eq, weigh_lanes
from core_vm.stark.words import elements_of, interleaved


def eq_suffixes(point: Sequence[K]) -> list[Words]:
    """[eq(point[0:], .), eq(point[1:], .), ..., one]; the first coordinate of each on the lowest index bit."""
    return _tables(point[::-1], highest_first=True)[::-1]


def eq_lanes(lane_point: Sequence[K]) -> list[Words]:
    """eq over the lanes that are left after 0, 1, ... rounds; `lane_point` starts with the highest lane bit."""
    return _tables(lane_point[::-1], highest_first=False)[::-1]


def _tables(point: Sequence[K], highest_first: bool) -> list[Words]:
    tables = np.empty(DEGREE * ((2 << len(point)) - 1), np.uint32)
    tables[:DEGREE] = interleaved([K.one])
    grow_eq(interleaved(point), len(point), highest_first, tables)
    return [tables[DEGREE * ((1 << k) - 1) : DEGREE * ((2 << k) - 1)] for k in range(len(point) + 1)]


def weighted_lanes(weights: Words, sums: npt.NDArray[np.unsignedinteger]) -> list[K]:
    """Sums kept lane by lane, (n, 5, 64) in any integer type below p, against the weights of the first lanes."""
    count = sums.size // 320
    out = np.empty(DEGREE * count, np.uint32)
    weigh_lanes(np.ascontiguousarray(sums, np.uint32).reshape(-1), count, weights, len(weights) // DEGREE, out)
    return elements_of(out)
