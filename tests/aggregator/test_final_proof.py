"""A run of the real machine, from its shards to a final proof at full strength."""

from __future__ import annotations

import pytest

import quire
from aggregator.fold import proved_shards
from core_vm.errors import Rejection
from core_vm.statement.proof import RunProof
from precompiles.standard.machine import standard_machine
from recursion.final.known import known_key
from recursion.final.proof import verify
from recursion.final.prover import compiled_trace, prove
from recursion.folded.statement import statement_of
from recursion.folding import Folding, Proved
from recursion.keys.circuits import Circuits, circuit
from recursion.keys.standard import standard_keys
from recursion.programs.records import record_digest
from tests.core_vm.machine.snippets import walk_program

MOST_BYTES = 92 * 1024


@pytest.mark.slow
def test_a_run_is_closed_by_a_final_proof() -> None:
    run = RunProof.from_bytes(quire.prove(walk_program(), workers=1, kind="shards").proof)
    profiles, keys = standard_machine().profile_tables, standard_keys()
    folding, circuits = Folding(keys), Circuits(profiles, keys)
    lift = folding.lift(proved_shards(profiles, run))
    lifted = Proved(lift.record, circuits.prove(lift.circuit, lift.hints, lift.digest, 2))
    close = folding.close(lifted, folding.opening_of(run, run.shards[-1].claims_end))

    key, compiled = known_key("close"), circuit(close.circuit, None).compiled
    trace = compiled_trace(key, compiled, compiled.run(close.hints), 2)
    proof = prove(key, trace, close.digest, threads=2)

    # What a verifier knows is the statement: what it says is the digest that the proof is about.
    digest = record_digest(statement_of(run).record(keys.root))
    assert digest == close.digest
    assert verify(key, proof, digest) >= 128
    assert len(proof) <= MOST_BYTES
    with pytest.raises(Rejection):
        verify(key, proof, lift.digest)
    for place in range(0, len(proof), len(proof) // 20):
        changed = bytearray(proof)
        changed[place] ^= 4
        with pytest.raises(Rejection):
            verify(key, bytes(changed), digest)
