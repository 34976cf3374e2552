"""A record of a run or of a batch: what programs take that ask no more of a proof than to be one that is accepted."""

from __future__ import annotations

from core_vm.errors import StatementMismatch
from core_vm.hash.poseidon2 import DIGEST
from core_vm.state.claims import NO_CLAIMS
from recursion.circuit.channel import CircuitChannel
from recursion.circuit.graph import Graph
from recursion.programs.hints import digest_in, hinted_octets, hinted_words
from recursion.programs.records import BatchRecord, Octet, RunRecord, Value

Member = RunRecord | BatchRecord


def hinted_member(graph: Graph, key_root: Octet) -> tuple[Octet, Value]:
    """The digest of a record of either kind, and the bit that says which: the fields of both are hints.

    The bit chooses between two digests; anything else would mix them: it is 1 for a batch. `first` and `second` are a
    run's program id and output root, or the two digests of a batch.
    """
    first, second, input_root = hinted_octets(graph, 3)
    is_batch, low, high, bound = hinted_words(graph, 4)
    no_bit = StatementMismatch("record", "it is neither one of a run nor one of a batch")
    CircuitChannel(graph).arithmetic.require_zero(is_batch * is_batch - is_batch, no_bit)
    run = digest_in(graph, RunRecord(key_root, first, second, input_root, NO_CLAIMS, (low, high), bound))
    both = digest_in(graph, BatchRecord(key_root, first, second))
    return chosen(is_batch, both, run), is_batch


def chosen(bit: Value, one: Octet, zero: Octet) -> Octet:
    """The one octet or the other."""
    return tuple(z + bit * (o - z) for o, z in zip(one, zero, strict=True))


def require_member(program: str, record: object) -> None:
    """Raises StatementMismatch for a record of another kind, and for a run with open claims."""
    if not isinstance(record, RunRecord | BatchRecord):
        raise StatementMismatch(program, "a record is neither one of a run nor one of a batch")
    if isinstance(record, RunRecord) and record.claims != NO_CLAIMS:
        raise StatementMismatch(program, "a run takes claims for true: they are discharged first")


def member_fields(record: Member) -> list[object]:
    """The hints of `hinted_member`, from integers."""
    if isinstance(record, BatchRecord):
        return [record.left, record.right, [0] * DIGEST, 1, 0, 0, 0]
    return [record.program_id, record.output_root, record.input_root, 0, *record.exit_limbs, record.input_bound]
