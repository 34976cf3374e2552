"""A run with open claims has a proof, which is refused by name; its shards prove where the claims lead."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

import quire
from core_vm.errors import Rejection, StatementMismatch
from core_vm.stark.verifier import verify_shard
from core_vm.state.claims import NO_CLAIMS
from core_vm.statement.proof import RunProof, ShardProof
from core_vm.statement.summary import summarise
from core_vm.statement.verifier import shard_statements
from precompiles.standard.machine import standard_machine
from tests.precompiles.claim.guests import claims, program

GUEST = program(claims(3), 8000)


@cache
def proven() -> bytes:
    return quire.prove(GUEST, shard_cells=2**20, kind="shards").proof


def changed(**changes: object) -> bytes:
    """The proof with every shard's claims changed."""
    proof = RunProof.from_bytes(proven())
    return replace(proof, shards=tuple(replace(shard, **changes) for shard in proof.shards)).to_bytes()


def test_a_run_with_open_claims_never_verifies() -> None:
    with pytest.raises(StatementMismatch, match="claims: the run takes 3 claims about other runs for true"):
        quire.verify(proven(), GUEST.program_id)
    assert summarise(proven()).claims == 3


def test_its_shards_are_proved_all_the_same() -> None:
    proof, profiles = RunProof.from_bytes(proven()), standard_machine().profile_tables
    assert len(proof.shards) > 1
    assert {standard_machine().profiles[shard.profile].name for shard in proof.shards} <= {"core", "hashes"}
    for statement, shard in zip(shard_statements(proof), proof.shards, strict=True):
        verify_shard(profiles[shard.profile], shard.words, statement.public_values())


def test_claims_cannot_be_denied() -> None:
    for denied in (changed(claims_end=NO_CLAIMS, num_claims=0), changed(claims_end=NO_CLAIMS)):
        with pytest.raises(Rejection):
            quire.verify(denied, GUEST.program_id)


def test_the_last_shards_claims_alone_cannot_be_denied() -> None:
    """Whatever the shards before say."""
    proof = RunProof.from_bytes(proven())
    last: ShardProof = replace(proof.shards[-1], claims_end=NO_CLAIMS, num_claims=0)
    with pytest.raises(Rejection):
        quire.verify(replace(proof, shards=(*proof.shards[:-1], last)).to_bytes(), GUEST.program_id)
