"""Openings with rounds of their own up to the Johnson radius: samples, grinding of folds, and provers that lie."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from core_vm.errors import MerkleRejection, OpeningRejection, ProofOfWorkRejection, Rejection, UsageError
from core_vm.field.extension import K, from_planes, inner, powers, to_planes
from core_vm.field.koalabear import P, from_montgomery
from core_vm.pcs.jagged import JaggedWeight
from core_vm.pcs.layout import Block
from core_vm.pcs.whir import prover as prover_module
from core_vm.pcs.whir import sampling
from core_vm.pcs.whir.commitment import commit
from core_vm.pcs.whir.config import WhirConfig, WhirShape
from core_vm.pcs.whir.prover import open_vector
from core_vm.pcs.whir.rounds import RoundChoice
from core_vm.pcs.whir.samples import NO_SAMPLES, Samples, power_extension, receive_samples
from core_vm.pcs.whir.sampling import power_planes, sample_cells
from core_vm.pcs.whir.verifier import verify_opening
from core_vm.pcs.whir.weights import RunWeight
from core_vm.transcript.channel import ProverChannel, VerifierChannel
from core_vm.transcript.numbers import Numbers
from core_vm.transcript.sponge import Event
from tests.core_vm.pcs.opening_cases import Case, make_case, true_claim
from tests.elements import random_point
from tests.soundness.recording import RecordingVerifier

ROUNDS = (
    RoundChoice(4, 3, 5, 2, multiplicity=4, num_samples=2, fold_grinding=(3, 0, 2, 1)),
    RoundChoice(3, 5, 4, 0, multiplicity=3, num_samples=1, fold_grinding=(2, 2, 2)),
    RoundChoice(1, 4, 3, 2),
    RoundChoice(1, 7, 3, 1, multiplicity=3, num_samples=1),
)
"""Every kind of round: with and without work, with one sample, two or none, in either regime."""
CONFIG = WhirConfig(rounds=ROUNDS)
SENT = ("root", "whir_answers", "whir_round", "whir_fold_work", "whir_root", "whir_work", "whir_final")
HINTED = ("whir_leaves", "whir_paths", "whir_cap")


@pytest.fixture(scope="module")
def case() -> Case:
    result = make_case([5, 3, 9], [20, 0, 1])
    result.shape = WhirShape.for_segments(9, (16,), CONFIG)
    return result


def prove(case: Case, claim: K | None = None, log: list[Event] | None = None, threads: int = 1) -> np.ndarray:
    channel = ProverChannel(log=log)
    commitment = commit(case.cells, case.shape, threads)
    channel.send_digest("root", commitment.root)
    sampled = sample_cells(channel, [commitment], case.shape, threads)
    claim = case.claim if claim is None else claim
    open_vector(channel, [commitment], case.run_weight(threads), claim, case.shape, threads, sampled)
    return channel.words


def verify(
    case: Case, words: np.ndarray, claim: K | None = None, channel: VerifierChannel | None = None
) -> VerifierChannel:
    channel = channel or VerifierChannel(words)
    root = channel.receive_digest("root")
    samples = receive_samples(channel, case.shape.rounds[0])
    claim = case.claim if claim is None else claim
    verify_opening(channel, [root], case.weight, claim, case.shape, samples)
    channel.finish()
    return channel


@pytest.fixture(scope="module")
def words(case: Case) -> np.ndarray:
    return prove(case)


@pytest.fixture(scope="module")
def places(case: Case, words: np.ndarray) -> dict[str, list[range]]:
    """Where the messages of each label lie, in order."""
    channel = RecordingVerifier(words)
    verify(case, words, channel=channel)
    result: dict[str, list[range]] = {}
    for reading in channel.readings:
        result.setdefault(reading.label, []).append(range(reading.start, reading.stop))
    return result


# ---------------------------------------------------------------------------------------------- honest provers
def test_the_shape_is_what_was_chosen(case: Case) -> None:
    sizes = [(r.num_folds, r.log_size, r.log_domain, r.widths) for r in case.shape.rounds]
    assert sizes == [(4, 9, 12, (16,)), (3, 6, 11, (40,)), (1, 5, 9, (10,)), (1, 4, 11, (10,))]
    assert case.shape.log_final == 4
    assert [r.num_samples for r in case.shape.rounds] == [2, 1, 0, 1]


def test_prover_and_verifier_log_the_same(case: Case) -> None:
    sent: list[Event] = []
    words = prove(case, log=sent)
    channel = RecordingVerifier(words)
    verify(case, words, channel=channel)
    assert channel.log == sent
    assert np.array_equal(words, prove(case, threads=2))


def test_every_label_occurs(words: np.ndarray, places: dict[str, list[range]]) -> None:
    assert set(places) == {*SENT, *HINTED}
    assert sum(len(place) for of_label in places.values() for place in of_label) == len(words)
    assert len(places["whir_answers"]) == 3
    assert len(places["whir_fold_work"]) == 3 + 3
    assert len(places["whir_work"]) == 3


def test_answers_stand_between_a_root_and_the_queries(case: Case) -> None:
    log: list[Event] = []
    prove(case, log=log)
    labels = [event.label for event in log]
    assert labels[:4] == ["root", "whir_samples", "whir_answers", "whir_combination"]
    second = labels.index("whir_root")
    assert labels[second : second + 5] == ["whir_root", "whir_samples", "whir_answers", "whir_work", "whir_work"]
    assert labels[second + 5 : second + 7] == ["whir_queries", "whir_combination"]
    first_round = labels.index("whir_round")
    assert labels[first_round : first_round + 4] == ["whir_round", "whir_fold_work", "whir_fold_work", "whir_fold"]


def test_answers_are_what_the_polynomial_is_there(case: Case) -> None:
    log: list[Event] = []
    prove(case, log=log)
    points = next(event.values for event in log if event.label == "whir_samples")
    answers = next(event.values for event in log if event.label == "whir_answers")
    for number in range(2):
        z, expected = K(*points[8 * number : 8 * number + 5]), K(*answers[5 * number : 5 * number + 5])
        total = K.zero
        for cell in reversed(from_montgomery(case.cells).tolist()):
            total = total * z + cell
        assert total == expected


@pytest.mark.parametrize("count", [1, 2, 8, 64, 128, 1024])
def test_powers_of_a_point_in_planes(count: int) -> None:
    z, first = random_point(random.Random(count), 2)
    assert from_planes(power_planes(z, count, first=first)) == powers(z, count, first)


def test_the_extension_of_powers_is_multilinear_and_right_on_the_cube() -> None:
    z, *point = random_point(random.Random(3), 5)
    assert [power_extension(z, [K(i >> b & 1) for b in range(4)]) for i in range(16)] == powers(z, 16)
    inside = point[2]
    ends = [power_extension(z, [*point[:2], K(bit), point[3]]) for bit in (0, 1)]
    assert power_extension(z, point) == ends[0] + inside * (ends[1] - ends[0])


def test_two_commitments_are_sampled_together() -> None:
    first, second = make_case([5, 2], [3, 1]), make_case([3, 8], [7, 9])
    config = WhirConfig(rounds=(dataclasses.replace(ROUNDS[0], num_folds=5, fold_grinding=()), *ROUNDS[1:3]))
    shape = WhirShape.for_segments(8, (6, 24), config)
    columns, start = first.layout.num_columns, 6 << 8
    blocks = list(first.layout.blocks)
    for b in second.layout.blocks:
        first_row = (start >> (6 + b.log_width)) + b.first_row
        blocks.append(Block(b.table, columns + b.first_column, b.log_width, first_row, b.tiles))
    z_row, mu = second.z_row, first.mu
    claim = true_claim(first.layout, first.cells, z_row, mu)
    claim = claim + mu**columns * true_claim(second.layout, second.cells, z_row, mu)

    commitments = [commit(case.cells, shape, number=i) for i, case in enumerate((first, second))]
    prover = ProverChannel()
    sampled = sample_cells(prover, commitments, shape)
    z, padded = sampled.samples.points[0], np.zeros(30 << 8, np.uint32)
    padded[: len(first.cells)], padded[start : start + len(second.cells)] = first.cells, second.cells
    total = K.zero
    for cell in reversed(from_montgomery(padded).tolist()):
        total = total * z + cell
    assert total == sampled.samples.values[0]
    weight = JaggedWeight(blocks, z_row, mu)
    open_vector(prover, commitments, RunWeight.jagged(weight, shape.num_runs), claim, shape, sampled=sampled)
    channel = VerifierChannel(prover.words)
    samples = receive_samples(channel, shape.rounds[0])
    verify_opening(channel, [c.root for c in commitments], weight, claim, shape, samples)
    channel.finish()


# ---------------------------------------------------------------------------------------------- altered proofs
@pytest.mark.parametrize("label", [*SENT, *HINTED])
def test_a_mutated_word_is_refused(label: str, case: Case, words: np.ndarray, places: dict[str, list[range]]) -> None:
    rng = random.Random(label)
    for message in places[label]:
        for position in {message[0], message[-1], rng.choice(message)}:
            bad = words.copy()
            bad[position] = (int(bad[position]) + rng.choice([1, P - 1, 2**23, rng.randrange(1, P)])) % P
            with pytest.raises(Rejection) as caught:
                verify(case, bad)
            if label in HINTED:
                assert type(caught.value) is MerkleRejection


@pytest.mark.parametrize("label", ["whir_fold_work", "whir_work"])
def test_a_nonce_without_work_is_refused_by_name(
    label: str, case: Case, words: np.ndarray, places: dict[str, list[range]]
) -> None:
    """Some of eight others carry the work by chance, and lead to other challenges."""
    place, refusals = places[label][0][0], []
    for nonce in range(8):
        bad = words.copy()
        bad[place] = (int(words[place]) + 1 + nonce) % P
        with pytest.raises(Rejection) as caught:
            verify(case, bad)
        refusals.append(caught.value)
    refused = [str(refusal) for refusal in refusals if isinstance(refusal, ProofOfWorkRejection)]
    assert len(refused) >= 3
    assert any(label in text for text in refused)


@pytest.mark.parametrize("label", ["whir_fold_work", "whir_answers"])
def test_a_message_left_out_is_refused(
    label: str, case: Case, words: np.ndarray, places: dict[str, list[range]]
) -> None:
    for message in places[label]:
        with pytest.raises(Rejection):
            verify(case, np.delete(words, message))


def test_answers_are_not_exchanged(case: Case, words: np.ndarray, places: dict[str, list[range]]) -> None:
    first = places["whir_answers"][0]
    bad = words.copy()
    bad[first[:5]], bad[first[5:]] = words[first[5:]], words[first[:5]]
    with pytest.raises(Rejection):
        verify(case, bad)


# ---------------------------------------------------------------------------------------------- provers that lie
@pytest.fixture
def heedless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prover that does not look at its own last claim."""
    monkeypatch.setattr(prover_module.Opening, "check_end", lambda self: None)


