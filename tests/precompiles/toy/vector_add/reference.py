"""Adding two vectors of four dwords, lane by lane, as it is defined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LANES: Final = 4


def add(terms: Sequence[int], total: Sequence[int]) -> list[int]:
    """total + terms modulo 2^64 in each of the `LANES` lanes."""
    return [(a + b) % 2**64 for a, b in zip(terms, total, strict=True)]
