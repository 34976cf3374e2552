"""Join: two ranges of shards that follow one another are one range.

What they share, the state in the middle and the program, is one variable in both children's records: there is nothing
to compare, and no range in between to leave out. That the left one goes on is a constant.
"""

from __future__ import annotations

from dataclasses import replace

from core_vm.errors import StatementMismatch
from core_vm.field.koalabear import Words
from core_vm.stark.keyed import KeyedConfig
from recursion.circuit.graph import Graph
from recursion.programs.child import Child, verify_record
from recursion.programs.hints import finished, hinted_octets, hinted_words, packed
from recursion.programs.records import NO_EXIT, RangeRecord
from recursion.proof import R

NOT_HALTED = 0


def join(config: KeyedConfig = R) -> Graph:
    """The circuit of two proofs about ranges, in the shape of `config`. Raises SecurityError."""
    graph = Graph()
    key_root, program_root = hinted_octets(graph, 2)
    roots, claims, pcs = hinted_octets(graph, 3), hinted_octets(graph, 3), hinted_words(graph, 3)
    halted, low, high = hinted_words(graph, 3)
    of_both = key_root, program_root
    left = RangeRecord(*of_both, roots[0], roots[1], claims[0], claims[1], pcs[0], pcs[1], NOT_HALTED, NO_EXIT)
    right = RangeRecord(*of_both, roots[1], roots[2], claims[1], claims[2], pcs[1], pcs[2], halted, (low, high))
    for record in (left, right):
        verify_record(graph, record, config)
    return finished(graph, _both(left, right))


def joined(left: RangeRecord, right: RangeRecord) -> RangeRecord:
    """What a join of proofs about these, of integers, says. Raises StatementMismatch if they cannot be joined."""
    if left.halted or any(left.exit_limbs):
        raise StatementMismatch("join", "the left range has halted, nothing follows it")
    for what, ends, starts in (
        ("keys", left.key_root, right.key_root),
        ("program", left.program_root, right.program_root),
        ("memory", left.root_end, right.root_start),
        ("claims", left.claims_end, right.claims_start),
        ("program counter", left.pc_end, right.pc_start),
    ):
        if ends != starts:
            raise StatementMismatch("join", f"the right range does not go on where the left one ends: {what}")
    return _both(left, right)


def _both(left: RangeRecord, right: RangeRecord) -> RangeRecord:
    return replace(right, root_start=left.root_start, claims_start=left.claims_start, pc_start=left.pc_start)


def join_hints(left: RangeRecord, right: RangeRecord, left_child: Child, right_child: Child) -> Words:
    """The hints of a join, from records of integers and the proofs about them: uint32, canonical.

    The proof is about `joined(left, right)`. Raises StatementMismatch as `joined` does.
    """
    both = joined(left, right)
    roots = [left.root_start, left.root_end, right.root_end]
    claims = [left.claims_start, left.claims_end, right.claims_end]
    pcs = [left.pc_start, left.pc_end, right.pc_end]
    fields = [both.key_root, both.program_root, roots, claims, pcs, both.halted, both.exit_limbs]
    return packed(fields, left_child.hints(), right_child.hints())
