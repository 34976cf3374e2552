"""Batch: two proofs, each of a run or of a batch, are one.

The digests of their records become part of one record. They are opened for that: what counts is that the same keys are
allowed in both, and that they are records of runs or of batches at all. A run with open claims is none that anybody
accepts, so there is no batch of it.
"""

from __future__ import annotations

from core_vm.errors import StatementMismatch
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import DIGEST
from core_vm.stark.keyed import KeyedConfig
from core_vm.state.claims import NO_CLAIMS
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.graph import Graph
from recursion.programs.child import Child, verify_child
from recursion.programs.hints import digest_in, finished, hinted_octets, hinted_words, packed
from recursion.programs.records import BatchRecord, Octet, RunRecord, record_digest
from recursion.proof import R

Member = RunRecord | BatchRecord


def batch(config: KeyedConfig = R) -> Graph:
    """The circuit of two proofs, each about a run or a batch, in the shape of `config`. Raises SecurityError."""
    graph = Graph()
    (key_root,) = hinted_octets(graph, 1)
    digests = [_member(graph, key_root) for _ in range(2)]
    for digest in digests:
        verify_child(graph, digest, key_root, config)
    return finished(graph, BatchRecord(key_root, *digests))


def _member(graph: Graph, key_root: Octet) -> Octet:
    """The digest of a record of the one kind or of the other, as a bit says: the fields of both are hints.

    The bit chooses between two digests; anything else would mix them. `first` and `second` are a run's program id and
    output root, or the two digests of a batch.
    """
    first, second, input_root = hinted_octets(graph, 3)
    is_batch, low, high, bound = hinted_words(graph, 4)
    no_bit = StatementMismatch("batch", "a record is neither one of a run nor one of a batch")
    CircuitChannel(graph).arithmetic.require_zero(is_batch * is_batch - is_batch, no_bit)
    run = digest_in(graph, RunRecord(key_root, first, second, input_root, NO_CLAIMS, (low, high), bound))
    both = digest_in(graph, BatchRecord(key_root, first, second))
    return tuple(x + is_batch * (y - x) for x, y in zip(run, both, strict=True))


def batched(left: Member, right: Member) -> BatchRecord:
    """What a batch of proofs about these, of integers, says. Raises StatementMismatch if they cannot be in one."""
    for record in (left, right):
        if not isinstance(record, RunRecord | BatchRecord):
            raise StatementMismatch("batch", "a record is neither one of a run nor one of a batch")
        if isinstance(record, RunRecord) and record.claims != NO_CLAIMS:
            raise StatementMismatch("batch", "a run takes claims for true: they are discharged first")
    if left.key_root != right.key_root:
        raise StatementMismatch("batch", "the two proofs are of trees with other keys")
    return BatchRecord(left.key_root, record_digest(left), record_digest(right))


def batch_hints(left: Member, right: Member, left_child: Child, right_child: Child) -> Words:
    """The hints of a batch, from records of integers and the proofs about them: uint32, canonical.

    The proof is about `batched(left, right)`. Raises StatementMismatch as `batched` does.
    """
    both = batched(left, right)
    return packed([both.key_root, _fields(left), _fields(right)], left_child.hints(), right_child.hints())


def _fields(record: Member) -> list[object]:
    if isinstance(record, BatchRecord):
        return [record.left, record.right, [0] * DIGEST, 1, 0, 0, 0]
    return [record.program_id, record.output_root, record.input_root, 0, *record.exit_limbs, record.input_bound]
