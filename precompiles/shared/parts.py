"""What is too long for one message: parts of it, for sender and receiver alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def in_parts(entries: Sequence[T], size: int) -> list[list[T | int]]:
    """Parts of `size` entries, the last one filled with zeros.

    A message has to say which part it is: `place` = parts a step x step + part, or more than there are parts, tells
    those of one step from those of the next.
    """
    padded: list[T | int] = [*entries, *[0] * (-len(entries) % size)]
    return [padded[at : at + size] for at in range(0, len(padded), size)]
