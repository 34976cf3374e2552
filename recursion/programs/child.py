"""Verifying a recursion proof in a circuit: every program but the lift takes proofs of others, and here is how.

A child's key is a hint. It is believed because its digest is a leaf of the tree of keys under `key_root`, which is
part of the child's record as well as of the parent's: by induction over the tree of proofs, what verifies under a key
of that tree says a true record. No circuit needs to know which keys its children have, or what the root is.

A prover chooses the key's root and tile counts, its place and the path. Paths have one length, so what is hashed at
the bottom is a leaf, and a leaf is the digest of a key that `stark.keyed_prover.make_key` made, or zeros, of which
nobody knows a key. The tile counts are part of the digest, so they are those for which `make_key` saw that all blocks
lie in their own commitment (`KeyedConfig.require_fits`): nothing is left to require of them here.
"""

from __future__ import annotations

from dataclasses import dataclass

from core_vm.errors import StatementMismatch
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.stark.keyed import KeyedConfig, VerifyingKey, key_digest, verify_keyed_argument
from core_vm.stark.verifier import security_of
from recursion.circuit.assertions import Claim
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.graph import Graph
from recursion.keys.tree import KEY_DEPTH
from recursion.programs.hints import digest_in, hinted_octets, hinted_words, packed
from recursion.programs.records import Octet, Record
from recursion.proof import R, public_values
from recursion.tables.standard import TABLES


@dataclass(frozen=True)
class Child:
    """A proof that a circuit takes. `number` is that of its key in the tree of keys, and `path` the KEY_DEPTH digests
    beside the way from the key to the root (`keys.tree.KeyTree.path`); `words` are uint32, canonical."""

    key: VerifyingKey
    number: int
    path: tuple[Digest, ...]
    words: Words

    def hints(self) -> Words:
        """In the order in which `verify_child` takes them: uint32, canonical."""
        bits = [self.number >> level & 1 for level in range(KEY_DEPTH)]
        return packed([self.key.root, self.key.tiles, bits, self.path], self.words)


def verify_child(graph: Graph, digest: Octet, key_root: Octet, config: KeyedConfig = R) -> None:
    """`recursion.proof.verify` in a circuit, of a proof about `digest` under a key of the tree with root `key_root`.

    Takes the next hints, `Child.hints`. Raises SecurityError where the verifier would accept no proof.
    """
    channel = CircuitChannel(graph)
    (root,), tiles = hinted_octets(graph, 1), hinted_words(graph, len(TABLES.tables))
    with graph.part("keys"):
        _require_member(channel, graph, key_digest(root, tiles, graph.compress), key_root)
    public = public_values(digest)
    security_of(TABLES, config.shape(TABLES, tiles), public, config.stark).check(config.stark.target_bits)
    verify_keyed_argument(channel, TABLES, root, tiles, public, config, graph.compress)


def _require_member(channel: CircuitChannel, graph: Graph, leaf: Octet, key_root: Octet) -> None:
    """The way from a leaf up to the root. At each level a bit says whether the node is the right one of its parent:
    which leaf it is, is not asked, but a bit that were none would mix the node with the digest beside it."""
    bits, siblings = hinted_words(graph, KEY_DEPTH), hinted_octets(graph, KEY_DEPTH)
    node = leaf
    for bit, sibling in zip(bits, siblings, strict=True):
        no_bit = StatementMismatch("key", "a step of its path goes neither left nor right")
        channel.arithmetic.require_zero(bit * bit - bit, no_bit)
        left = [x + bit * (y - x) for x, y in zip(node, sibling, strict=True)]
        right = [x + y - z for x, y, z in zip(node, sibling, left, strict=True)]
        node = graph.compress(left, right)
    foreign = StatementMismatch("key", "it is none of the keys that the statement allows")
    graph.require(Claim.SAME, [*node, *key_root], foreign)


def verify_record(graph: Graph, record: Record, config: KeyedConfig = R) -> None:
    """`verify_child` for a proof about this record of variables."""
    verify_child(graph, digest_in(graph, record), record.key_root, config)
