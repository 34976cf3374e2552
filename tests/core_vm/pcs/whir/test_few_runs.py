"""Weights of single cells beside one of runs: what is opened is the sum of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from core_vm.errors import OpeningRejection, WitnessError
from core_vm.field.extension import DEGREE, K, eq_table, inner, to_planes
from core_vm.field.koalabear import P, from_montgomery
from core_vm.pcs.jagged import JaggedWeight
from core_vm.pcs.whir.commitment import commit
from core_vm.pcs.whir.config import WhirConfig, WhirShape
from core_vm.pcs.whir.few_runs import FewRuns
from core_vm.pcs.whir.prover import Opening, open_vector
from core_vm.pcs.whir.rounds import RoundChoice
from core_vm.pcs.whir.samples import receive_samples
from core_vm.pcs.whir.sampling import sample_cells
from core_vm.pcs.whir.verifier import verify_opening
from core_vm.transcript.arithmetic import Arithmetic
from core_vm.transcript.channel import ProverChannel, VerifierChannel
from tests.core_vm.pcs.opening_cases import Case, make_case
from tests.elements import random_point

ROUNDS = (
    RoundChoice(4, 3, 5, 0, multiplicity=4, num_samples=2),
    RoundChoice(3, 5, 4, 0, multiplicity=3, num_samples=1),
)


@dataclass(frozen=True)
class Both:
    """A jagged weight, and weights of single cells."""

    jagged: JaggedWeight
    cells: Sequence[int]
    weights: Sequence[K]

    def at(self, arithmetic: Arithmetic, point: Sequence[K]) -> K:
        eq = eq_table(list(point))
        return self.jagged.at(arithmetic, point) + inner([eq[cell] for cell in self.cells], self.weights)


@pytest.fixture(scope="module")
def case() -> Case:
    result = make_case([5, 3, 9], [20, 0, 1])
    result.shape = WhirShape.for_segments(9, (16,), WhirConfig(rounds=ROUNDS))
    return result


@pytest.fixture(scope="module")
def single(case: Case) -> tuple[np.ndarray, list[K]]:
    """Cells in runs that share their places in segments, a whole run, and one beyond all columns."""
    import random

    cells = np.array([3, 66, 67, 512 + 3, 1024 + 70, *range(640, 704), len(case.cells) - 1])
    return cells, random_point(random.Random(3), len(cells))


def opened(case: Case, single, claim: K) -> tuple[np.ndarray, Both]:
    cells, weights = single
    channel = ProverChannel()
    commitment = commit(case.cells, case.shape)
    channel.send_digest("root", commitment.root)
    sampled = sample_cells(channel, [commitment], case.shape)
    few = list(FewRuns.layers(cells, to_planes(weights), case.shape.log_segment))
    open_vector(channel, [commitment], case.run_weight(), claim, case.shape, 1, sampled, few)
    return channel.words, Both(case.weight, cells.tolist(), weights)


def true_claim(case: Case, single) -> K:
    cells, weights = single
    values = from_montgomery(case.cells)[cells].tolist()
    return case.claim + inner(weights, [K(value) for value in values])


def verify(case: Case, words: np.ndarray, weight: Both, claim: K) -> None:
    channel = VerifierChannel(words)
    root = channel.receive_digest("root")
    samples = receive_samples(channel, case.shape.rounds[0])
    verify_opening(channel, [root], weight, claim, case.shape, samples)
    channel.finish()


def test_both_weights_are_opened(case: Case, single) -> None:
    claim = true_claim(case, single)
    words, weight = opened(case, single, claim)
    verify(case, words, weight, claim)
    with pytest.raises(OpeningRejection):
        verify(case, words, Both(weight.jagged, weight.cells, [weight.weights[0] + 1, *weight.weights[1:]]), claim)


def test_another_claim_is_neither_proved_nor_accepted(case: Case, single, monkeypatch) -> None:
    wrong = true_claim(case, single) + 1
    with pytest.raises(WitnessError):
        opened(case, single, wrong)
    monkeypatch.setattr(Opening, "check_end", lambda self: None)
    words, weight = opened(case, single, wrong)
    with pytest.raises(OpeningRejection):
        verify(case, words, weight, wrong)


def test_layers_hold_every_cell_once_and_no_place_twice() -> None:
    generator = np.random.default_rng(1)
    cells = generator.choice(1 << 14, 300, replace=False)
    weights = generator.integers(0, P, (DEGREE, 300)).astype(np.uint32)
    found = np.zeros((DEGREE, 1 << 14), np.uint32)
    for layer in FewRuns.layers(cells, weights, 10):
        assert len(set((layer.runs % 16).tolist())) == len(layer.runs)
        found.reshape(DEGREE, -1, 64)[:, layer.runs] += layer.weights
    expected = np.zeros_like(found)
    expected[:, cells] = weights
    assert (found == expected).all()
    assert not list(FewRuns.layers(np.zeros(0, np.int64), np.zeros((DEGREE, 0), np.uint32), 10))
