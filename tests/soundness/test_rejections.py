"""One way into every kind of rejection, and no way into any other exception, on proofs of the real machine."""

from __future__ import annotations

from functools import cache
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import quire
from core_vm.errors import (
    LogUpRejection,
    MalformedProof,
    MerkleRejection,
    OpeningRejection,
    ProofOfWorkRejection,
    Rejection,
    StatementMismatch,
    SumcheckRejection,
    UsageError,
    ZerocheckRejection,
)
from core_vm.field.koalabear import P, to_montgomery
from core_vm.pcs.whir.commitment import commit
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.statement import verifier as statement_verifier
from core_vm.statement.encoding import MAGIC
from tests.soundness.recording import Reading, RecordingVerifier, recording
from tests.soundness.runs import EXIT_CODE, OUTPUT, QUICK, TABLES, everything


@cache
def quick_proof() -> tuple[np.ndarray, list[Reading]]:
    """(words, what the verifier reads) of a quick proof of `everything`."""
    shard = everything()
    words = prove_shard(TABLES, shard.trace(), shard.public, config=QUICK)
    with recording():
        verify_shard(TABLES, words, shard.public, QUICK)
    return words, RecordingVerifier.last.readings


@cache
def run_proof() -> bytes:
    """A proof of the whole run, with the standard parameters."""
    proven = quire.prove(everything().program, public_input=True, workers=1, kind="shards")
    assert (proven.exit_code, proven.output) == (EXIT_CODE, OUTPUT)
    return proven.proof


def verify(proof: bytes, exit_code: int = EXIT_CODE) -> quire.VerifiedRun:
    return quire.verify(proof, everything().program.program_id, exit_code=exit_code)


def with_word(label: str, change: int, at: int = 0) -> np.ndarray:
    """The proof with word `at` of the first message of this label made larger by `change`."""
    words, readings = quick_proof()
    place = next(r.start for r in readings if r.label == label and r.stop > r.start) + at
    changed = words.copy()
    changed[place] = (int(changed[place]) + change) % 2**32
    return changed


@pytest.mark.parametrize(
    ("label", "rejection"),
    [
        ("gkr_root", LogUpRejection),
        ("gkr_halves", SumcheckRejection),
        ("column_values", ZerocheckRejection),
        ("whir_leaves", MerkleRejection),
        ("whir_paths", MerkleRejection),
        ("whir_cap", MerkleRejection),
    ],
)
def test_a_changed_message_has_its_rejection(label: str, rejection: type[Rejection]) -> None:
    with pytest.raises(rejection):
        verify_shard(TABLES, with_word(label, 1), everything().public, QUICK)


def test_a_nonce_without_work_has_its_rejection() -> None:
    kinds = set()
    for change in range(1, 12):
        with pytest.raises(Rejection) as caught:
            verify_shard(TABLES, with_word("fingerprint_grinding", change), everything().public, QUICK)
        kinds.add(type(caught.value))
    assert ProofOfWorkRejection in kinds


def test_a_word_that_is_no_field_element_is_malformed() -> None:
    words, readings = quick_proof()
    for label in sorted({reading.label for reading in readings}):
        place = next(r.start for r in readings if r.label == label and r.stop > r.start)
        with pytest.raises(MalformedProof, match=label):
            verify_shard(TABLES, with_word(label, P - int(words[place])), everything().public, QUICK)


def test_a_commitment_to_another_trace_is_a_rejected_opening() -> None:
    """Everything is proved about the honest trace, but the committed one differs in a cell."""
    shard = everything()

    def commit_to_another(cells: np.ndarray, *rest: object) -> object:
        other = cells.copy()
        other[1000] = to_montgomery(np.array([12345]))[0]
        return commit(other, *rest)

    with (
        patch("core_vm.stark.prover.commit", commit_to_another),
        patch("core_vm.pcs.whir.prover.Opening.check_end", lambda opening: None),  # an honest prover would notice
    ):
        words = prove_shard(TABLES, shard.trace(), shard.public, config=QUICK)
    with pytest.raises(OpeningRejection):
        verify_shard(TABLES, words, shard.public, QUICK)


def test_the_honest_run_verifies() -> None:
    run = verify(run_proof())
    assert (run.exit_code, run.output, run.shards) == (EXIT_CODE, OUTPUT, 1)
    with pytest.raises(StatementMismatch, match="exit code"):
        verify(run_proof(), exit_code=0)


