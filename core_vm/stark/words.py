"""Between the elements of a prover's control flow and the words of its kernels: interleaved, five Montgomery words
each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.air.table import TILE
from core_vm.field.extension import DEGREE, K, from_planes, to_planes
from core_vm.field.koalabear import MONTGOMERY_R, MONTGOMERY_R_INVERSE, P, Words

Integers = npt.NDArray[np.int64]
# Words of a tile of K elements; of an input's fractions, whose numerators are in F; of fractions; of an entry of four K
# elements, as `gkr.kernels` describes it.
K_TILE, INPUT_WORDS, FRACTION_WORDS, ENTRY_WORDS = DEGREE * TILE, 6 * TILE, 10 * TILE, 20 * TILE
# Up to here plain Python is faster than the calls into numpy.
FEW = 12


def interleaved(elements: Sequence[K]) -> Words:
    """Elements as flat words."""
    if len(elements) <= FEW:
        return np.array([c * MONTGOMERY_R % P for element in elements for c in element.c], np.uint32)
    return np.ascontiguousarray(to_planes(elements).T).reshape(-1)


def elements_of(words: Words) -> list[K]:
    """The inverse of `interleaved`."""
    if len(words) > DEGREE * FEW:
        return from_planes(words.reshape(-1, DEGREE).T)
    canonical = [word * MONTGOMERY_R_INVERSE % P for word in words.tolist()]
    return [K(*canonical[at : at + DEGREE]) for at in range(0, len(canonical), DEGREE)]


def eq_suffixes(point: Sequence[K]) -> list[Words]:
    """[eq(point[0:], .), eq(point[1:], .), ..., one]; the first coordinate of each on the lowest index bit."""
    return _tables(point[::-1], highest_first=True)[::-1]


def eq_lanes(lane_point: Sequence[K]) -> list[Words]:
    """eq over the lanes that are left after 0, 1, ... rounds; `lane_point` starts with the highest lane bit."""
    return _tables(lane_point[::-1], highest_first=False)[::-1]


def _tables(point: Sequence[K], highest_first: bool) -> list[Words]:
    from core_vm.stark.gkr.lane_kernels import grow_eq

    tables = np.empty(DEGREE * ((2 << len(point)) - 1), np.uint32)
    tables[:DEGREE] = interleaved([K.one])
    grow_eq(interleaved(point), len(point), highest_first, tables)
    return [tables[DEGREE * ((1 << k) - 1) : DEGREE * ((2 << k) - 1)] for k in range(len(point) + 1)]


def weighted_lanes(weights: Words, sums: npt.NDArray[np.unsignedinteger]) -> list[K]:
    """Sums kept lane by lane, (n, 5, 64) in any integer type below p, against the weights of the first lanes."""
    from core_vm.stark.gkr.lane_kernels import weigh_lanes

    count = sums.size // 320
    out = np.empty(DEGREE * count, np.uint32)
    weigh_lanes(np.ascontiguousarray(sums, np.uint32).reshape(-1), count, weights, len(weights) // DEGREE, out)
    return elements_of(out)
