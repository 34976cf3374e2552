"""Words of 32 bits in memory as elements modulo p, and the proof that a word is below p."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from core_vm.air.expression import Expression
from core_vm.field.koalabear import P
from core_vm.tables.gadgets.calls import CallRows, CallTable
from core_vm.tables.gadgets.inverses import inverses

_HIGHEST: Final = P >> 16
"""The high limb of p - 1, whose low limb is 0."""


def words(dwords: np.ndarray) -> np.ndarray:
    """Words (n, 2 k) int64 of dwords (n, k) uint64, the low half first."""
    return np.ascontiguousarray(dwords).view(np.uint32).astype(np.int64)


def elements(limbs: Sequence[Expression]) -> list[Expression]:
    """One element for each word of two limbs: its residue modulo p, whatever the word."""
    return [low + high * 2**16 for low, high in zip(limbs[::2], limbs[1::2], strict=True)]


def require_canonical(
    t: CallTable, name: str, limbs: Sequence[Expression], witness: Callable[[CallRows], np.ndarray]
) -> None:
    """Each word is below p: else word + p, which is below 2^32 as well, stands for the same element.

    `witness` are the dwords. All limbs are below 2^16: of memory, or looked up. The distance of the high limb to that
    of p - 1 is then an integer between -2^16 and 2^15; looked up to be below 2^15, it is not negative. Where it is 0,
    the constraint says that the low limb is 0 and the word p - 1. Where it is not, it has an inverse, and a word with a
    smaller high limb is below p.
    """
    count = len(limbs) // 2

    def inverse_distances(rows: CallRows) -> np.ndarray:
        return inverses((_HIGHEST - (words(witness(rows)) >> 16)).ravel() % P).reshape(-1, count)

    for i, inverse in enumerate(t.columns(f"inverse_of_distance_of_{name}", count, inverse_distances)):
        low, distance = limbs[2 * i], _HIGHEST - limbs[2 * i + 1]
        t.bit_range(15, distance, t.real)
        t.constrain(f"{name}_word_{i}_is_below_p", low * (distance * inverse - 1))
