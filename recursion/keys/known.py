"""The keys that a verifier knows: without them a recursion proof says nothing."""

from __future__ import annotations

from collections.abc import Sequence

from core_vm.hash.poseidon2 import Digest
from recursion.keys.tree import KeyTree


class KnownKeys(KeyTree):
    """All keys of a machine, in the order of the catalogue, and the security of the shards below."""

    def __init__(self, digests: Sequence[Digest], shard_bits: float) -> None:
        """`shard_bits` is the least of all profiles and heights: a folded proof does not say which it is made of."""
        super().__init__(digests)
        self._shard_bits = shard_bits

    def __eq__(self, other: object) -> bool:
        """What is known is what counts: they travel between processes."""
        return isinstance(other, KnownKeys) and self._known == other._known

    def __hash__(self) -> int:
        return hash(self._known)

    @property
    def _known(self) -> tuple[object, ...]:
        return self.digests, self._shard_bits

    def security_bits(self, bits: float) -> float:
        """Of the weakest challenge in the tree of proofs, when that of the recursion proofs has `bits`."""
        return min(bits, self._shard_bits)
