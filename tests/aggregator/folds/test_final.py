"""A run of the real machine, from its first instruction to a final proof at full strength."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import quire
from core_vm.cli.main import main
from core_vm.errors import MalformedProof, QuireError, Rejection, StatementMismatch, UsageError
from core_vm.hash.poseidon2 import DIGEST
from core_vm.statement.packing import unpack_words
from recursion.folded.final_proof import COUNTS, NUMBERS, FinalProof
from recursion.folded.proof import FoldedRun
from recursion.folding import Folding
from recursion.hiding.known import known_shape
from recursion.hiding.making import prove_final, prove_shrunk
from recursion.keys.standard import standard_keys
from recursion.programs.records import record_digest
from recursion.regime import Regime
from tests.aggregator.folds.final_fields import PRUNED, parsed
from tests.core_vm.machine.snippets import walk_program
from tests.frozen import check_frozen, chosen_randomness

MOST_BYTES, MOST_BYTES_BY_UNIQUE_DECODING = 88 * 1024, 180 * 1024
PROGRAM = walk_program()


@cache
def folded() -> quire.ProvenRun:
    with chosen_randomness(b"folded"):
        return quire.prove(PROGRAM, kind="folded", workers=1)


@cache
def final() -> bytes:
    with chosen_randomness(b"final"):
        return quire.fold(folded().proof, kind="final").proof


@cache
def unique() -> bytes:
    """In the unique-decoding regime."""
    with chosen_randomness(b"unique"):
        return quire.fold(folded().proof, kind="final", final_regime="unique").proof


@cache
def batch() -> bytes:
    with chosen_randomness(b"batch"):
        return quire.aggregate([folded().proof, folded().proof], kind="final").proof


def run_of(proof: bytes) -> FoldedRun:
    return FoldedRun.from_bytes(proof)


def test_they_are_the_frozen_ones() -> None:
    """But for what is random they are functions of the statement, which the other tests draw anew."""
    check_frozen("final proof of a run", final())
    check_frozen("final proof of a run by unique decoding", unique())
    check_frozen("final proof of a batch", batch())


def test_a_run_ends_in_a_small_proof() -> None:
    verified = quire.verify(final(), folded().program_id)
    assert (verified.kind, verified.exit_code, verified.output) == ("final", 0, folded().output)
    assert verified.regime == quire.inspect(final()).regime == "list"
    assert verified.security_bits >= 128
    assert verified.shards is None
    assert len(final()) <= MOST_BYTES
    assert quire.inspect(final()).kind == "final"


def test_it_can_be_proved_in_one_go() -> None:
    run = quire.prove(PROGRAM, kind="final", workers=1)
    assert run.kind == "final"
    assert quire.verify(run.proof, run.program_id).kind == "final"
    # Two proofs of one statement have no words in common, but for chance among some 20,000 below 2^31 each.
    one, other = (set(words_of(proof)) for proof in (final(), run.proof))
    assert run_of(run.proof).statement == run_of(final()).statement
    assert len(one & other) < 5


def words_of(proof: bytes) -> list[int]:
    last = run_of(proof).proof
    assert isinstance(last, FinalProof)
    return unpack_words(last.packed, "final proof").tolist()


def test_it_may_rest_on_unique_decoding_alone() -> None:
    verified = quire.verify(unique(), folded().program_id)
    assert (verified.kind, verified.exit_code, verified.output) == ("final", 0, folded().output)
    assert verified.regime == quire.inspect(unique()).regime == "unique"
    assert verified.security_bits >= 128
    assert len(unique()) <= MOST_BYTES_BY_UNIQUE_DECODING
    assert quire.inspect(folded().proof).regime is None


def test_what_commands_say_of_a_regime(tmp_path: Path) -> None:
    path, of_program = tmp_path / "proof", ("--program-id", folded().program_id)
    for proof, regime in ((final(), "list"), (unique(), "unique")):
        path.write_bytes(proof)
        assert json.loads(said("verify", path, *of_program, "--json"))["regime"] == regime
        assert f"{regime} decoding" in said("verify", path, *of_program)
        assert json.loads(said("inspect", path, "--json"))["regime"] == regime
        assert f"final, {regime}" in said("inspect", path)
        report = json.loads(said("security", path, "--json"))
        last, shrunk, each = report, *report["below"]
        assert min(link["security_bits"] for link in (last, shrunk, each)) >= 128
        assert [bool(link["readings"]) for link in (last, shrunk, each)] == [*[regime == "list"] * 2, False]
        path.write_bytes(proof[:-1] + bytes([proof[-1] ^ 1]))
        assert json.loads(said("verify", path, *of_program, "--json", status=1))["regime"] is None


def said(*arguments: object, status: int = 0) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == status, result.output
    return result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("regime", ["list", "unique"])
def test_a_run_and_a_batch_in_either_regime(regime: str) -> None:
    """From the program on, from proofs that are made one, and from a batch that is there."""
    run = quire.prove(PROGRAM, kind="final", final_regime=regime, workers=1)
    assert quire.verify(run.proof, run.program_id).regime == regime
    both = quire.aggregate([folded().proof, folded().proof], kind="final", final_regime=regime).proof
    assert quire.verify_batch(both).regime == regime
    verified = quire.verify(quire.extract(both, 1), folded().program_id)
    assert (verified.regime, verified.output) == (regime, folded().output)
    batch = quire.aggregate([folded().proof, folded().proof], kind="folded").proof
    later = quire.fold(batch, kind="final", final_regime=regime).proof
    assert quire.verify(later, folded().program_id, statement=0).regime == regime


def test_a_proof_in_one_regime_is_none_in_the_other() -> None:
    for proof, other in ((final(), Regime.UNIQUE), (unique(), Regime.LIST)):
        run = run_of(proof)
        changed = replace(run, proof=replace(run.proof, regime=other))  # pyright: ignore
        with pytest.raises(Rejection):
            quire.verify(changed.to_bytes(), folded().program_id)


def test_a_shrunk_proof_in_the_other_regime_is_refused() -> None:
    """By the circuit, whose hints are the words of proofs in its own regime, of another number."""
    folding, run = Folding(standard_keys()), run_of(folded().proof)
    task = folding.shrink(folding.member_of(run))
    words = prove_shrunk(task, 2, Regime.UNIQUE)
    with pytest.raises(QuireError):
        prove_final(task.digest, words, 2)


def test_a_regime_is_of_a_final_proof() -> None:
    for kind, regime in (("folded", "unique"), ("final", "johnson"), ("folded", "")):
        for make in (
            lambda kind, regime: quire.fold(folded().proof, kind=kind, final_regime=regime),
            lambda kind, regime: quire.aggregate([folded().proof] * 2, kind=kind, final_regime=regime),
            lambda kind, regime: quire.prove(PROGRAM, kind=kind, final_regime=regime),
        ):
            with pytest.raises(UsageError, match="regime"):
                make(kind, regime)


@pytest.mark.parametrize("of", [final, unique], ids=["list", "unique"])
def test_every_byte_counts(of: Callable[[], bytes]) -> None:
    rng, proof = random.Random(1), of()
    for place in rng.sample(range(len(proof)), 16):
        changed = bytearray(proof)
        changed[place] ^= 1 << rng.randrange(8)
        with pytest.raises(Rejection):
            quire.verify(bytes(changed), folded().program_id)


@pytest.mark.parametrize("of", [final, unique], ids=["list", "unique"])
@pytest.mark.parametrize("cut", [1, 1000, 60_000, 2**18])
def test_a_length_that_it_has_not(of: Callable[[], bytes], cut: int) -> None:
    for changed in (of()[:-cut], of() + bytes(cut)):
        with pytest.raises(Rejection):
            quire.verify(changed, folded().program_id)


@pytest.mark.parametrize(
    "of", [final, unique, batch, lambda: folded().proof], ids=["list", "unique", "batch", "folded"]
)
def test_what_only_reads_a_proof_refuses_such_a_length_too(of: Callable[[], bytes], tmp_path: Path) -> None:
    """Of words that are no whole number, and of a number that no proof has. Which number this very one has, its
    queries decide, so that only verifying tells of a few words."""
    path, proof = tmp_path / "proof", of()
    for changed in (proof[:-1], proof + b"\0", proof[: len(proof) // 2], proof[:1000], proof + bytes(31 * 8000)):
        with pytest.raises(MalformedProof):
            quire.inspect(changed)
        path.write_bytes(changed)
        said("security", path, status=1)


@pytest.mark.parametrize(("regime", "of"), [(Regime.LIST, final), (Regime.UNIQUE, unique)])
def test_how_many_words_a_final_proof_has(regime: Regime, of: Callable[[], bytes]) -> None:
    """All but openings are of one number; these have the most where the queries share no node."""
    of_openings = sum(len(words) for label, words in parsed(of()).words if label in PRUNED)
    most = 0
    for whir_round in known_shape(regime).opening.rounds:
        siblings = sum(min(whir_round.num_queries, 1 << level) for level in range(whir_round.log_domain))
        most += whir_round.num_queries * sum(whir_round.widths) + DIGEST * siblings
    count = len(words_of(of()))
    assert COUNTS[regime][-1] == count - of_openings + most
    assert COUNTS[regime][0] < 0.95 * count


def test_it_is_of_this_statement_alone() -> None:
    run = run_of(final())
    for statement in (
        replace(run.statement, output=run.statement.output + b"."),
        replace(run.statement, exit_code=1),
        replace(run.statement, program_id=record_digest(run.statement.record((0,) * 8))),
    ):
        changed = replace(run, statement=statement)
        with pytest.raises(Rejection):
            quire.verify(changed.to_bytes(), folded().program_id, exit_code=statement.exit_code)


def test_a_folded_proof_does_not_pass_for_a_final_one() -> None:
    run = run_of(folded().proof)
    for proof in (FinalProof(b""), FinalProof(run.proof.to_bytes()[1:])):
        with pytest.raises(Rejection):
            quire.verify(replace(run, proof=proof).to_bytes(), folded().program_id)
    as_circuit = bytearray(run_of(final()).to_bytes())
    place = as_circuit.index(run_of(final()).proof.to_bytes())
    for number in (min(NUMBERS.values()) - 1, max(NUMBERS.values()) + 1):
        as_circuit[place] = number
        with pytest.raises((MalformedProof, StatementMismatch)):
            quire.verify(bytes(as_circuit), folded().program_id)


def test_a_batch_ends_in_one_too() -> None:
    verified = quire.verify_batch(batch())
    assert [statement.program_id for statement in verified.statements] == [folded().program_id] * 2
    assert len(batch()) <= MOST_BYTES
    alone = quire.extract(batch(), 1)
    assert quire.verify(alone, folded().program_id).kind == "final"


def test_nothing_follows_a_final_proof() -> None:
    for make in (
        lambda: quire.fold(final(), kind="final"),
        lambda: quire.aggregate([folded().proof, final()]),
        lambda: quire.fold(folded().proof, discharging=[final()], kind="final"),
        lambda: quire.fold(folded().proof, kind="last"),
        lambda: quire.prove(PROGRAM, kind="last"),
    ):
        with pytest.raises(UsageError):
            make()


def test_its_verifier_needs_numpy_alone(tmp_path: Path) -> None:
    """The key is there, as it is after a first verification; without it, the sources make it."""
    quire.verify(final(), folded().program_id)
    (tmp_path / "proof").write_bytes(final())
    code = f"""
import sys
sys.modules["numba"] = sys.modules["llvmlite"] = None
from pathlib import Path
import quire
print(quire.verify(Path({str(tmp_path / "proof")!r}).read_bytes(), {folded().program_id!r}).kind)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stdout == "final\n", done.stderr
