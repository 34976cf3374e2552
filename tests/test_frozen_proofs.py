"""Small proofs of each kind, as digests: whoever changes what proofs are made of learns it here.

A proof is a function of program, input and shard size where the input is public. So the digests are the same on every
machine, for any number of threads, processes and lanes.
"""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
import pytest

import quire
from aggregator import work
from aggregator.work import ShardProver
from core_vm.machine.shard import ShardRecord
from core_vm.stark.config import PROTOCOL_VERSION
from core_vm.state.memory_map import INPUT_START, OUTPUT_START
from core_vm.statement.proof import RunProof
from precompiles.standard.machine import standard_machine
from tests.conformance.assembler import Assembler, guest
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.machine.running import Executor
from tests.eight_lanes import check_with_eight_lanes

FROZEN_VERSION = 6
FROZEN = {
    "program": "8036103af2716a3c31a974fafd86ab9def2812d6f91bee0c6249d3a979c72fde",
    "shard of the profile core": "c8b610c45da1ca5defbaab39ccf509c896573e045e60b7d9b9d8a74237100f30",
    "shard of the profile hashes": "bdf7f13077ea24c2c761ee45982718c2733c46c6a1941cbb4b2e574b6a98cfdc",
    "shard of the profile all": "e0a2ab052eab102d99dc60b1bfe90ac24d9011643d46604184fd7dd70bb5eee1",
    "run": "1be9fe4da2eb11fe3c148a2ae982a0473b924bed9c2b5d06b54d027e480db339",
}
CHANGED = """{what} is not what it was: its digest is now
    {digest}
If nothing that proofs are made of was meant to change, find what did. If it was, proofs made before are void: raise
PROTOCOL_VERSION (core_vm/stark/config.py), and put it and the new digests into FROZEN_VERSION and FROZEN here."""

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


@cache
def modular_shard() -> Shard:
    """Multiplies two numbers modulo a third."""
    code = Assembler()
    for register, value in {10: DATA, 11: DATA + 32, 12: DATA + 64, 17: 0x1020}.items():
        code.set(register, value)
    code.emit("ecall")
    code.exit()
    (only,) = shards_of(guest("modular", code, bytes(range(1, 97)), DATA).program)
    return only


def frozen(what: str, data: bytes) -> None:
    digest = hashlib.sha256(data).hexdigest()
    assert digest == FROZEN[what], CHANGED.format(what=what, digest=digest)


def test_the_version_is_that_of_the_digests() -> None:
    assert PROTOCOL_VERSION == FROZEN_VERSION, (
        "a new version: put it and the new digests into FROZEN_VERSION and FROZEN"
    )


def test_the_program_is_the_frozen_one() -> None:
    """Its id says what the image and the instructions are hashed to."""
    frozen("program", program().program_id.encode())


@pytest.mark.parametrize(("profile", "place"), [("core", 0), ("hashes", -1)])
def test_a_shard_of_each_profile_is_the_frozen_one(profile: str, place: int) -> None:
    shard = RunProof.from_bytes(proven(1).proof).shards[place]
    assert standard_machine().profiles[shard.profile].name == profile
    frozen(f"shard of the profile {profile}", np.asarray(shard.words, "<u4").tobytes())


def test_a_shard_of_everything_is_the_frozen_one() -> None:
    shard = modular_shard()
    made = ShardProver(shard.program, standard_machine)(shard.record).proof
    assert standard_machine().profiles[made.profile].name == "all"
    frozen("shard of the profile all", np.asarray(made.words, "<u4").tobytes())


def test_every_profile_has_a_frozen_shard() -> None:
    assert {f"shard of the profile {profile.name}" for profile in standard_machine().profiles} == set(FROZEN) - {
        "program",
        "run",
    }


def test_a_run_of_several_shards_with_a_public_input_is_the_frozen_one() -> None:
    run = quire.verify(proven(1).proof, program().program_id, input=INPUT)
    assert run.shards > 2
    frozen("run", proven(1).proof)


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
