"""What cannot be aggregated is refused by the name of its proof, in a line of its own kind, before there is work."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from aggregator.executors.local import InProcess, ProcessPool
from aggregator.folds.fold import aggregate_proofs, fold_proof
from aggregator.folds.fold_place import FoldPlace
from core_vm.cli.main import main
from core_vm.errors import MalformedProof, QuireError, Rejection, StatementMismatch, UsageError
from core_vm.field.koalabear import Words
from core_vm.stark.keyed import VerifyingKey
from core_vm.statement.encoding import MAGIC, VERSION
from core_vm.statement.packing import pack_words
from core_vm.statement.proof import RunProof
from recursion.folded.final_proof import COUNTS, NUMBERS, FinalProof
from recursion.folded.proof import Batch, FoldedRun, LastProof, Membership, Step
from recursion.folded.pruned import PrunedProof
from recursion.keys.standard import standard_keys
from recursion.regime import Regime
from recursion.verify import extract_statement
from tests.aggregator.counting import Counting
from tests.aggregator.folds.folded_runs import folded, other_folded, shards


def run() -> RunProof:
    return RunProof.from_bytes(shards())


def with_shard(number: int, **changed: object) -> bytes:
    ours = list(run().shards)
    ours[number] = replace(ours[number], **changed)
    return replace(run(), shards=tuple(ours)).to_bytes()


def without(*numbers: int) -> bytes:
    return replace(run(), shards=tuple(s for n, s in enumerate(run().shards) if n not in numbers)).to_bytes()


def changed_run(**changed: object) -> bytes:
    return replace(run(), **changed).to_bytes()


def other_public_length() -> bytes:
    public = run().public_input
    assert public is not None
    return changed_run(public_input=replace(public, length=public.length + 1))


def as_folded(**changed: object) -> bytes:
    return replace(FoldedRun.from_bytes(folded().proof), **changed).to_bytes()


def under_key(**changed: object) -> bytes:
    proof = FoldedRun.from_bytes(folded().proof).proof
    return as_folded(proof=replace(proof, **changed))


def a_key_of_its_own() -> bytes:
    key = FoldedRun.from_bytes(folded().proof).proof.key  # pyright: ignore
    return under_key(key=VerifyingKey((key.root[0] ^ 1, *key.root[1:]), key.tiles))


def a_regime_that_there_is_not() -> bytes:
    proof = FoldedRun.from_bytes(folded().proof).proof.to_bytes()
    return folded().proof.removesuffix(proof) + bytes([max(NUMBERS.values()) + 1]) + proof[1:]


def batch_under(last: LastProof) -> bytes:
    statement = FoldedRun.from_bytes(folded().proof).statement
    return Batch(bytes([1, 0, 0]), (statement,) * 2, ((1,) * 8,) * 2, last).to_bytes()


def no_final_proof(regime: Regime = Regime.LIST) -> FinalProof:
    """As long as one, and nothing else."""
    return FinalProof(pack_words(np.zeros(COUNTS[regime][0], np.uint32)), regime)


def final_batch() -> bytes:
    return batch_under(no_final_proof())


NOT_WHOLE = "only the last shard halts, and it must"
# What is wrong with a proof; the error and words of it.
WRONG: dict[str, tuple[Callable[[], bytes], type[QuireError], str]] = {
    "no proof at all": (lambda: b"a letter", MalformedProof, "magic: this is not a Quire proof"),
    "nothing": (lambda: b"", MalformedProof, "magic: needs 6 bytes"),
    "another version": (
        lambda: MAGIC + struct.pack("<H", VERSION - 1) + shards()[8:], MalformedProof,
        f"version: expected {VERSION}, got {VERSION - 1}",
    ),
    "another kind": (lambda: shards()[:8] + b"\x07" + shards()[9:], MalformedProof, "kind: 7 is not below"),
    "cut short": (lambda: shards()[:-1000], MalformedProof, "needs"),
    "too long": (lambda: shards() + b"\0" * 4, MalformedProof, "end of the proof: 4 bytes too many"),
    "without its last shard": (lambda: without(len(run().shards) - 1), StatementMismatch, NOT_WHOLE),
    "without its shards": (lambda: without(*range(9)), StatementMismatch, "shards: a run has at least one shard"),
    "halting in the middle": (lambda: with_shard(0, halted=True), StatementMismatch, f"shard 0: {NOT_WHOLE}"),
    "a profile that there is not": (lambda: with_shard(1, profile=99), MalformedProof, "shard 1, profile: 99"),
    "a shard without words": (
        lambda: with_shard(1, words=run().shards[1].words[:50]), MalformedProof, "number of shards: 3 need",
    ),
    "an entry between instructions": (
        lambda: changed_run(entry=run().entry + 2), StatementMismatch, "program: the entry",
    ),
    "another output": (lambda: changed_run(output=run().output + b"!"), StatementMismatch, "output: the last state"),
    "another length of the input": (other_public_length, StatementMismatch, "input: the length"),
    "an open claim": (
        lambda: with_shard(-1, num_claims=1, claims_end=(5,) * 8), StatementMismatch, "claims: the run takes 1",
    ),
    "a key of its own": (a_key_of_its_own, StatementMismatch, "key: the proof's key is none of this machine's"),
    "a circuit that there is not": (
        lambda: under_key(circuit=len(standard_keys().digests)), StatementMismatch, "key: the proof's key is none",
    ),
    "a final proof": (lambda: as_folded(proof=no_final_proof()), UsageError, "a final proof is not folded on"),
    "a final proof by unique decoding": (
        lambda: as_folded(proof=no_final_proof(Regime.UNIQUE)), UsageError, "a final proof is not folded on",
    ),
    "a regime that there is not": (a_regime_that_there_is_not, MalformedProof, "circuit: "),
    "a final batch": (final_batch, UsageError, "a final proof is not folded on"),
    "what was extracted": (
        lambda: as_folded(membership=Membership((2,) * 8, (Step(False, (1,) * 8),))), UsageError, "give the batch",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_it_is_refused_by_its_number_before_there_is_work(what: str, tmp_path: Path) -> None:
    """The last of three, of which the others could be worked on."""
    make, kind, why = WRONG[what]
    executor, store = Counting(), tmp_path / "proofs"
    with pytest.raises(kind) as refused:
        aggregate_proofs([shards(), other_folded(), make()], place=FoldPlace(executor, store=store))
    assert str(refused.value).startswith("proof 2: ")
    assert why in str(refused.value)
    assert type(refused.value) is kind
    assert executor.names == []
    assert not store.exists()


@pytest.mark.parametrize("what", ["without its last shard", "another version", "a final proof"])
def test_the_command_says_the_file_in_one_line(what: str, tmp_path: Path) -> None:
    good, bad, output = tmp_path / "good.proof", tmp_path / "bad.proof", tmp_path / "all.batch"
    make, kind, why = WRONG[what]
    good.write_bytes(other_folded())
    bad.write_bytes(make())
    result = CliRunner().invoke(main, ["aggregate", str(good), str(bad), "-o", str(output)])
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"quire: {bad}: ")
    assert why in line
    assert not output.exists()
    said = CliRunner().invoke(main, ["aggregate", str(good), str(bad), "-o", str(output), "--json"]).stdout
    assert json.loads(said) == {"error": line.removeprefix("quire: "), "kind": kind.__name__}


FOLDED_ALREADY = {
    "a folded proof": (lambda: folded().proof, "this proof is folded already: --kind final"),
    "a batch": (
        lambda: batch_under(FoldedRun.from_bytes(folded().proof).proof),
        "this proof is folded already: --kind final",
    ),
    "a final proof": (lambda: as_folded(proof=no_final_proof()), "a final proof is not folded on"),
    "a final batch": (final_batch, "a final proof is not folded on"),
}


@pytest.mark.parametrize("what", FOLDED_ALREADY)
def test_what_is_folded_already_is_not_folded_to_the_same_again(what: str) -> None:
    make, why = FOLDED_ALREADY[what]
    with pytest.raises(UsageError, match=why):
        fold_proof(make())
    with pytest.raises(UsageError, match="claims are discharged where shards are folded"):
        fold_proof(make(), discharging=[other_folded()])


@pytest.mark.parametrize("what", ["a folded proof", "a final proof", "shards"])
def test_only_of_a_batch_a_statement_is_extracted(what: str) -> None:
    data = shards() if what == "shards" else FOLDED_ALREADY[what][0]()
    with pytest.raises(UsageError, match="only a batch has numbered statements"):
        extract_statement(data, 0)


@pytest.mark.parametrize("number", [-1, 2, 2**70, "0", 0.0, None, True])
def test_a_number_that_no_statement_has_is_wrong_usage(number: Any) -> None:
    with pytest.raises(UsageError, match="the batch has statements 0 to 1, not"):
        extract_statement(batch_under(FoldedRun.from_bytes(folded().proof).proof), number)


# -------------------------------------------------------------------------------- what only the words themselves tell
def flipped(words: Words) -> Words:
    changed = words.copy()
    changed[len(words) // 2] ^= 1
    return changed


def tampered_folded() -> bytes:
    proof = FoldedRun.from_bytes(folded().proof).proof
    assert isinstance(proof, PrunedProof)
    return as_folded(proof=replace(proof, words=flipped(proof.words)))


def of_another_run() -> bytes:
    return as_folded(statement=replace(FoldedRun.from_bytes(folded().proof).statement, exit_code=3))


TAMPERED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a shard": (lambda: with_shard(1, words=flipped(run().shards[1].words)), "proof 1: lift of shards "),
    "a folded proof": (tampered_folded, "proof 1: "),
    "what a folded proof says": (of_another_run, "proof 1: "),
    "the number of a shard's words": (
        lambda: with_shard(1, words=np.append(run().shards[1].words, np.uint32(0))), "proof 1: lift of shards ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_a_tampered_one_among_many_is_named(what: str) -> None:
    make, start = TAMPERED[what]
    with pytest.raises(Rejection) as refused:
        aggregate_proofs([other_folded(), make(), shards()], place=FoldPlace(InProcess()))
    assert str(refused.value).startswith(start)


def test_a_process_of_a_pool_names_it_as_well() -> None:
    make, start = TAMPERED["a shard"]
    with ProcessPool(2) as pool, pytest.raises(Rejection) as refused:
        aggregate_proofs([other_folded(), make()], place=FoldPlace(pool))
    assert str(refused.value).startswith(start)
