"""The buses of the circuit machine: its memory, of which every address is written once.

What a circuit computes lies at addresses, and a read is a message that must be like the one its writer sent. Addresses
and multiplicities are fixed columns, the circuit's own: a key is a circuit only if (`recursion.tables.key_check`) each
address has one writer, which sends as often as rows read there. Messages are told apart by bus and address, so values
of another kind, or of another place, never stand in for one another.

A *word* is an element of K; a value of F is a word with four zeros. An *octet* is eight elements of F, a node of
index 0. A *bundle* is four words.
"""

from __future__ import annotations

from core_vm.air.table import Bus
from core_vm.field.extension import DEGREE
from core_vm.hash.poseidon2 import DIGEST

BUNDLE_WORDS = 4
PUBLIC_ADDRESS = 1
"""Where the node lies that a proof is about: the verifier receives (address 1, index 0, digest) once."""


def _numbered(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name}_{i}" for i in range(count))


_VALUE, _DIGEST = _numbered("value", DEGREE), _numbered("digest", DIGEST)

WORD = Bus("word", 1, ("address", *_VALUE))
"""An element of K."""

BUNDLE = Bus("bundle", 2, ("address", *_numbered("value", BUNDLE_WORDS * DEGREE)))
"""Four elements of K, one after the other: e * eq((z0, z1), 0..3)."""

NODE = Bus("node", 3, ("address", "index", *_DIGEST))
"""A digest on its way up a Merkle path, with the index of its node in its level; index 0 where there is no path."""

LEAF = Bus("leaf", 4, ("address", "index", *_DIGEST, *_VALUE))
"""A leaf so far: its index, the digest of the blocks up to here, and the sum of their elements' weights."""

JAGGED = Bus("jagged", 5, ("address", "start", "tiles", *_numbered("state", 4 * DEGREE)))
"""The automaton of a shifted sum: the bits that are left of both numbers, and four states."""

BELOW = Bus("below", 6, ("address", "tiles", *_VALUE))
"""The automaton of `rows_below`: the bits that are left, and the sum so far."""

WEIGHT = Bus("weight", 7, ("address", "x", *_VALUE))
"""A query's weight so far, and the power of its point that the next coordinate goes with."""
