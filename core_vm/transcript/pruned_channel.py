"""A verifier's end for proofs whose openings are pruned: what it reads it restores, so that both are one pass.

The indices of an opening are drawn before it is read, so the form of what is read is known then; nothing in the proof
says how it is pruned. `restored_words` is the proof of fixed length that says the same, for circuits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core_vm.hash.merkle import verify_cap
from core_vm.hash.pruned_paths import OpeningForm, restored
from core_vm.transcript.channel import VerifierChannel


class PrunedChannel(VerifierChannel):
    """`stored` gives, for one tree after the other as they are opened, how many elements of a row are in the proof: the
    others are zero."""

    def __init__(self, words: npt.NDArray[np.uint32], stored: Sequence[int]) -> None:
        super().__init__(words)
        self._stored = deque(stored)
        self._restored: list[npt.NDArray[np.uint32]] = []

    @property
    def restored_words(self) -> npt.NDArray[np.uint32]:
        """Everything received so far, openings as a `VerifierChannel` receives them."""
        return np.concatenate([np.zeros(0, np.uint32), *self._restored])

    def read(self, label: str, count: int) -> npt.NDArray[np.uint32]:
        values = super().read(label, count)
        self._restored.append(values)
        return values

    def receive_rows(
        self, root: Sequence[int], width: int, indices: Sequence[int], depth: int, log_cap: int
    ) -> npt.NDArray[np.uint32]:
        """As `VerifierChannel.receive_rows`, which see."""
        form = OpeningForm(width, min(self._stored.popleft(), width), depth, log_cap)
        opening = restored(form, indices, lambda count: VerifierChannel.read(self, "whir_openings", count))
        verify_cap("whir openings", root, opening[2])
        self._restored += [part.reshape(-1) for part in opening]
        return opening[0]
