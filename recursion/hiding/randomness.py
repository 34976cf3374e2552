"""The randomness of one proof: a fresh seed from the operating system, expanded by SHAKE-256.

Each proof draws its own, and a proof that is made again, after a failure or for another statement, draws anew: pads
that serve two transcripts give away the difference of their messages. So a `Randomness` cannot be copied or stored. The
seed never depends on the witness alone, which would make two proofs of one witness share it.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from core_vm.errors import UsageError
from core_vm.field.extension import DEGREE, K
from core_vm.field.koalabear import P

SEED_BYTES = 32
_MASK = np.uint32((1 << 31) - 1)


class Randomness:
    """A stream of uniform elements. Raises UsageError for a seed of another length than SEED_BYTES."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise UsageError(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
        self._seed, self._calls = seed, 0

    @staticmethod
    def fresh() -> Randomness:
        """From 256 bits of the operating system's generator."""
        return Randomness(secrets.token_bytes(SEED_BYTES))

    def __reduce__(self) -> NoReturn:
        raise UsageError("the randomness of a proof is used once: it is neither copied nor stored")

    def words(self, count: int) -> npt.NDArray[np.uint32]:
        """`count` uniform canonical elements of F. Of the 31-bit words of the stream those from p on are rejected."""
        found = [np.zeros(0, np.uint32)]
        while (missing := count - sum(map(len, found))) > 0:
            drawn = np.frombuffer(self.stream(4 * (missing + missing // 64 + 8)), "<u4") & _MASK
            found.append(drawn[drawn < P][:missing].astype(np.uint32))
        return np.concatenate(found)

    def elements(self, count: int) -> list[K]:
        """`count` uniform elements of K."""
        return [K(*row) for row in self.words(DEGREE * count).reshape(count, DEGREE).tolist()]

    def stream(self, num_bytes: int) -> bytes:
        """Bytes of SHAKE-256 over the seed and the number of the call, so that no two calls overlap."""
        self._calls += 1
        return hashlib.shake_256(self._seed + self._calls.to_bytes(8, "little")).digest(num_bytes)
