"""Shrink: one proof, of a run or of a batch, again, in another shape.

The circuit takes a proof in the shape of all recursion proofs, and a proof of it is made in a shape with fewer queries
at lower rates (`recursion.proof`). What is said stays the same, digest and all. The record is opened for the root
of the keys that its proof may be under: it is part of the record, so a verifier who knows the record knows that too.
A run with open claims is none that anybody accepts, so it is not shrunk.
"""

from __future__ import annotations

from core_vm.field.koalabear import Words
from core_vm.stark.keyed import KeyedConfig
from recursion.circuit.graph import Graph
from recursion.programs.child import Child, verify_child
from recursion.programs.hints import hinted_octets, packed
from recursion.programs.member import Member, hinted_member, member_fields, require_member
from recursion.proof import R


def shrink(config: KeyedConfig = R) -> Graph:
    """The circuit of one proof about a run or a batch, in the shape of `config`. Raises SecurityError."""
    graph = Graph()
    (key_root,) = hinted_octets(graph, 1)
    digest, _ = hinted_member(graph, key_root)
    verify_child(graph, digest, key_root, config)
    graph.publish(digest)
    graph.finish()
    return graph


def shrink_hints(record: Member, child: Child) -> Words:
    """The hints of a shrink, from a record of integers and the proof about it: uint32, canonical.

    The proof is about the same record. Raises StatementMismatch for one that is not shrunk.
    """
    require_member("shrink", record)
    return packed([record.key_root, member_fields(record)], child.hints())
