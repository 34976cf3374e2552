"""Which precompiles one shard may call: those that some profile of the machine holds together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np


class Companions:
    """The precompiles by their places in `names`, and the sets of them that `profiles` hold, by name; no profiles hold
    all together.

    `is_choosy` (places,) bool: whether a call closes the shard to others, which a profile that has not this one may
    hold. Of the others no first call has to be looked at.
    """

    def __init__(self, names: Sequence[str], profiles: Sequence[Collection[str]] = ()) -> None:
        held = [[name in profile for name in names] for profile in profiles or (names,)]
        self._held = np.array(held, np.bool_)
        # What all of the widest profiles hold can join whatever a profile holds: one of the widest holds that too.
        self.is_choosy = np.logical_not(np.all(self._held[self._is_widest()], axis=0))

    def may_join(self, place: int, called: np.ndarray) -> bool:
        """Whether a profile holds the precompile at `place` and all that are called, (places,) bool."""
        together = called.copy()
        together[place] = True
        return bool((together <= self._held).all(axis=1).any())

    def _is_widest(self) -> np.ndarray:
        """(profiles,) bool: what no other profile holds with more besides."""
        is_part = np.all(self._held[:, None] <= self._held, axis=2)
        return np.logical_not(np.any(is_part & ~is_part.T, axis=1))
