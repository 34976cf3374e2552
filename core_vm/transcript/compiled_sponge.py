"""A prover's sponge: what `sponge.Sponge` does, by one kernel a squeeze.

What is absorbed waits as it is until something is squeezed: no one can tell when full blocks were permuted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.hash.poseidon2 import WIDTH
from core_vm.hash.poseidon2_kernels import permute_canonical
from core_vm.transcript.sponge import Sponge
from core_vm.transcript.sponge_kernels import duplex


class CompiledSponge:
    """See the module's head."""

    def __init__(self) -> None:
        self._state = np.zeros(WIDTH, np.uint32)
        self._queue: list[int] = []

    def absorb(self, values: Sequence[int]) -> None:
        """Canonical values."""
        self._queue += values

    def squeeze(self, header: int, count: int) -> list[int]:
        """`count` elements."""
        squeezed = np.empty(count, np.uint32)
        duplex(self._state, np.array(self._queue, np.uint32), header, squeezed)
        self._queue.clear()
        return squeezed.tolist()

    def plain(self) -> Sponge:
        """A copy that is a `Sponge`."""
        copy = Sponge(permute_canonical, self._state.tolist())
        copy.absorb(self._queue)
        return copy
