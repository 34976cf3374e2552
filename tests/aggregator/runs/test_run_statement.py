"""A run of several shards: it verifies as it is, and no rearrangement of its parts or claims does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import quire
from aggregator.runs.shard_work import shard_statement
from core_vm.air.public import PublicValues
from core_vm.errors import LogUpRejection, MalformedProof, Rejection, StatementMismatch, UsageError, WitnessError
from core_vm.machine.machine import Profile
from core_vm.machine.replay.recorder import record
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.statement.proof import RunProof
from core_vm.tables.source import WitnessSource
from core_vm.tables.standard import fill_trace
from precompiles.standard.machine import standard_machine
from tests.aggregator.guests import program_of
from tests.conformance.assembler import Assembler, guest
from tests.core_vm.machine.running import Executor

SHARD_CELLS = 1 << 20
DATA = 0x20_0000


@pytest.fixture(scope="module")
def program() -> quire.Program:
    return program_of(0)


@pytest.fixture(scope="module")
def proven(program: quire.Program):
    return quire.prove(program, b"some input", public_input=True, shard_cells=SHARD_CELLS, workers=1, kind="shards")


@pytest.fixture(scope="module")
def proof(proven) -> RunProof:
    return RunProof.from_bytes(proven.proof)


def verify(proof: RunProof, program: quire.Program, **expected: object) -> quire.VerifiedRun:
    return quire.verify(proof.to_bytes(), program.program_id, **expected)


def test_the_whole_run_verifies(proven, proof: RunProof, program: quire.Program) -> None:
    assert len(proof.shards) == proven.shards >= 3
    run = verify(proof, program, input=b"some input")
    assert (run.exit_code, run.output, run.input_bound) == (0, b"", True)
    assert run.security_bits >= 128


def test_a_shard_is_proved_with_the_tables_that_it_needs(proof: RunProof) -> None:
    assert [shard.profile for shard in proof.shards] == [0] * (len(proof.shards) - 1) + [1]
    assert len(proof.shards[0].words) < len(proof.shards[-1].words)


@pytest.mark.parametrize(("place", "profile"), [(0, 1), (-1, 0)], ids=["more_tables", "fewer_tables"])
def test_a_shard_under_another_profile_is_rejected(
    place: int, profile: int, proof: RunProof, program: quire.Program
) -> None:
    shards = list(proof.shards)
    shards[place] = replace(shards[place], profile=profile)
    with pytest.raises(Rejection):
        verify(replace(proof, shards=tuple(shards)), program)


@pytest.mark.parametrize("profile", [len(standard_machine().profiles), 255])
def test_a_profile_that_does_not_exist_is_malformed(profile: int, proof: RunProof, program: quire.Program) -> None:
    shards = (replace(proof.shards[0], profile=profile), *proof.shards[1:])
    with pytest.raises(MalformedProof, match="profile"):
        verify(replace(proof, shards=shards), program)


def test_a_shard_with_calls_has_no_proof_without_their_tables(program: quire.Program) -> None:
    """The call's message stays on its bus."""
    machine = standard_machine()
    *_, last = Executor(
        program, b"", shard_cells=SHARD_CELLS, precompiles=machine.precompiles, costs=machine.row_cells,
        profiles=machine.called_together,
    ).shards()  # fmt: skip
    core = machine.profiles[0]
    source = WitnessSource(program, last, record(program, last, machine.precompiles), core.modules)
    check_rejected(core, source, shard_statement(program, last).public_values())


@pytest.mark.parametrize("number", [-2, -1], ids=lambda number: standard_machine().profiles[number].name)
def test_a_shard_that_calls_what_no_profile_holds_together_has_no_proof(number: int) -> None:
    """An executor that does not cut there leaves its prover without tables for one of the calls."""
    machine = standard_machine()
    code = Assembler()
    for registers in ({10: DATA, 11: DATA + 384, 17: 0x10A0}, {10: DATA, 11: DATA + 576, 17: 0x10A1}):
        for register, value in registers.items():
            code.set(register, value)
        code.emit("ecall")
    code.exit()
    both = guest("both", code, bytes(range(256)) * 3, DATA).program
    (forged,) = Executor(both, precompiles=machine.precompiles, costs=machine.row_cells).shards()
    honest = Executor(
        both, precompiles=machine.precompiles, costs=machine.row_cells, profiles=machine.called_together
    ).shards()
    assert [sum(shard.num_calls.values()) for shard in honest] == [1, 1]
    with pytest.raises(UsageError, match="no profile holds fp12_bls12_381_multiply, fp12_bn254_multiply together"):
        machine.profile_for(forged.num_calls)
    profile = machine.profiles[number]
    source = WitnessSource(both, forged, record(both, forged, machine.precompiles), profile.modules)
    check_rejected(profile, source, shard_statement(both, forged).public_values())


def check_rejected(profile: Profile, source: WitnessSource, public: PublicValues) -> None:
    """The messages of a call that no table receives do not balance, and a proof of them does not verify."""
    trace = fill_trace(profile.modules, source)
    with pytest.raises(WitnessError, match="balance"):
        prove_shard(profile.tables, trace, public)
    words = prove_shard(profile.tables, trace, public, check=False)
    with pytest.raises(LogUpRejection):
        verify_shard(profile.tables, words, public)


