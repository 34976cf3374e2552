"""A run that calls the precompile is proved and verified; a digest that is no compression has no proof."""

from __future__ import annotations

import numpy as np
import pytest

import quire
from core_vm.errors import LogUpRejection
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.state.roots import output_root_of
from core_vm.statement.proof import RunProof
from precompiles.poseidon2.precompile import NAME
from precompiles.standard.machine import standard_machine
from tests.precompiles.poseidon2.guests import root_program, shard
from tests.soundness.runs import QUICK, TABLES


def test_a_run_that_computes_a_root_is_proved() -> None:
    data = bytes(range(1, 200))
    proven = quire.prove(root_program(), b"\1" + data, public_input=True, kind="shards")
    run = quire.verify(proven.proof, root_program().program_id, input=b"\1" + data)
    assert tuple(np.frombuffer(run.output, "<u4").tolist()) == output_root_of(data)
    (only,) = RunProof.from_bytes(proven.proof).shards
    assert standard_machine().profiles[only.profile].name == "hashes"


def test_no_proof_for_another_digest() -> None:
    """Not even one in which only the request is wrong, and memory and table agree on the digest."""
    honest = shard().trace()
    verify_shard(TABLES, prove_shard(TABLES, honest, shard().public, config=QUICK), shard().public, QUICK)

    trace = shard().trace()
    number = [table.name for table in trace.tables].index(NAME)
    column = trace.tables[number].columns.index("digest_after_0")
    values = trace.read(number, column)
    values[3] ^= 1
    trace.write(number, column, 0, values)
    words = prove_shard(TABLES, trace, shard().public, config=QUICK, check=False)
    with pytest.raises(LogUpRejection):
        verify_shard(TABLES, words, shard().public, QUICK)
