"""Batch: two proofs, each of a run or of a batch, are one.

The digests of their records become part of one record. They are opened for that: what counts is that the same keys are
allowed in both, and that they are records of runs or of batches at all. A run with open claims is none that anybody
accepts, so there is no batch of it.

A run becomes part of it with a salt, as a leaf (`records.LeafRecord`): what is beside the way from a leaf to the root
says nothing of the runs that it stands for. The prover chooses the salt, and could only hurt whom it protects; what the
batch says does not depend on it. That a leaf is one of a run, and the digest of a batch's record is none, say the tags.
"""

from __future__ import annotations

from dataclasses import dataclass

from core_vm.errors import StatementMismatch
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import DIGEST, Digest
from core_vm.stark.keyed import KeyedConfig
from recursion.circuit.graph import Graph, Value
from recursion.programs.child import Child, verify_child
from recursion.programs.hints import digest_in, finished, hinted_octets, packed
from recursion.programs.member import Member, chosen, hinted_member, member_fields, require_member
from recursion.programs.records import BatchRecord, LeafRecord, Octet, leaf_digest, record_digest
from recursion.proof import R

NO_SALT: Digest = (0,) * DIGEST
"""Of a batch within a batch: its own leaves have theirs."""


@dataclass(frozen=True)
class Half:
    """What a batch is made of: a record of integers, and the salt with which a run becomes a leaf."""

    record: Member
    salt: Digest = NO_SALT

    @property
    def entry(self) -> Digest:
        """What stands for it in the batch's record."""
        if isinstance(self.record, BatchRecord):
            return record_digest(self.record)
        return leaf_digest(self.record, self.salt)


def batch(config: KeyedConfig = R) -> Graph:
    """The circuit of two proofs, each about a run or a batch, in the shape of `config`. Raises SecurityError."""
    graph = Graph()
    (key_root,) = hinted_octets(graph, 1)
    members = [hinted_member(graph, key_root) for _ in range(2)]
    entries = [_entry(graph, key_root, digest, is_batch) for digest, is_batch in members]
    for digest, _ in members:
        verify_child(graph, digest, key_root, config)
    return finished(graph, BatchRecord(key_root, *entries))


def _entry(graph: Graph, key_root: Octet, digest: Octet, is_batch: Value) -> Octet:
    (salt,) = hinted_octets(graph, 1)
    return chosen(is_batch, digest, digest_in(graph, LeafRecord(key_root, digest, salt)))


def batched(left: Half, right: Half) -> BatchRecord:
    """What a batch of proofs about these, of integers, says. Raises StatementMismatch if they cannot be in one."""
    for half in (left, right):
        require_member("batch", half.record)
    if left.record.key_root != right.record.key_root:
        raise StatementMismatch("batch", "the two proofs are of trees with other keys")
    return BatchRecord(left.record.key_root, left.entry, right.entry)


def batch_hints(left: Half, right: Half, left_child: Child, right_child: Child) -> Words:
    """The hints of a batch, from records of integers and the proofs about them: uint32, canonical.

    The proof is about `batched(left, right)`. Raises StatementMismatch as `batched` does.
    """
    fields = [batched(left, right).key_root, member_fields(left.record), member_fields(right.record)]
    return packed([*fields, left.salt, right.salt], left_child.hints(), right_child.hints())
