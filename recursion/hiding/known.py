"""The shape of the hiding proofs that a verifier knows: of the final circuit, under its pinned key."""

from __future__ import annotations

from functools import cache

from recursion.final.known import known_key
from recursion.hiding.circuits import shape_of_key
from recursion.hiding.shape import HidingShape


@cache
def known_shape() -> HidingShape:
    """Raises UsageError where the sources make another key than the pinned one."""
    return shape_of_key(known_key())
