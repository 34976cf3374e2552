"""Folding a run's shards, and batches of runs: what is accepted, and what is refused by name."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from aggregator.folds.fold import aggregate_proofs, fold_proof
from aggregator.folds.fold_place import FoldPlace
from core_vm.errors import MalformedProof, Rejection, StatementMismatch, UsageError
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import Digest
from core_vm.stark.keyed import VerifyingKey
from core_vm.statement.encoding import pack
from core_vm.statement.proof import RunProof
from recursion.folded.batch import leaves_of
from recursion.folded.proof import Batch, FoldedRun, Membership, Step
from recursion.folded.pruned import PrunedProof
from recursion.folded.recursion_proof import proof_words
from recursion.keys.standard import standard_keys
from recursion.programs.records import leaf_digest, record_digest
from recursion.proof import verify
from recursion.verify import extract_statement, verify_proof, verify_statements
from tests.aggregator.counting import Counting
from tests.aggregator.folds.folded_runs import folded, other_folded, other_program, program, shards
from tests.frozen import check_frozen, chosen_randomness


def test_a_run_of_several_shards_is_one_proof() -> None:
    num_shards = len(RunProof.from_bytes(shards()).shards)
    made = folded()
    assert num_shards > 2
    assert made.joins == made.lifts - 1 >= 1
    assert len(made.proof) < 400 * 1024 < len(shards())
    run = verify_proof(made.proof, program().program_id, exit_code=7, input_bytes=b"input")
    assert (run.kind, run.exit_code, run.shards, run.input_bound) == ("folded", 7, None, True)
    assert run.security_bits >= 128
    assert FoldedRun.from_bytes(other_folded()).to_bytes() == other_folded()


@pytest.mark.parametrize(
    ("expected", "where"),
    [
        ({"exit_code": 0}, "exit code"),
        ({"exit_code": 7, "input_bytes": b"inputs"}, "input"),
        ({"exit_code": 7, "input_bytes": b"inpuT"}, "input"),
        ({"exit_code": 7, "program_id": "0" * 64}, "program"),
    ],
)
def test_another_statement_is_refused(expected: dict[str, object], where: str) -> None:
    arguments = {"program_id": program().program_id, **expected}
    with pytest.raises(StatementMismatch) as refused:
        verify_proof(folded().proof, **arguments)
    assert refused.value.where == where


def changed_output(run: FoldedRun) -> FoldedRun:
    return replace(run, statement=replace(run.statement, output=run.statement.output + b"!"))


def private_input(run: FoldedRun) -> FoldedRun:
    return replace(run, statement=replace(run.statement, public_input=None))


def other_key(run: FoldedRun) -> FoldedRun:
    root = run.proof.key.root
    return replace(run, proof=replace(run.proof, key=VerifyingKey((root[0] ^ 1, *root[1:]), run.proof.key.tiles)))


def other_tiles(run: FoldedRun) -> FoldedRun:
    first, *rest = run.proof.key.tiles
    return replace(run, proof=replace(run.proof, key=VerifyingKey(run.proof.key.root, (first - 1, *rest))))


def other_circuit(run: FoldedRun) -> FoldedRun:
    return replace(run, proof=replace(run.proof, circuit=run.proof.circuit - 1))


def member_of_a_batch(run: FoldedRun) -> FoldedRun:
    return replace(run, membership=Membership((2,) * 8, (Step(False, (1,) * 8),)))


def flipped_word(run: FoldedRun) -> FoldedRun:
    words = run.proof.words.copy()
    words[len(words) // 2] ^= 1
    return replace(run, proof=replace(run.proof, words=words))


@pytest.mark.parametrize(
    "forge",
    [changed_output, private_input, other_key, other_tiles, other_circuit, member_of_a_batch, flipped_word],
    ids=lambda forge: forge.__name__,
)
def test_a_forged_proof_is_refused(forge) -> None:
    forged = forge(FoldedRun.from_bytes(folded().proof)).to_bytes()
    with pytest.raises(Rejection):
        verify_proof(forged, program().program_id, exit_code=7)


def test_what_travels_is_the_proof_that_circuits_take() -> None:
    """Restored it has the words of fixed length; and those, pruned again by the verifier's own draws, the bytes."""
    run = FoldedRun.from_bytes(folded().proof)
    digest = record_digest(run.statement.record(standard_keys().root))
    restored = run.proof.restored(digest)
    assert len(restored.words) == proof_words() > len(run.proof.words)
    assert verify(restored.key, restored.words, digest) >= 128
    again = replace(run, proof=PrunedProof.of(restored, digest))
    assert again.to_bytes() == folded().proof


