"""Small proofs of shards and runs, as digests, for any number of threads, processes and lanes.

Those of folded and final proofs stand where such proofs are made: `test_fold.py` and `test_final.py` of
`tests/aggregator/folds`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import quire
from aggregator.runs import shard_work as work
from aggregator.runs.shard_work import ShardProver
from core_vm.machine.shard import ShardRecord
from core_vm.stark.config import PROTOCOL_VERSION
from core_vm.state.memory_map import INPUT_START, OUTPUT_START
from core_vm.statement.proof import RunProof
from precompiles.standard.machine import standard_machine
from tests.conformance.assembler import Assembler, guest
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.machine.running import Executor
from tests.eight_lanes import check_with_eight_lanes
from tests.frozen import FROZEN, FROZEN_VERSION, check_frozen

INPUT = bytes(range(200))
NUM_ROUNDS, SHARD_CELLS = 14_000, 2**20
DATA, POINTER, COUNTER, VALUE, SUM = 0x20_0000, 5, 6, 7, 8


@cache
def program() -> quire.Program:
    """Adds up a dword of the input many times, hashes 64 bytes of it, and writes both as its output."""
    code = Assembler()
    code.set(POINTER, INPUT_START + 32)
    code.set(COUNTER, NUM_ROUNDS)
    code.label("loop")
    code.emit("ld", VALUE, POINTER, immediate=8)
    code.emit("add", SUM, SUM, VALUE)
    code.emit("xor", SUM, SUM, COUNTER)
    code.emit("addi", COUNTER, COUNTER, immediate=-1)
    code.branch("bne", COUNTER, 0, "loop")
    for register, value in {10: OUTPUT_START + 40, 11: INPUT_START + 64, 12: 0, 17: 0x1000}.items():
        code.set(register, value)
    code.emit("ecall")
    code.set(POINTER, OUTPUT_START)
    code.set(VALUE, 40)
    code.emit("sd", 0, POINTER, VALUE)
    code.emit("sd", 0, POINTER, SUM, 32)
    code.exit()
    return guest("frozen", code, bytes(64), DATA).program


@cache
def proven(workers: int) -> quire.ProvenRun:
    return quire.prove(program(), INPUT, public_input=True, shard_cells=SHARD_CELLS, workers=workers, kind="shards")


CALLS = {
    "curves": {10: DATA, 11: DATA + 32, 12: DATA + 64, 17: 0x1020},
    "pairings_bn254": {10: DATA, 11: DATA + 384, 17: 0x10A0},
    "pairings_bls12_381": {10: DATA, 11: DATA + 576, 17: 0x10A1},
}
"""By profile the registers of a call: a product of two numbers modulo a third, and products in Fp12."""


@cache
def calling_shard(profile: str) -> Shard:
    """Makes the call."""
    code = Assembler()
    for register, value in CALLS[profile].items():
        code.set(register, value)
    code.emit("ecall")
    code.exit()
    (only,) = shards_of(guest(profile, code, bytes(k % 251 for k in range(1, 769)), DATA).program)
    return only


def test_the_version_is_that_of_the_digests() -> None:
    assert PROTOCOL_VERSION == FROZEN_VERSION, (
        "a new version: put it and the new digests into FROZEN_VERSION and FROZEN"
    )


def test_the_program_is_the_frozen_one() -> None:
    """Its id says what the image and the instructions are hashed to."""
    check_frozen("program", program().program_id.encode())


@pytest.mark.parametrize(("profile", "place"), [("core", 0), ("hashes", -1)])
def test_a_shard_of_each_profile_is_the_frozen_one(profile: str, place: int) -> None:
    shard = RunProof.from_bytes(proven(1).proof).shards[place]
    assert standard_machine().profiles[shard.profile].name == profile
    check_frozen(f"shard of the profile {profile}", np.asarray(shard.words, "<u4").tobytes())


@pytest.mark.parametrize("profile", CALLS)
def test_a_shard_with_calls_is_the_frozen_one(profile: str) -> None:
    shard = calling_shard(profile)
    made = ShardProver(shard.program, standard_machine)(shard.record).proof
    assert standard_machine().profiles[made.profile].name == profile
    check_frozen(f"shard of the profile {profile}", np.asarray(made.words, "<u4").tobytes())


def test_every_profile_has_a_frozen_shard() -> None:
    of_profiles = {f"shard of the profile {profile.name}" for profile in standard_machine().profiles}
    assert of_profiles == {what for what in FROZEN if what.startswith("shard")}


def test_a_run_of_several_shards_with_a_public_input_is_the_frozen_one() -> None:
    run = quire.verify(proven(1).proof, program().program_id, input=INPUT)
    assert run.shards > 2
    check_frozen("run", proven(1).proof)


def test_several_processes_make_the_same_run() -> None:
    assert proven(2).proof == proven(1).proof


@pytest.mark.parametrize("threads", [2, 3])
def test_several_threads_make_the_same_shard(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MIN_CELLS_FOR_THREADS", 0)
    *_, last = records()
    made = ShardProver(program(), standard_machine, threads=threads)(last).proof
    assert made.words.tolist() == RunProof.from_bytes(proven(1).proof).shards[-1].words.tolist()


def records() -> list[ShardRecord]:
    machine = standard_machine()
    executor = Executor(
        program(), INPUT, shard_cells=SHARD_CELLS, precompiles=machine.precompiles, costs=machine.row_cells
    )
    return list(executor.shards())


@pytest.mark.slow
def test_another_number_of_lanes_makes_the_same_proofs() -> None:
    check_with_eight_lanes("tests/test_frozen_proofs.py")
