"""Channels whose Merkle openings are pruned: proofs for readers that may branch on what is drawn, as no circuit can."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import DIGEST
from core_vm.hash.pruned import leaves_of, missing_siblings, open_pruned, verify_pruned
from core_vm.transcript.channel import ProverChannel, VerifierChannel

if TYPE_CHECKING:
    from core_vm.hash.merkle import MerkleTree


class PrunedProverChannel(ProverChannel):
    """Writes each leaf once, and no cap."""

    def send_rows(self, tree: MerkleTree, indices: Sequence[int], log_cap: int) -> Words:
        rows, leaves, siblings = open_pruned(tree, indices)
        self.hint("whir_leaves", leaves)
        self.hint("whir_paths", siblings)
        return rows


class PrunedVerifierChannel(VerifierChannel):
    """Reads what `PrunedProverChannel` writes."""

    def receive_rows(self, root: Sequence[int], width: int, indices: Sequence[int], depth: int, log_cap: int) -> Words:
        leaves, places = leaves_of(indices)
        rows = self.receive_hint("whir_leaves", len(leaves) * width).reshape(len(leaves), width)
        missing = sum(len(nodes) for nodes in missing_siblings(leaves, depth))
        siblings = self.receive_hint("whir_paths", missing * DIGEST).reshape(missing, DIGEST)
        verify_pruned("whir openings", root, leaves, depth, rows, siblings)
        return rows[places]
