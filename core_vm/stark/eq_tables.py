"""Equality tables of one point for the provers of sumchecks, by kernels, and sums that are weighted by them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import Words
from core_vm.stark.eq_kernels import weigh_lanes, weigh_point
from core_vm.stark.words import elements_of


class PointWeights(NamedTuple):
    """Of a point in three parts. `first` and `second` are [eq(part, .), eq(part[1:], .), ..., one], the first
    coordinate of each on the lowest index bit; `lanes` the same of the lane bits, of which the highest comes first, so
    the tables are those of the lanes that are left after 0, 1, ... rounds. `inverses` are those of all coordinates."""

    first: list[Words]
    second: list[Words]
    lanes: list[Words]
    inverses: Words


def point_weights(point: Words, first: int, second: int) -> PointWeights:
    """Of a point, interleaved, whose parts begin at 0, `first` and `second`. Raises ZeroDivisionError if a coordinate
    is zero, as challenges are with probability 1/|K|."""
    sizes = (first, second - first, len(point) // DEGREE - second)
    ends = np.cumsum([DEGREE * ((2 << size) - 1) for size in sizes]).tolist()
    tables, inverses = np.empty(ends[-1], np.uint32), np.empty_like(point)
    weigh_point(point, first, second, tables, inverses)
    if len(point) and not inverses.any():
        raise ZeroDivisionError("a coordinate of the point is zero")
    of_first, of_second, of_lanes = map(_largest_first, np.split(tables, ends[:-1]))
    return PointWeights(of_first, of_second, of_lanes, inverses)


def _largest_first(tables: Words) -> list[Words]:
    """The tables of 0, 1, ... coordinates, one behind the other, as a list from the last to the first."""
    size = (len(tables) // DEGREE).bit_length()
    return [tables[DEGREE * ((1 << k) - 1) : DEGREE * ((2 << k) - 1)] for k in reversed(range(size))]


def weighted_lanes(weights: Words, sums: npt.NDArray[np.unsignedinteger]) -> list[K]:
    """Sums kept lane by lane, (n, 5, 64) in any integer type below p, against the weights of the first lanes."""
    count = sums.size // 320
    out = np.empty(DEGREE * count, np.uint32)
    weigh_lanes(np.ascontiguousarray(sums, np.uint32).reshape(-1), count, weights, len(weights) // DEGREE, out)
    return elements_of(out)
