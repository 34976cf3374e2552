"""Final: one shrunk proof, of a run or of a batch, once more, for a verifier that has this circuit as data.

What is said stays the same, digest and all. The key of the shrink is a constant: there is one circuit whose proofs are
taken here, so nothing shows which proofs are below, or how many (`recursion.final`, `recursion.hiding`).
"""

from __future__ import annotations

from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Digest
from core_vm.stark.keyed import KeyedConfig, VerifyingKey, verify_keyed_argument
from core_vm.stark.verifier import security_of
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.graph import Graph
from recursion.programs.hints import hinted_octets, packed
from recursion.proof import public_values
from recursion.tables.standard import TABLES


def final(key: VerifyingKey, config: KeyedConfig) -> Graph:
    """The circuit of one proof under this key, in the shape of `config`. Raises SecurityError."""
    graph = Graph()
    (digest,) = hinted_octets(graph, 1)
    public = public_values(digest)
    security_of(TABLES, config.shape(TABLES, key.tiles), public, config.stark).check(config.stark.target_bits)
    channel = CircuitChannel(graph)
    verify_keyed_argument(channel, TABLES, key.root, key.tiles, public, config)
    graph.publish(digest)
    graph.finish()
    return graph


def final_hints(digest: Digest, words: Words) -> Words:
    """The hints of a final, from the proof about `digest`: uint32, canonical."""
    return packed([digest], words)
