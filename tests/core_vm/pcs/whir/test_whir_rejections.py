"""Proofs that must be refused: every kind of word mutated, wrong lengths, wrong statements, compensated claims."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

from core_vm.errors import MalformedProof, MerkleRejection, OpeningRejection, ProofOfWorkRejection, Rejection
from core_vm.field.extension import K, eq_table, inner, powers, to_planes
from core_vm.field.koalabear import P
from core_vm.field.reference import extension_add
from core_vm.pcs.layout import Layout
from core_vm.pcs.whir import prover as prover_module
from core_vm.pcs.whir import verifier as verifier_module
from core_vm.pcs.whir.config import WhirShape
from core_vm.transcript.channel import VerifierChannel
from core_vm.transcript.numbers import Numbers
from core_vm.transcript.sponge import Transcript
from tests.core_vm.pcs.opening_cases import Case, make_case, prove, verify, verify_case
from tests.soundness.recording import RecordingVerifier

PER_LABEL = 4
LABELS = ("root", "whir_round", "whir_root", "whir_final", "whir_work", "whir_leaves", "whir_paths", "whir_cap")


@pytest.fixture(scope="module")
def case() -> Case:
    result = make_case([5, 3, 9], [20, 0, 1])
    result.shape = WhirShape.for_segments(9, (16,))  # two rounds
    return result


@pytest.fixture(scope="module")
def words(case: Case) -> np.ndarray:
    return prove(case)


@pytest.fixture(scope="module")
def places(case: Case, words: np.ndarray) -> dict[str, list[int]]:
    """The positions of the words of each label."""
    result: dict[str, list[int]] = {label: [] for label in LABELS}

    channel = RecordingVerifier(words)
    root = channel.receive_digest("root")
    verify_case(channel, root, case, case.claim)
    channel.finish()
    for reading in channel.readings:
        result[reading.label] += range(reading.start, reading.stop)
    return result


@pytest.mark.parametrize("label", LABELS)
def test_a_mutated_word_is_refused(label: str, case: Case, words: np.ndarray, places: dict[str, list[int]]) -> None:
    rng = random.Random(label)
    chosen = rng.sample(places[label], min(PER_LABEL, len(places[label])))
    for position in {places[label][0], places[label][-1], *chosen}:
        bad = words.copy()
        bad[position] = (int(bad[position]) + rng.choice([1, P - 1, 2**23, rng.randrange(1, P)])) % P
        with pytest.raises(Rejection) as caught:
            verify(case, bad)
        if label in ("whir_leaves", "whir_paths", "whir_cap"):
            assert type(caught.value) is MerkleRejection


def test_every_label_occurs(words: np.ndarray, places: dict[str, list[int]]) -> None:
    assert all(places.values())
    assert sum(len(positions) for positions in places.values()) == len(words)


def test_a_nonce_without_work_is_refused(case: Case, words: np.ndarray, places: dict[str, list[int]]) -> None:
    bad = words.copy()
    bad[places["whir_work"][0]] = (int(bad[places["whir_work"][0]]) + 1) % P
    with pytest.raises(ProofOfWorkRejection):
        verify(case, bad)


@pytest.mark.parametrize("label", LABELS)
def test_a_word_that_is_not_canonical_is_refused(
    label: str, case: Case, words: np.ndarray, places: dict[str, list[int]]
) -> None:
    for value in (P, 2**32 - 1):
        bad = words.copy()
        bad[places[label][-1]] = value
        with pytest.raises(MalformedProof):
            verify(case, bad)


def test_an_alias_of_the_right_word_is_refused(case: Case, words: np.ndarray, places: dict[str, list[int]]) -> None:
    small = next(i for i in places["whir_leaves"] if words[i] < 2**32 - P)
    bad = words.copy()
    bad[small] += P
    with pytest.raises(MalformedProof, match="not below p"):
        verify(case, bad)


def test_truncated_and_extended_proofs_are_refused(case: Case, words: np.ndarray) -> None:
    for keep in (0, 1, 7, 100, len(words) // 2, len(words) - 1):
        with pytest.raises(Rejection):
            verify(case, words[:keep])
    with pytest.raises(MalformedProof, match="remain"):
        verify(case, np.append(words, np.uint32(0)))


def test_another_statement_is_refused(case: Case, words: np.ndarray) -> None:
    with pytest.raises(OpeningRejection):
        verify(case, words, claim=case.claim + 1)
    other_mu = dataclasses.replace(case, mu=case.mu + 1)
    with pytest.raises(OpeningRejection):
        verify(other_mu, words)
    other_row = dataclasses.replace(case, z_row=[*case.z_row[:-1], case.z_row[-1] + 1])
    with pytest.raises(OpeningRejection):
        verify(other_row, words)
    other_heights = dataclasses.replace(case, layout=Layout([5, 3, 9], [19, 1, 1]))
    with pytest.raises(OpeningRejection):
        verify(other_heights, words)


def test_heights_that_do_not_fit_are_refused(case: Case, words: np.ndarray) -> None:
    with pytest.raises(MalformedProof, match="does not end before"):
        verify(dataclasses.replace(case, layout=Layout([5, 3, 9], [20, 0, 10])), words)
    with pytest.raises(MalformedProof, match="rows or more"):
        verify(dataclasses.replace(case, z_row=case.z_row[:-1]), words)


@pytest.mark.parametrize("segments", [15, 24])
def test_another_shape_is_refused(segments: int, case: Case, words: np.ndarray) -> None:
    with pytest.raises(Rejection):
        verify(dataclasses.replace(case, shape=WhirShape.for_segments(9, (segments,))), words)


def test_one_root_is_not_two(case: Case, words: np.ndarray) -> None:
    root, channel = words[:8].tolist(), VerifierChannel(words[8:])
    shape = WhirShape.for_segments(9, (8, 8))
    with pytest.raises(Rejection):
        verifier_module.verify_opening(channel, [root, root], case.weight, case.claim, shape)


def test_a_false_claim_compensated_by_a_query_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One query, known in advance, and a final vector wrong by E in cell 0: with coefficient c for the query claim, the
    errors cancel when E (weight_0 + c) is the claim's error. The attack works for c = 1 and for no other value that is
    known before the vector is sent; so the combination must begin with gamma^1."""
    case = make_case([3], [1])
    shape = WhirShape.for_segments(8, (1,))
    case.shape = dataclasses.replace(shape, rounds=(dataclasses.replace(shape.rounds[0], num_queries=1),))
    error = K(5, 7)
    monkeypatch.setattr(Transcript, "indices", lambda self, label, log_size, count: [0])
    monkeypatch.setattr(prover_module.Opening, "check_end", lambda self: None)
    honest = prover_module.fold_cells
    start = powers(case.mu, 3)[case.layout.blocks[0].first_column] * eq_table(case.z_row)[0]
    delta = to_planes([error * (start + 1).inverse(), *[K.zero] * 255])
    monkeypatch.setattr(prover_module, "fold_cells", lambda *arguments: extension_add(honest(*arguments), delta))

    false = case.claim + error
    with pytest.raises(OpeningRejection):
        verify(case, prove(case, claim=false), claim=false)

    monkeypatch.setattr(prover_module, "power_words", lambda x, count, first: to_planes(powers(x, count)))
    monkeypatch.setattr(Numbers, "horner", lambda self, x, values: inner(powers(x, len(values)), values))
    verify(case, prove(case, claim=false), claim=false)  # the attack is real: gamma^0 lets it pass
