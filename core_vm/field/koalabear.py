"""The base field F: integers modulo the KoalaBear prime p = 2^31 - 2^24 + 1.

Bulk data are `uint32` arrays in Montgomery form (x is stored as x * 2^32 mod p), because the kernels multiply that
way; scalar data in control flow are plain Python integers in [0, p). This module converts between the two.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

P = 2**31 - 2**24 + 1
TWO_ADICITY = 24
GENERATOR = 3
MONTGOMERY_R = 2**32 % P
MONTGOMERY_R_INVERSE = pow(MONTGOMERY_R, -1, P)
P_INVERSE = pow(P, -1, 2**32)  # for reductions: modulo 2^32

_WORTH_THREE_STEPS = 512

Integers = npt.NDArray[np.integer] | Sequence[int] | Sequence[Sequence[int]]
Words = npt.NDArray[np.uint32]
"""Field elements of bulk data, mostly in Montgomery form."""


def reduced(a: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Any uint64 values of any shape modulo p. numpy divides by a constant thrice as fast as it takes a remainder."""
    if a.size < _WORTH_THREE_STEPS:
        return a % np.uint64(P)
    quotients = a // np.uint64(P)
    quotients *= np.uint64(P)
    return np.subtract(a, quotients, out=quotients)


def to_montgomery(a: Integers) -> npt.NDArray[np.uint32]:
    """Canonical (or any non-negative 32-bit) integers of any shape to Montgomery form."""
    return reduced(np.asarray(a, np.uint64) << np.uint64(32)).astype(np.uint32)


def from_montgomery(a: Integers) -> npt.NDArray[np.uint32]:
    """Montgomery form of any shape to canonical values in [0, p)."""
    return reduced(np.asarray(a, np.uint64) * np.uint64(MONTGOMERY_R_INVERSE)).astype(np.uint32)


def inverse(x: int) -> int:
    """The multiplicative inverse of x. Raises ZeroDivisionError for a multiple of p."""
    if x % P == 0:
        raise ZeroDivisionError("zero has no inverse in the field")
    return pow(x, -1, P)


def root_of_unity(log_order: int) -> int:
    """The canonical generator of the subgroup of order 2^log_order, with root(k) = root(k + 1)^2."""
    if not 0 <= log_order <= TWO_ADICITY:
        raise ValueError(f"F has roots of unity of order 2^0..2^{TWO_ADICITY}, not 2^{log_order}")
    return pow(GENERATOR, (P - 1) >> log_order, P)
