"""Resolve: the last open claim of a run is discharged by the proof of what it claims.

A claim says that a program ended with exit code 0 and an output of some root (`core_vm.state.claims`). Whoever proves
it has no open claims and no exit code: both are constants here, so a run that fails, or one that takes something for
true itself, discharges nothing. What a run claims is true only of runs that are proved without it: there is no circle.
"""

from __future__ import annotations

from dataclasses import replace

from core_vm.errors import StatementMismatch
from core_vm.field.koalabear import Words
from core_vm.hash.poseidon2 import Compress
from core_vm.stark.keyed import KeyedConfig
from core_vm.state.claims import NO_CLAIMS, Claim, with_claim
from core_vm.state.roots import compress_digests
from recursion.circuit.graph import Graph
from recursion.programs.child import Child, verify_record
from recursion.programs.hints import finished, hinted_octets, hinted_words, packed
from recursion.programs.records import NO_EXIT, Octet, RunRecord
from recursion.proof import R


def resolve(config: KeyedConfig = R) -> Graph:
    """The circuit of two proofs about runs, in the shape of `config`: one that claims, and what it claims.

    Raises SecurityError.
    """
    graph = Graph()
    key_root, program_id, output_root, input_root, claims = hinted_octets(graph, 5)
    low, high, bound = hinted_words(graph, 3)
    resolved = RunRecord(key_root, program_id, output_root, input_root, claims, (low, high), bound)
    program_id, output_root, input_root = hinted_octets(graph, 3)
    (bound,) = hinted_words(graph, 1)
    claimed = RunRecord(key_root, program_id, output_root, input_root, NO_CLAIMS, NO_EXIT, bound)
    for record in (_claiming(resolved, claimed, graph.compress), claimed):
        verify_record(graph, record, config)
    return finished(graph, resolved)


def _claiming(resolved: RunRecord, claimed: RunRecord, compress: Compress = compress_digests) -> RunRecord:
    """The run as it was, with one claim more."""
    claim = Claim(claimed.program_id, claimed.output_root)
    return replace(resolved, claims=with_claim(resolved.claims, claim, compress))


def resolved(run: RunRecord, claimed: RunRecord, claims: Octet) -> RunRecord:
    """What a resolve of proofs about these says, of integers; `claims` are those of `run` without its last one.

    Raises StatementMismatch if that one is not discharged by `claimed`.
    """
    if claimed.claims != NO_CLAIMS:
        raise StatementMismatch("resolve", "what is claimed takes claims for true itself: they come first")
    if claimed.exit_limbs != NO_EXIT:
        raise StatementMismatch("resolve", "what is claimed ended with an exit code, a claim is of a run without one")
    if claimed.key_root != run.key_root:
        raise StatementMismatch("resolve", "the two proofs are of trees with other keys")
    after = replace(run, claims=claims)
    if _claiming(after, claimed) != run:
        raise StatementMismatch("resolve", "the last claim of the run is of another program or output")
    return after


def resolve_hints(run: RunRecord, claimed: RunRecord, claims: Octet, run_child: Child, claimed_child: Child) -> Words:
    """The hints of a resolve, from records of integers and the proofs about them: uint32, canonical.

    The proof is about `resolved(run, claimed, claims)`. Raises StatementMismatch as `resolved` does.
    """
    after = resolved(run, claimed, claims)
    fields = [after.key_root, after.program_id, after.output_root, after.input_root, after.claims, after.exit_limbs]
    others = [claimed.program_id, claimed.output_root, claimed.input_root, claimed.input_bound]
    return packed([*fields, after.input_bound, *others], run_child.hints(), claimed_child.hints())
