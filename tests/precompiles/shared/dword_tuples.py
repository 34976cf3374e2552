"""Numbers as kernels take them: tuples of dwords, the lowest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Number = tuple[np.uint64, ...]


def number(value: int, count: int) -> Number:
    return tuple(np.uint64(value >> 64 * i & 2**64 - 1) for i in range(count))


def value_of(dwords: Sequence[int]) -> int:
    return sum(int(dword) << 64 * i for i, dword in enumerate(dwords))