def changed_everywhere(data: bytes, step: int) -> Iterator[bytes]:
    """A bit, in turn another one, in every so many bytes, and in each of the last ones."""
    places = [*range(len(data) - len(data) % step - 1, 9, -step), *range(len(data) - 3, len(data))]
    for number, place in enumerate(places):
        yield data[:place] + bytes([data[place] ^ 1 << number % 8]) + data[place + 1 :]


@pytest.mark.parametrize("step", [40_000, pytest.param(600, marks=pytest.mark.slow)])
def test_every_byte_counts(step: int) -> None:
    for changed in changed_everywhere(folded().proof, step):
        with pytest.raises(Rejection):
            verify_proof(changed, program().program_id, exit_code=7, input_bytes=b"input")


@pytest.mark.parametrize("change", [-4, -1, 1, 4, 31, 2**20])
def test_another_length_is_refused(change: int) -> None:
    data = folded().proof
    changed = data[:change] if change < 0 else data + bytes(change)
    with pytest.raises(MalformedProof):
        verify_proof(changed, program().program_id, exit_code=7)


def test_a_shard_that_is_wrong_cannot_be_folded() -> None:
    run = RunProof.from_bytes(shards())
    words = run.shards[1].words.copy()
    words[len(words) // 3] ^= 1
    wrong = replace(run, shards=(run.shards[0], replace(run.shards[1], words=words), *run.shards[2:]))
    with pytest.raises(Rejection):
        fold_proof(wrong.to_bytes())


@pytest.mark.parametrize("keep", [slice(1, None), slice(None, -1), slice(0, 0)], ids=["first", "last", "all"])
def test_a_run_without_some_shards_cannot_be_folded(keep: slice) -> None:
    """Which is found before there is work, but for the first: that its successor starts elsewhere, its lift finds."""
    run, executor = RunProof.from_bytes(shards()), Counting()
    with pytest.raises(Rejection):
        fold_proof(replace(run, shards=run.shards[keep]).to_bytes(), place=FoldPlace(executor))
    assert executor.names == (["lift of shards 0 to 0"] if keep.start else [])


def test_another_output_is_refused_before_there_is_work() -> None:
    run, executor = RunProof.from_bytes(shards()), Counting()
    with pytest.raises(StatementMismatch, match=r"^output: "):
        fold_proof(replace(run, output=run.output + b"x").to_bytes(), place=FoldPlace(executor))
    assert not executor.names


@cache
def pair() -> bytes:
    """A batch of two runs."""
    with chosen_randomness(b"pair"):
        return aggregate_proofs([shards(), other_folded()]).proof


def test_they_are_the_frozen_ones() -> None:
    check_frozen("folded run", folded().proof)
    check_frozen("batch", pair())


def test_a_batch_of_any_kinds_and_what_is_extracted_of_it() -> None:
    whole = aggregate_proofs([pair(), other_folded()]).proof
    runs = verify_statements(whole).statements
    ids = [program().program_id, other_program().program_id, other_program().program_id]
    assert [run.program_id for run in runs] == ids
    assert [run.exit_code for run in runs] == [7, 0, 0]
    assert [run.public_input_bytes for run in runs] == [5, None, None]
    for number, run in enumerate(runs):
        alone = extract_statement(whole, number).to_bytes()
        for data, statement in ((whole, number), (alone, None)):
            verified = verify_proof(data, run.program_id, statement=statement, exit_code=run.exit_code)
            assert verified.exit_code == run.exit_code
    with pytest.raises(UsageError, match="give the batch"):
        aggregate_proofs([alone, other_folded()])
    with pytest.raises(StatementMismatch, match="program"):
        verify_proof(whole, ids[0], statement=1)
    swapped = replace(batch := Batch.from_bytes(whole), statements=batch.statements[::-1])
    with pytest.raises(Rejection):
        verify_statements(swapped.to_bytes())


def digests_in(run: FoldedRun) -> list[Digest]:
    """All that is in the bytes of a proof that has the form of a digest, and could be a salt."""
    assert run.membership is not None
    head = run.to_bytes()[: -len(run.proof.to_bytes())]
    anywhere = [struct.unpack_from("<8I", head, at) for at in range(len(head) - 31)]
    return [run.membership.salt, standard_keys().root, (0,) * 8, *(x for x in anywhere if max(x) < P)]


def test_what_is_extracted_says_nothing_of_its_neighbour() -> None:
    """Whoever guesses the neighbour cannot compare: the digest beside is that of a leaf, whose salt is in the batch."""
    batch = Batch.from_bytes(pair())
    alone = extract_statement(pair(), 0)
    assert alone.membership is not None
    (step,) = alone.membership.steps
    guess = batch.statements[1].record(standard_keys().root)
    assert leaf_digest(guess, batch.salts[1]) == step.digest  # so the guess is right
    assert step.digest not in [record_digest(guess), *(leaf_digest(guess, salt) for salt in digests_in(alone))]
    assert pack(batch.salts[1]) not in alone.to_bytes()
    assert pack(batch.salts[0]) in alone.to_bytes()


def test_two_batches_of_the_same_statements_share_no_leaf() -> None:
    batches = [Batch.from_bytes(data) for data in (pair(), aggregate_proofs([folded().proof, other_folded()]).proof)]
    assert batches[0].statements == batches[1].statements
    leaves = [digest for batch in batches for digest in leaves_of(standard_keys().root, batch)]
    salts = [element for batch in batches for salt in batch.salts for element in salt]
    assert len(set(leaves)) == len({tuple(batch.salts) for batch in batches}) * 2 == 4
    assert len(set(salts)) >= len(salts) - 1  # 32 elements of 2^31


def test_a_forged_salt_is_refused() -> None:
    batch, alone = Batch.from_bytes(pair()), extract_statement(pair(), 1)
    assert alone.membership is not None
    for place in range(8):
        forged = tuple(element ^ (i == place) for i, element in enumerate(batch.salts[1]))
        with pytest.raises(Rejection):
            verify_statements(replace(batch, salts=(batch.salts[0], forged)).to_bytes())
        forgery = replace(alone, membership=replace(alone.membership, salt=forged)).to_bytes()
        with pytest.raises(Rejection):
            verify_proof(forgery, other_program().program_id)
    for swapped in (batch.salts[::-1], (batch.salts[1],) * 2):
        with pytest.raises(Rejection):
            verify_statements(replace(batch, salts=swapped).to_bytes())
    alias = (batch.salts[1][0] + P, *batch.salts[1][1:])
    with pytest.raises(MalformedProof, match="below P"):
        verify_statements(replace(batch, salts=(batch.salts[0], alias)).to_bytes())


def test_kinds_are_not_mixed_up() -> None:
    with pytest.raises(UsageError, match="only a batch"):
        verify_proof(folded().proof, program().program_id, statement=0)
    with pytest.raises(UsageError, match="folded already"):
        fold_proof(folded().proof)
    with pytest.raises(UsageError, match="two proofs or more"):
        aggregate_proofs([folded().proof])