def test_the_reported_sizes_are_those_of_the_run(proven, program: quire.Program) -> None:
    run = quire.execute(program, b"some input", shard_cells=SHARD_CELLS)
    assert (run.cycles, run.shards) == (proven.cycles, proven.shards)
    assert proven.cells <= proven.shards * SHARD_CELLS
    assert set(proven.phases) >= {"execute", "trace", "commit", "gkr", "zerocheck", "open"}


def test_a_process_pool_proves_the_same_statement(proven, proof: RunProof, program: quire.Program) -> None:
    pooled = quire.prove(program, b"some input", public_input=True, shard_cells=SHARD_CELLS, workers=2, kind="shards")
    other = RunProof.from_bytes(pooled.proof)
    assert [shard.root_end for shard in other.shards] == [shard.root_end for shard in proof.shards]
    assert verify(other, program, input=b"some input").shards == proven.shards


def with_shard(proof: RunProof, number: int, **changes: object) -> RunProof:
    shards = list(proof.shards)
    shards[number] = replace(shards[number], **changes)
    return replace(proof, shards=tuple(shards))


def bumped(digest: tuple[int, ...]) -> tuple[int, ...]:
    return ((digest[0] + 1) % (2**31 - 2**24 + 1), *digest[1:])


REARRANGED: dict[str, Callable[[RunProof], RunProof]] = {
    "no shards": lambda p: replace(p, shards=()),
    "first shard missing": lambda p: replace(p, shards=p.shards[1:]),
    "middle shard missing": lambda p: replace(p, shards=(p.shards[0], *p.shards[2:])),
    "last shard missing": lambda p: replace(p, shards=p.shards[:-1]),
    "shard twice": lambda p: replace(p, shards=(p.shards[0], *p.shards)),
    "shards swapped": lambda p: replace(p, shards=(p.shards[1], p.shards[0], *p.shards[2:])),
    "halted too early": lambda p: with_shard(p, 0, halted=True),
    "never halted": lambda p: with_shard(p, -1, halted=False),
    "other boundary root": lambda p: with_shard(p, 0, root_end=bumped(p.shards[0].root_end)),
    "other boundary pc": lambda p: with_shard(p, 0, pc_end=p.shards[0].pc_end + 1),
    "other end time": lambda p: with_shard(p, 0, end_time=p.shards[0].end_time + 4),
    "end time between instructions": lambda p: with_shard(p, 0, end_time=p.shards[0].end_time + 1),
    "other boundary claims": lambda p: with_shard(p, 0, claims_end=bumped(p.shards[0].claims_end)),
    "a claim too many": lambda p: with_shard(p, 0, num_claims=1),
    "words of another shard": lambda p: with_shard(p, 0, words=p.shards[1].words),
    "other input": lambda p: replace(p, input_root=bumped(p.input_root)),
    "other output": lambda p: replace(p, output=b"forged"),
    "other output path": lambda p: replace(p, output_siblings=(bumped(p.output_siblings[0]), *p.output_siblings[1:])),
    "other program": lambda p: replace(p, program_root=bumped(p.program_root)),
    "other image": lambda p: replace(p, image_roots=(bumped(p.image_roots[0]), *p.image_roots[1:])),
    "other entry": lambda p: replace(p, entry=p.entry + 4),
}


@pytest.mark.parametrize("change", REARRANGED.values(), ids=[name.replace(" ", "_") for name in REARRANGED])
def test_no_rearrangement_verifies(change: Callable[[RunProof], RunProof], proof: RunProof, program) -> None:
    with pytest.raises(Rejection):
        verify(change(proof), program)


def test_another_statement_is_refused_before_any_shard_is_looked_at(proof: RunProof, program: quire.Program) -> None:
    with pytest.raises(StatementMismatch, match="exit code"):
        verify(proof, program, exit_code=1)
    with pytest.raises(StatementMismatch, match="input"):
        verify(proof, program, input=b"another input")
    with pytest.raises(StatementMismatch, match="program"):
        quire.verify(proof.to_bytes(), "0" * 64)


def test_words_that_are_too_few_or_too_many_are_malformed(proof: RunProof, program: quire.Program) -> None:
    words = proof.shards[0].words
    for changed in (words[:-1], words[: len(words) // 2], words[:0], words.repeat(2)[: len(words) + 1]):
        with pytest.raises(Rejection):
            verify(with_shard(proof, 0, words=changed), program)
    with pytest.raises(MalformedProof):
        quire.verify(proof.to_bytes() + b"\0", program.program_id)


def test_a_failed_run_is_no_success() -> None:
    program = program_of(3)
    failed = quire.prove(program, workers=1, kind="shards")
    assert failed.exit_code == 3
    with pytest.raises(StatementMismatch, match="exit code"):
        quire.verify(failed.proof, program.program_id)
    assert quire.verify(failed.proof, program.program_id, exit_code=3).exit_code == 3
    claimed = replace(RunProof.from_bytes(failed.proof), exit_code=0)
    with pytest.raises(Rejection):
        verify(claimed, program)
