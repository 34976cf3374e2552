"""Hiding proofs say nothing but that their statement is true: they look like what can be made without a witness.

Real proofs and simulated ones are compared word by word and pair by pair; and a distinguisher that has both of two
possible witnesses sees proofs of one of them. What it does works on proofs without masks: that is its control.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core_vm.errors import Rejection
from core_vm.field.koalabear import P
from core_vm.stark.final.key import FinalConfig
from core_vm.stark.final.prover import prove_final
from recursion.hiding.prover import prove_hiding
from recursion.hiding.shape import HidingShape
from recursion.hiding.verifier import verify_hiding_words
from tests.recursion.hiding.simulator import Oracle, OracleChannel, simulate
from tests.recursion.hiding.toys import FIRST, SECOND, ideal, one_round, toy_hiding_trace, toy_shape, two_rounds
from tests.recursion.hiding.transcripts import (
    Transcript,
    hiding_transcript,
    plain_transcript,
    simulated_transcript,
    true_messages,
)

# Of each kind; `make slow` takes a hundred.
FEW, MANY = 32, 100
SIZES = [FEW, pytest.param(MANY, marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def shape() -> HidingShape:
    return toy_shape(IDEAL)


IDEAL = one_round(ideal(FIRST))
DETERMINED = two_rounds(
    replace(ideal(FIRST), multiplicity=0, num_queries=10),
    replace(ideal(SECOND), multiplicity=0, num_queries=10, num_samples=0),
)


@pytest.mark.parametrize("config", [IDEAL, two_rounds(ideal(FIRST), ideal(SECOND)), DETERMINED])
def test_proofs_without_a_witness_are_accepted_by_a_programmed_sponge(config: FinalConfig) -> None:
    """With one oracle, and with two; and in the unique-decoding regime."""
    shape = toy_shape(config)
    _, public = toy_hiding_trace(shape)
    for seed in range(3):
        words, oracle = simulate(shape, public, seed)
        verify_hiding_words(OracleChannel(words, oracle), shape, public)


def test_it_is_the_programming_that_makes_them_so(shape) -> None:
    """Against a sponge that nobody has programmed they are no proofs, nor with a word changed."""
    _, public = toy_hiding_trace(shape)
    words, oracle = simulate(shape, public, 1)
    for seed in range(5):
        with pytest.raises(Rejection):
            verify_hiding_words(OracleChannel(words, Oracle(seed)), shape, public)
    for place in range(0, len(words), 301):
        changed = words.copy()
        changed[place] = (int(changed[place]) + 1) % P
        with pytest.raises(Rejection):
            verify_hiding_words(OracleChannel(changed, oracle), shape, public)


def real(shape: HidingShape, count: int) -> np.ndarray:
    """The fixed part of so many proofs of one statement, a row a proof; half of them of another witness."""
    traces = [toy_hiding_trace(shape, seed)[0] for seed in (1, 2)]
    _, public = toy_hiding_trace(shape)
    proofs = [prove_hiding(shape, traces[number % 2], public) for number in range(count)]
    return np.stack([hiding_transcript(shape, words, public).fixed_part() for words in proofs])


def simulated(shape: HidingShape, count: int) -> np.ndarray:
    _, public = toy_hiding_trace(shape)
    found = [simulate(shape, public, seed) for seed in range(count)]
    return np.stack([simulated_transcript(shape, *pair, public).fixed_part() for pair in found])


@pytest.mark.parametrize("count", SIZES)
def test_real_and_simulated_proofs_look_alike(shape, count: int) -> None:
    """Bounds that chance exceeds once in some hundred thousand runs."""
    samples = real(shape, count), simulated(shape, count)
    assert samples[0].shape == samples[1].shape
    assert samples[0].shape[1] > 2000
    # Word by word: two histograms of four bins, three degrees of freedom.
    histograms = [bins(sample, 4) for sample in samples]
    difference = (histograms[0] - histograms[1]) ** 2 / np.maximum(histograms[0] + histograms[1], 1)
    assert difference.sum(axis=0).max() < 45
    assert 2.5 < difference.sum(axis=0).mean() < 3.5
    for sample in samples:
        # All words together: 63 degrees of freedom.
        counts = np.bincount((sample.reshape(-1).astype(np.uint64) * 64 // P).astype(np.int64), minlength=64)
        assert ((counts - counts.mean()) ** 2 / counts.mean()).sum() < 150
        # No word is constant, and no two are bound to one another by a linear equation that is always the same.
        assert not (sample == sample[0]).all(axis=0).any()
        assert related_pairs(sample) == 0


def bins(sample: np.ndarray, count: int) -> np.ndarray:
    """How many of a column's words fall into each of `count` parts of F."""
    numbers = sample.astype(np.uint64) * count // P
    return np.stack([(numbers == part).sum(axis=0) for part in range(count)]).astype(np.float64)


def related_pairs(sample: np.ndarray) -> int:
    """Pairs (i, j) of columns with a x_i + b x_j = c for some a, b, c on all of the first five proofs."""
    rows = sample.astype(np.int64)
    steps = [(rows[k] - rows[0]) % P for k in (1, 2, 3, 4)]
    related = np.ones((rows.shape[1], rows.shape[1]), np.bool_)
    for first, second in ((0, 1), (2, 3)):
        a, b = steps[first], steps[second]
        related &= (a[:, None] * b[None, :] - b[:, None] * a[None, :]) % P == 0
    return int(np.triu(related, 1).sum())


def test_related_pairs_are_found() -> None:
    """The comparison's own control: a relation between two of many words."""
    sample = np.random.default_rng(1).integers(0, P, (8, 50))
    assert related_pairs(sample) == 0
    sample[:, 17] = (3 * sample[:, 4] + 5) % P
    assert related_pairs(sample) == 1


def guess(shape: HidingShape, transcript: Transcript, traces, public) -> int:
    """Which of the traces the proof is of: the one whose true messages are nearer to what was sent."""
    sent = np.concatenate([w for label, w in transcript.readings if label.startswith(("gkr", "zerocheck", "term"))])
    distances = []
    for trace in traces:
        messages = true_messages(shape, trace, public, transcript.squeezed[1:])
        expected = np.array([c for element in messages for c in element.c])
        apart = (sent.astype(np.int64) - expected) % P
        distances.append(np.minimum(apart, P - apart).astype(np.float64).sum())
    return int(np.argmin(distances))


@pytest.mark.parametrize("count", SIZES)
def test_a_distinguisher_with_both_witnesses_gains_nothing(shape, count: int) -> None:
    """Right as often as a coin, within five standard deviations."""
    traces = [toy_hiding_trace(shape, seed)[0] for seed in (1, 2)]
    clean = [toy_hiding_trace(shape, seed)[0] for seed in (1, 2)]
    _, public = toy_hiding_trace(shape)
    right = 0
    for number in range(count):
        words = prove_hiding(shape, traces[number % 2], public)
        right += guess(shape, hiding_transcript(shape, words, public), clean, public) == number % 2
    assert abs(right - count / 2) < 5 * np.sqrt(count) / 2


def test_and_everything_where_nothing_is_masked(shape) -> None:
    """The control: proofs of the same tables without masks. It is always right, and one proof is like another."""
    clean = [toy_hiding_trace(shape, seed)[0] for seed in (1, 2)]
    _, public = toy_hiding_trace(shape)
    proofs = [prove_final(shape.key, trace, public) for trace in clean]
    for number, words in enumerate(proofs):
        assert guess(shape, plain_transcript(shape, words, public), clean, public) == number
        assert (prove_final(shape.key, clean[number], public) == words).all()
