"""Runs that call the precompile are proved on a machine of their own, in this process and in others, and verified."""

from __future__ import annotations

from functools import cache

import pytest

from aggregator.executors.local import ProcessPool
from aggregator.runs.prove import prove_run
from aggregator.runs.proven import ProvenRun
from aggregator.runs.shard_work import ShardProver
from core_vm.errors import Rejection
from core_vm.statement.proof import RunProof
from core_vm.statement.verifier import verify_run
from precompiles.standard.machine import standard_machine
from precompiles.standard.security import proof_security
from tests.precompiles.toy import guests
from tests.precompiles.toy.machine import toy_machine


@cache
def proven() -> ProvenRun:
    return prove_run(guests.program(), toy_machine, guests.vectors(), public_input=True)


def verify(proof: bytes):
    profiles = toy_machine().profile_tables
    return verify_run(profiles, proof, guests.program().program_id, input_bytes=guests.vectors())


def test_a_proof_on_its_own_machine_is_verified() -> None:
    run = verify(proven().proof)
    assert (run.output, run.exit_code, run.shards) == (guests.total_of(guests.vectors()), 0, 1)
    assert run.security_bits >= 128
    assert proof_security(proven().proof, toy_machine()).bits >= 128


def test_a_proof_names_the_profile_that_holds_its_calls() -> None:
    (shard,) = RunProof.from_bytes(proven().proof).shards
    assert toy_machine().profiles[shard.profile].name == "vectors"


def test_another_machine_does_not_accept_it() -> None:
    with pytest.raises(Rejection):
        verify_run(standard_machine().profile_tables, proven().proof, guests.program().program_id)


def test_several_shards_are_proved_in_other_processes() -> None:
    """The machine travels as the function that makes it. The first shard makes all calls; the others need the core."""
    data = guests.vectors(7000)
    with ProcessPool(2) as pool:
        run = prove_run(guests.program(), toy_machine, data, public_input=True, shard_cells=2**22, workers=pool)
    assert run.shards > 1
    verified = verify_run(toy_machine().profile_tables, run.proof, run.program_id, input_bytes=data)
    assert verified.output == guests.total_of(data)


def test_a_shard_prover_makes_the_same_proof() -> None:
    prover = ShardProver(guests.program(), toy_machine)
    (shard,) = RunProof.from_bytes(proven().proof).shards
    assert prover(guests.shard().record).proof.words.tolist() == shard.words.tolist()
