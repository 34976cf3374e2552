"""The claims that a run in progress makes, shard by shard."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_vm.hash.poseidon2 import DIGEST, Digest
from core_vm.state.claims import NO_CLAIMS, Claim, with_claim


class ClaimLog:
    """`all` are the claims of the shards that ended, `digest` that of all of them."""

    def __init__(self) -> None:
        self.all: list[Claim] = []
        self.digest: Digest = NO_CLAIMS
        self._of_shard: list[Claim] = []

    def expect(self, number: int, values: np.ndarray) -> None:
        """The call about to be made is the shard's claim `number`, of operands `values` (8,) uint64.

        The guest may trap in it, and a shard may end before the call after all: then another claim is expected under
        the same number, or the same one in the next shard.
        """
        words = np.ascontiguousarray(values).view(np.uint32).tolist()
        self._of_shard[number:] = [Claim(tuple(words[:DIGEST]), tuple(words[DIGEST:]))]

    def end_shard(self, count: int) -> dict[str, Any]:
        """The shard made `count` claims: the fields of its record that say so."""
        start, made = self.digest, self._of_shard[:count]
        for claim in made:
            self.digest = with_claim(self.digest, claim)
        self.all += made
        self._of_shard = []
        return {"claims_start": start, "num_claims": count, "claims_end": self.digest}