def combine_with(monkeypatch: pytest.MonkeyPatch, coefficients: Callable[[K, int, K], list[K]]) -> None:
    """What the prover takes for powers of a challenge where it adds claims up: of answers, and of queries."""
    monkeypatch.setattr(prover_module, "powers", coefficients)
    monkeypatch.setattr(prover_module, "power_words", lambda x, count, first: to_planes(coefficients(x, count, first)))


@pytest.mark.usefixtures("heedless")
@pytest.mark.parametrize("oracle", [0, 1, 3])
def test_a_false_answer_is_refused(oracle: int, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on from its lie: everything agrees with it but the vector."""
    honest, calls = sampling.answered, []

    def lying(channel: ProverChannel, points: list[K], values: list[K]) -> Samples:
        calls.append(len(points))
        false = [values[0] + 1, *values[1:]] if len(calls) - 1 == (0, 1, None, 2)[oracle] else values
        return honest(channel, points, false)

    monkeypatch.setattr(sampling, "answered", lying)
    words = prove(case)
    assert calls == [2, 1, 1]
    with pytest.raises(OpeningRejection):
        verify(case, words)


@pytest.mark.usefixtures("heedless")
def test_claims_in_another_order_are_refused(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples and queries take each other's coefficients, in the claim as in the weight: all is true, and not said."""
    combine_with(monkeypatch, lambda x, count, first: powers(x, count, first)[::-1])
    with pytest.raises(OpeningRejection):
        verify(case, prove(case))


@pytest.mark.usefixtures("heedless")
@pytest.mark.parametrize("label", ["whir_fold_work", "whir_work"])
def test_a_prover_that_works_less_is_refused(label: str, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """One bit of work before each challenge, where up to three are asked for."""
    honest = ProverChannel.grind

    def lazy(self: ProverChannel, what: str, bits: int, num_indices: int = 0, threads: int = 1) -> None:
        honest(self, what, min(bits, 1) if what == label else bits, num_indices, threads)

    monkeypatch.setattr(ProverChannel, "grind", lazy)
    with pytest.raises(ProofOfWorkRejection, match=label):
        verify(case, prove(case))


@pytest.mark.usefixtures("heedless")
def test_a_false_claim_compensated_by_an_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim and answer are wrong by E and -E: with gamma^0 for the answer their sum is right. The attack works if
    powers begin there, and so they begin with gamma^1."""
    case = make_case([5, 3], [6, 2])
    rounds = (
        dataclasses.replace(ROUNDS[0], num_samples=1),
        *(dataclasses.replace(r, num_samples=0) for r in ROUNDS[1:]),
    )
    case.shape = WhirShape.for_segments(9, (16,), WhirConfig(rounds=tuple(rounds)))
    error, honest = K(5, 7), sampling.answered
    monkeypatch.setattr(sampling, "answered", lambda channel, z, y: honest(channel, z, [y[0] - error, *y[1:]]))
    false = case.claim + error
    with pytest.raises(OpeningRejection):
        verify(case, prove(case, claim=false), claim=false)

    combine_with(monkeypatch, lambda x, count, first: powers(x, count))
    monkeypatch.setattr(Numbers, "horner", lambda self, x, values: inner(powers(x, len(values)), values))
    verify(case, prove(case, claim=false), claim=false)  # the attack is real: gamma^0 lets it pass


@pytest.mark.usefixtures("heedless")
def test_answers_about_a_determined_vector_are_claims_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the unique-decoding radius they choose nothing, and a false one is refused all the same."""
    case = make_case([5, 3], [6, 2])
    rounds = tuple(dataclasses.replace(r, multiplicity=0, num_samples=2) for r in ROUNDS)
    case.shape = WhirShape.for_segments(9, (16,), WhirConfig(rounds=rounds))
    verify(case, prove(case))
    honest = sampling.answered
    for place in range(2 * len(rounds)):
        errors = iter([number == place for number in range(2 * len(rounds))])

        def lying(channel: ProverChannel, z: Sequence[K], y: Sequence[K], errors: Iterator[bool] = errors) -> Samples:
            return honest(channel, z, [value + int(next(errors)) for value in y])

        with monkeypatch.context() as patch:
            patch.setattr(sampling, "answered", lying)
            with pytest.raises(OpeningRejection):
                verify(case, prove(case))
        assert next(errors, None) is None


# ---------------------------------------------------------------------------------------------- configurations
def test_parameters_tell_configurations_apart() -> None:
    first, *others = ROUNDS
    changes = [
        {"num_folds": 5, "fold_grinding": (*first.fold_grinding, 0)},
        {"log_inverse_rate": 4},
        {"num_queries": 6},
        {"query_grinding": 0},
        {"multiplicity": 5},
        {"num_samples": 3},
        {"fold_grinding": ()},
        {"fold_grinding": (3, 0, 1, 2)},
    ]
    rounds = [(dataclasses.replace(first, **change), *others) for change in changes]  # pyright: ignore
    rounds += [ROUNDS, ROUNDS[1:], (*others, first), ()]
    seen = {tuple(WhirConfig(rounds=chosen).parameters()) for chosen in rounds}
    assert len(seen) == len(rounds)
    assert {field.name for field in dataclasses.fields(RoundChoice)} == {name for change in changes for name in change}


def test_what_is_derived_has_no_rounds_of_its_own() -> None:
    derived = WhirShape.canonical(13)
    assert all(r.multiplicity == r.num_samples == 0 and r.fold_grinding == () for r in derived.rounds)
    assert all(r.query_grinding == derived.config.grinding_bits for r in derived.rounds)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"multiplicity": 2}, "list decoding starts"),
        ({"fold_grinding": (1,)}, "1 grinds for 4 folds"),
        ({"num_queries": 0}, "no round"),
        ({"log_inverse_rate": 0}, "no round"),
    ],
)
def test_impossible_rounds_are_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        dataclasses.replace(ROUNDS[0], **change)  # pyright: ignore


def test_rounds_that_do_not_fit_the_vector_are_refused() -> None:
    with pytest.raises(UsageError, match="the first fold is of 4"):
        WhirShape.for_segments(9, (17,), CONFIG)
    with pytest.raises(UsageError, match="leave a vector of 2"):
        WhirShape.for_segments(8, (16,), WhirConfig(rounds=(ROUNDS[0], *ROUNDS[1:2] * 3)))


def test_no_samples_are_no_message() -> None:
    channel = VerifierChannel(np.zeros(0, np.uint32))
    assert receive_samples(channel, WhirShape.canonical(13).rounds[0]) is NO_SAMPLES
