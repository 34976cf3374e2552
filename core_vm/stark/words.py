"""Between the elements of a prover's control flow and the words of its kernels: interleaved, five Montgomery words
each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.air.table import TILE
from core_vm.field.extension import DEGREE, K, from_planes, to_planes
from core_vm.field.koalabear import MONTGOMERY_R, MONTGOMERY_R_INVERSE, P, Words

Int64 = npt.NDArray[np.int64]
# Words of a tile of K elements; of an input's fractions, whose numerators are in F; of fractions; of an entry of four K
# elements, as `gkr.packed_entries` describes it; and of one of two, as `gkr.factor_kernels` does.
K_TILE, INPUT_WORDS, FRACTION_WORDS, ENTRY_WORDS = DEGREE * TILE, 6 * TILE, 10 * TILE, 20 * TILE
FACTOR_ENTRY_WORDS = 2 * K_TILE
# Elements of K of an entry of the zerocheck, in planes, as `zerocheck.point_kernels` describes it, and its words.
POINTS = 16
POINT_WORDS = DEGREE * POINTS
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
