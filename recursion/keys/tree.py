"""The tree of the keys that proofs may have: its root is part of every recursion statement.

A verifier compares that root with the one it knows; below, circuits only ask that children have the same. So no
circuit contains a key, and keys can be computed without knowing the root. Leaves without a circuit are zero digests,
of which nobody knows a key.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from core_vm.errors import UsageError
from core_vm.hash.poseidon2 import DIGEST, Digest, compress

KEY_DEPTH = 5
MAX_KEYS = 1 << KEY_DEPTH
NO_KEY: Digest = (0,) * DIGEST


class KeyTree:
    """`digests` are those of verifying keys, in the order of the catalogue."""

    def __init__(self, digests: Sequence[Digest]) -> None:
        """Raises UsageError for more than MAX_KEYS keys."""
        if len(digests) > MAX_KEYS:
            raise UsageError(f"{len(digests)} circuits: the tree of keys has {MAX_KEYS} leaves")
        self.digests = tuple(digests)

    @cached_property
    def _levels(self) -> list[list[Digest]]:
        levels = [[*self.digests, *[NO_KEY] * (MAX_KEYS - len(self.digests))]]
        while len(levels[-1]) > 1:
            below = levels[-1]
            levels.append([tuple(compress(below[i], below[i + 1])) for i in range(0, len(below), 2)])
        return levels

    @property
    def root(self) -> Digest:
        """What statements carry."""
        return self._levels[-1][0]

    def path(self, number: int) -> tuple[Digest, ...]:
        """The KEY_DEPTH digests beside the path from key `number` to the root."""
        return tuple(level[(number >> height) ^ 1] for height, level in enumerate(self._levels[:-1]))
