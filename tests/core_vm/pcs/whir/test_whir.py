"""Honest openings verify, whatever the layout; prover and verifier see the same transcript."""

from __future__ import annotations

import numpy as np
import pytest

from core_vm.errors import UsageError, WitnessError
from core_vm.pcs.jagged import JaggedWeight
from core_vm.pcs.layout import Block
from core_vm.pcs.whir.commitment import commit
from core_vm.pcs.whir.config import WhirShape
from core_vm.pcs.whir.prover import open_vector
from core_vm.pcs.whir.verifier import verify_opening
from core_vm.pcs.whir.weights import RunWeight
from core_vm.transcript.channel import ProverChannel, VerifierChannel
from core_vm.transcript.sponge import Event
from tests.core_vm.pcs.opening_cases import make_case, prove, true_claim, verify
from tests.soundness.recording import RecordingVerifier

LAYOUTS = {
    "one tile": ([1], [1]),
    "nothing": ([3], [0]),
    "zero heights between": ([5, 3, 37], [3, 0, 2]),
    "a few thousand cells": ([6, 9, 1, 33], [4, 0, 2, 1]),
    "exactly full segments": ([64], [4]),
    "two rounds": ([20, 200], [40, 2]),
}


@pytest.mark.parametrize(("widths", "tiles"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_an_honest_opening_verifies(widths: list[int], tiles: list[int]) -> None:
    case = make_case(widths, tiles)
    sent: list[Event] = []
    seen: list[Event] = []
    words = prove(case, log=sent)
    verify(case, words, log=seen)
    assert seen == sent


def test_three_rounds_and_any_number_of_threads_give_the_same_words() -> None:
    case = make_case([33, 7], [5, 10])
    case.shape = WhirShape.for_segments(13, (2,))
    assert len(case.shape.rounds) == 3
    words = prove(case)
    verify(case, words)
    assert np.array_equal(words, prove(case, threads=2))


def test_every_grind_is_told_of_the_queries_that_follow() -> None:
    """Otherwise a prover would fail at an element that indices refuse, instead of taking another nonce."""
    told: list[int] = []

    class Channel(ProverChannel):
        def grind(self, label: str, bits: int, num_indices: int = 0, threads: int = 1) -> None:
            told.extend([num_indices] if label == "whir_work" else [])
            super().grind(label, bits, num_indices, threads)

        def indices(self, label: str, log_size: int, count: int) -> list[int]:
            assert told.pop() == count
            return super().indices(label, log_size, count)

    case = make_case([20, 200], [40, 2])
    assert len(case.shape.rounds) == 2
    channel = Channel()
    commitment = commit(case.cells, case.shape)
    channel.send_digest("root", commitment.root)
    open_vector(channel, [commitment], case.run_weight(), case.claim, case.shape)
    verify(case, channel.words)
    assert not told


def test_missing_segments_are_segments_of_zeros() -> None:
    """What is not stored is neither encoded nor hashed, and the words are those of a vector with all its zeros."""
    case = make_case([5, 3], [3, 2])
    case.shape = WhirShape.for_segments(8, (128,))
    words = prove(case)
    case.cells = np.pad(case.cells, (0, 128 * 2**8 - len(case.cells)))
    assert np.array_equal(words, prove(case))
    verify(case, words)


def test_cells_beyond_the_used_ones_may_be_allocated_already() -> None:
    case = make_case([5, 3], [3, 2])
    words = prove(case)
    case.cells = np.pad(case.cells, (0, case.shape.stored_cells(len(case.cells)) - len(case.cells)))
    assert np.array_equal(words, prove(case))
    case.cells = np.zeros(sum(case.shape.segments) * 2**case.shape.log_segment + 64, np.uint32)
    with pytest.raises(UsageError, match="do not fit"):
        prove(case)


def test_the_prover_refuses_a_false_claim() -> None:
    case = make_case([5], [3])
    with pytest.raises(WitnessError):
        prove(case, claim=case.claim + 1)


def test_two_commitments_are_opened_together() -> None:
    first, second = make_case([5, 2], [3, 1]), make_case([3, 8], [7, 9])
    shape = WhirShape.for_segments(8, (6, 24))
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
    weight = JaggedWeight(blocks, z_row, mu)
    open_vector(prover, commitments, RunWeight.jagged(weight, shape.num_runs), claim, shape)
    channel = VerifierChannel(prover.words)
    verify_opening(channel, [c.root for c in commitments], weight, claim, shape)
    channel.finish()


def test_every_word_but_openings_is_absorbed_in_the_order_of_the_protocol() -> None:
    case, log = make_case([5, 3], [3, 2]), []
    words = prove(case, log=log)
    absorbed = [event for event in log if event.kind.name in ("BASE", "EXTENSION", "DIGEST", "NONCE")]
    reader = RecordingVerifier(words)
    root = reader.receive_digest("root")
    verify_opening(reader, [root], case.weight, case.claim, case.shape)
    told = [(r.label, tuple(words[r.start : r.stop].tolist())) for r in reader.readings if not r.is_hint]
    assert told == [(event.label, event.values) for event in absorbed]
    labels = [event.label for event in log]
    order = ["whir_final", "whir_work", "whir_queries", "whir_combination"]
    assert [labels.index(label) for label in order] == sorted(labels.index(label) for label in order)
