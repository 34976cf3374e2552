"""The shapes of the hiding proofs that a verifier knows: of the final circuits, under their pinned keys."""

from __future__ import annotations

from functools import cache

from recursion.final.known import known_key
from recursion.final.proof import FINAL
from recursion.hiding.circuits import shape_of_key
from recursion.hiding.shape import HidingShape
from recursion.regime import Regime


@cache
def known_shape(regime: Regime = Regime.LIST) -> HidingShape:
    """Raises UsageError where the sources make another key than the pinned one."""
    return shape_of_key(known_key(regime), FINAL[regime])
