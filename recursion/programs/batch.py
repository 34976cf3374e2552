"""Batch: two proofs, each of a run or of a batch, are one.

The digests of their records become part of one record. They are opened for that: what counts is that the same keys are
allowed in both, and that they are records of runs or of batches at all. A run with open claims is none that anybody
accepts, so there is no batch of it.
"""

from __future__ import annotations

from core_vm.errors import StatementMismatch
from core_vm.field.koalabear import Words
from core_vm.stark.keyed import KeyedConfig
from recursion.circuit.graph import Graph
from recursion.programs.child import Child, verify_child
from recursion.programs.hints import finished, hinted_octets, packed
from recursion.programs.member import Member, hinted_member, member_fields, require_member
from recursion.programs.records import BatchRecord, record_digest
from recursion.proof import R


def batch(config: KeyedConfig = R) -> Graph:
    """The circuit of two proofs, each about a run or a batch, in the shape of `config`. Raises SecurityError."""
    graph = Graph()
    (key_root,) = hinted_octets(graph, 1)
    digests = [hinted_member(graph, key_root) for _ in range(2)]
    for digest in digests:
        verify_child(graph, digest, key_root, config)
    return finished(graph, BatchRecord(key_root, *digests))


def batched(left: Member, right: Member) -> BatchRecord:
    """What a batch of proofs about these, of integers, says. Raises StatementMismatch if they cannot be in one."""
    for record in (left, right):
        require_member("batch", record)
    if left.key_root != right.key_root:
        raise StatementMismatch("batch", "the two proofs are of trees with other keys")
    return BatchRecord(left.key_root, record_digest(left), record_digest(right))


def batch_hints(left: Member, right: Member, left_child: Child, right_child: Child) -> Words:
    """The hints of a batch, from records of integers and the proofs about them: uint32, canonical.

    The proof is about `batched(left, right)`. Raises StatementMismatch as `batched` does.
    """
    both = batched(left, right)
    return packed([both.key_root, member_fields(left), member_fields(right)], left_child.hints(), right_child.hints())
