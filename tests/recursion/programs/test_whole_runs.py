"""Real runs: their shards are lifted, joined and closed; and the programs in the shape of all recursion proofs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core_vm.state import roots
from core_vm.state.claims import NO_CLAIMS
from core_vm.statement.shard import exit_limbs
from core_vm.witness.trace import tiles_of
from recursion import prover
from recursion.circuit.graph import Graph
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.filling import Filling
from recursion.circuit.lowering.lower import Lowered
from recursion.keys.tree import NO_KEY, KeyTree
from recursion.programs.batch import batch
from recursion.programs.child import Child
from recursion.programs.close import close, close_hints, closed
from recursion.programs.join import join, join_hints, joined
from recursion.programs.lift import lift_hints, lifted
from recursion.programs.records import NO_EXIT, RangeRecord, RunRecord, record_digest
from recursion.programs.resolve import resolve
from recursion.proof import R, security_report, verify
from recursion.tables.key_check import check_key
from recursion.tables.standard import TABLES
from tests.recursion.programs.real import Proved, child, executed, opening_of
from tests.recursion.programs.telling import SMALL, Teller, octet
from tests.recursion.shards import circuit, halting, proved
from tests.soundness.runs import EXIT_CODE, OUTPUT, counting, counting_program, everything


def test_a_run_of_one_shard() -> None:
    """The record says of the run what the verifier of its shards hands out."""
    program, run = everything().program, executed(everything().program, 2**26)
    lift = Proved.of(circuit())
    tree = KeyTree([lift.key.verifying.digest])
    record = lifted([halting()[0]], tree.root)
    of_shard = child(tree, 0, lift, lift.prove(lift_hints([halting()], tree.root), record_digest(record)))
    opening = opening_of(program, run, tree.root)
    closing = Interpreter(close(SMALL)).run(close_hints(record, opening, of_shard))
    closing.check()
    said = closed(record, opening)
    assert closing.digest == record_digest(said)
    assert roots.format_program_id(said.program_id) == program.program_id
    expected = (tree.root, said.program_id, roots.output_root_of(OUTPUT), roots.input_root_of(b""))
    assert said == RunRecord(*expected, NO_CLAIMS, exit_limbs(EXIT_CODE), 1)


@pytest.mark.slow
def test_a_run_of_three_shards() -> None:
    """Every circuit is proved, and every proof verified: the last one is one of the whole run."""
    program, run = counting_program(), executed(counting_program(), 2**20)
    shards = [proved(shard) for shard in counting()]
    circuits = [Proved.of(graph) for graph in (circuit(), join(SMALL), close(SMALL))]
    tree = KeyTree([circuit.key.verifying.digest for circuit in circuits])
    lift, joins, closes = circuits
    records = [lifted([statement], tree.root) for statement, _ in shards]
    whole = records[0]
    children = [
        child(tree, 0, lift, lift.prove(lift_hints([shard], tree.root), record_digest(record)))
        for shard, record in zip(shards, records, strict=True)
    ]
    so_far = children[0]
    for record, proof in zip(records[1:], children[1:], strict=True):
        hints, whole = join_hints(whole, record, so_far, proof), joined(whole, record)
        so_far = child(tree, 1, joins, joins.prove(hints, record_digest(whole)))
    opening = opening_of(program, run, tree.root)
    said = closed(whole, opening)
    words = closes.prove(close_hints(whole, opening, so_far), record_digest(said))
    assert verify(closes.key.verifying, words, record_digest(said), SMALL) >= 8
    assert roots.format_program_id(said.program_id) == program.program_id
    assert (said.exit_limbs, said.output_root) == (exit_limbs(EXIT_CODE), roots.output_root_of(OUTPUT))


# ---------------------------------------------------------------------------------------------- the shape R
@pytest.mark.slow
@pytest.mark.parametrize("program", [join, close, resolve, batch])
def test_a_proof_has_room_for_every_program(program: Callable[[], Graph]) -> None:
    lowered = Lowered(program())
    check_key(lowered.fixed)
    R.require_fits(TABLES, tiles_of([columns.shape[1] for columns in lowered.fixed.values()]))


@pytest.mark.slow
def test_a_join_of_standard_proofs_is_proved() -> None:
    """Its children say anything, but they are proofs with all their queries, and so is the proof of the join."""
    teller = Teller.of(looks=False, config=R)
    tree = KeyTree([NO_KEY, teller.key.verifying.digest])
    program, claims = octet("program"), octet("claims")
    roots_of_states = [octet(f"root {at}") for at in range(3)]
    records = [
        RangeRecord(tree.root, program, *roots_of_states[at : at + 2], claims, claims, at, at + 1, 0, NO_EXIT)
        for at in range(2)
    ]
    proofs = [Child(teller.key.verifying, 1, tree.path(1), teller.tell(record)) for record in records]
    graph, said = join(), record_digest(joined(*records))
    run = Interpreter(graph).run(join_hints(*records, *proofs))
    run.check()
    assert run.digest == said
    lowered = Lowered(graph)
    key = prover.key_of(lowered.fixed, threads=2)
    trace = prover.trace_of(key, Filling(lowered, run).main_columns())
    words = prover.prove(key, trace, said, threads=2)
    assert verify(key.verifying, words, said) == security_report().bits >= 128