@pytest.fixture
def shards_verified_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict on a shard is a function of tables, words and public values: the same ones are judged once."""
    verdict = cache(lambda tables, words, public: verify_shard(tables, np.frombuffer(words, np.uint32), public))
    monkeypatch.setattr(
        statement_verifier, "verify_shard", lambda tables, words, public: verdict(tables, words.tobytes(), public)
    )


def test_every_byte_before_the_words_matters(shards_verified_once: None) -> None:
    proof = run_proof()
    end = len(proof) - 4 * len(quire.inspect(proof).shards) - quire.inspect(proof).shards[0].bytes
    assert proof.startswith(MAGIC)
    for place in range(end + 4):
        changed = bytearray(proof)
        changed[place] ^= 1 << (place % 8)
        with pytest.raises(Rejection):
            verify(bytes(changed))


def test_sampled_bytes_of_the_words_matter() -> None:
    proof = run_proof()
    rng = np.random.default_rng(5)
    start = len(proof) - quire.inspect(proof).shards[0].bytes
    for place in sorted({start, start + 5, len(proof) - 1, *rng.integers(start, len(proof), 5).tolist()}):
        changed = bytearray(proof)
        changed[place] ^= int(rng.integers(1, 256))
        with pytest.raises(Rejection):
            verify(bytes(changed))


@pytest.mark.slow
def test_many_bytes_of_the_words_matter() -> None:
    proof = run_proof()
    rng = np.random.default_rng(6)
    for place in rng.integers(0, len(proof), 600).tolist():
        changed = bytearray(proof)
        changed[place] ^= int(rng.integers(1, 256))
        with pytest.raises(Rejection):
            verify(bytes(changed))


def test_swapped_words_are_rejected() -> None:
    words, _ = quick_proof()
    rng = np.random.default_rng(7)
    for place in rng.integers(0, len(words) - 8, 8).tolist():
        changed = words.copy()
        changed[[place, place + 5]] = changed[[place + 5, place]]
        if np.array_equal(changed, words):
            continue
        with pytest.raises(Rejection):
            verify_shard(TABLES, changed, everything().public, QUICK)


@pytest.mark.parametrize("length", [0, 5, 8, 100, 330, 371, 5000, -5, -4, -1])
def test_a_truncated_proof_is_malformed(length: int) -> None:
    with pytest.raises(MalformedProof):
        verify(run_proof()[:length])


@pytest.mark.parametrize("tail", [b"\0", b"\0\0\0\0", MAGIC], ids=["byte", "word", "magic"])
def test_a_longer_proof_is_malformed(tail: bytes) -> None:
    with pytest.raises(MalformedProof):
        verify(run_proof() + tail)
    with pytest.raises(MalformedProof):
        verify(tail + run_proof())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 400))
def test_random_bytes_are_rejected(noise: bytes, kept: int) -> None:
    with pytest.raises(Rejection):
        verify(noise)
    with pytest.raises(Rejection):
        verify(run_proof()[:kept] + noise)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 2**32 - 1), max_size=200), st.integers(0, 400))
def test_random_words_are_rejected(noise: list[int], kept: int) -> None:
    words, _ = quick_proof()
    changed = np.concatenate([words[:kept], np.array(noise, np.uint32)])
    with pytest.raises(Rejection):
        verify_shard(TABLES, changed, everything().public, QUICK)


@pytest.mark.parametrize("words", [[1, 2], np.zeros(5), np.zeros((2, 2), np.uint32), np.zeros(5, np.int64)], ids=str)
def test_anything_but_flat_words_is_malformed(words: object) -> None:
    with pytest.raises(MalformedProof):
        verify_shard(TABLES, words, everything().public, QUICK)


def test_a_program_id_that_is_not_the_proofs_is_a_mismatch() -> None:
    with pytest.raises(StatementMismatch, match="program"):
        quire.verify(run_proof(), "0" * 64, exit_code=EXIT_CODE)


@pytest.mark.parametrize("program_id", ["", "zz" * 32, "0" * 63, "program"])
def test_what_is_no_program_id_is_wrong_usage(program_id: str) -> None:
    with pytest.raises(UsageError, match="64 hexadecimal digits"):
        quire.verify(run_proof(), program_id, exit_code=EXIT_CODE)
