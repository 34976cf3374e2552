"""Whole proofs in the list-decoding regime: where samples stand, what is drawn and what is listed, what is refused."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter

import numpy as np
import pytest

from core_vm.errors import Rejection, SecurityError, SecurityRejection
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2 import RATE
from core_vm.pcs.whir.rounds import RoundChoice
from core_vm.stark.keyed import KeyedConfig, verify_keyed
from core_vm.stark.keyed_prover import KeyedTrace, ProvingKey, make_key, prove_keyed
from core_vm.stark.length import argument_words, opening_words
from core_vm.stark.list_decoding import READINGS, STRICT
from core_vm.stark.soundness import SecurityReport
from core_vm.stark.soundness_terms import FIELD_BITS
from core_vm.stark.verifier import security_of
from core_vm.transcript.sponge import Event, Kind
from tests.core_vm.stark.keyed_toys import TABLES, fixed_columns, main_columns, public_of
from tests.core_vm.stark.lists import QUICK_LISTS
from tests.soundness.recording import SQUEEZED, RecordingProver, RecordingVerifier, recording

CONFIG = KeyedConfig(log_segment=8, main_segments=12, fixed_segments=4, tile_bits=3, stark=QUICK_LISTS)
PUBLIC = public_of(int(main_columns()[0][1, -1]))


@pytest.fixture(scope="module")
def key() -> ProvingKey:
    return make_key(TABLES, fixed_columns(), CONFIG)


@pytest.fixture(scope="module")
def logged(key: ProvingKey) -> tuple[np.ndarray, list[Event], RecordingVerifier]:
    """A proof, the prover's log, and the verifier that accepted it."""
    trace = KeyedTrace(TABLES, key, CONFIG)
    for number, columns in enumerate(main_columns()):
        trace.fill(number, columns)
    with recording():
        words = prove_keyed(TABLES, trace, key, PUBLIC, CONFIG)
        assert verify_keyed(TABLES, key.verifying, words, PUBLIC, CONFIG) >= 8
    return words, RecordingProver.last.log, RecordingVerifier.last


def report(key: ProvingKey) -> SecurityReport:
    return security_of(TABLES, CONFIG.shape(TABLES, key.verifying.tiles), PUBLIC, QUICK_LISTS)


def test_samples_come_right_after_the_root(logged: tuple[np.ndarray, list[Event], RecordingVerifier]) -> None:
    _, proving, verifier = logged
    assert proving == verifier.log
    labels = [event.label for event in proving]
    root = labels.index("trace_root")
    assert labels[root : root + 4] == ["trace_root", "whir_samples", "whir_answers", "fingerprint_grinding"]
    first_drawn = next(event.label for event in proving if event.kind in SQUEEZED)
    assert first_drawn == "whir_samples"


def test_the_length_is_that_of_the_shape(key: ProvingKey, logged: tuple[np.ndarray, list[Event], RecordingVerifier]):
    shape = CONFIG.shape(TABLES, key.verifying.tiles)
    assert len(logged[0]) == argument_words(TABLES, shape, QUICK_LISTS) + opening_words(shape.opening)


def test_what_is_drawn_is_what_the_terms_list(
    key: ProvingKey, logged: tuple[np.ndarray, list[Event], RecordingVerifier]
) -> None:
    drawn: Counter[str] = Counter()
    for event in logged[1]:
        if event.kind in SQUEEZED:
            size = len(event.values)
            drawn[event.label] += -(-size // RATE) if event.kind == Kind.CHALLENGE else size
    listed: Counter[str] = Counter()
    for term in report(key).terms:
        for label, count in term.draws:
            listed[label] += count
    assert listed == drawn


def test_every_message_is_refused_when_changed(
    key: ProvingKey, logged: tuple[np.ndarray, list[Event], RecordingVerifier]
) -> None:
    words, _, verifier = logged
    for reading in verifier.readings:
        for place in {reading.start, reading.stop - 1} if reading.stop > reading.start else set():
            changed = words.copy()
            changed[place] = (int(changed[place]) + 1) % P
            with pytest.raises(Rejection):
                verify_keyed(TABLES, key.verifying, changed, PUBLIC, CONFIG)


def test_another_configuration_of_the_same_shape_does_not_take_it(
    key: ProvingKey, logged: tuple[np.ndarray, list[Event], RecordingVerifier]
) -> None:
    """A weaker multiplicity changes no message and no length; it is absorbed."""
    first, *others = QUICK_LISTS.whir.rounds
    rounds = (dataclasses.replace(first, multiplicity=3), *others)
    stark = dataclasses.replace(QUICK_LISTS, whir=dataclasses.replace(QUICK_LISTS.whir, rounds=rounds))
    with pytest.raises(Rejection):
        verify_keyed(TABLES, key.verifying, logged[0], PUBLIC, dataclasses.replace(CONFIG, stark=stark))


def strong(change: dict[str, object] | None = None) -> SecurityReport:
    """128 bits in both rounds, but for what is changed of the first."""
    rounds = [
        RoundChoice(7, 3, 83, 18, multiplicity=4, num_samples=2, fold_grinding=(12, *(11,) * 6)),
        RoundChoice(4, 5, 49, 16, multiplicity=4, num_samples=1, fold_grinding=(12,) * 4),
        RoundChoice(4, 7, 35, 16, multiplicity=3, num_samples=1, fold_grinding=(11,) * 4),
    ]
    rounds[0] = dataclasses.replace(rounds[0], **(change or {}))  # pyright: ignore
    whir = dataclasses.replace(QUICK_LISTS.whir, security_bits=128, rounds=tuple(rounds))
    config = KeyedConfig(15, 96, 16, 7, dataclasses.replace(QUICK_LISTS, whir=whir))
    return security_of(TABLES, config.shape(TABLES, [1, 1, 1]), PUBLIC, config.stark)


def test_batching_samples_counts_the_list() -> None:
    """Of the vectors near the first oracle one has the sampled values, and what is opened of it is false; each other
    one is false at a sample. The challenge fails if it spoils any of them."""
    (term,) = (term for term in strong().terms if "batching of samples" in term.name)
    samples, vectors = 2, 4.5 * 2**1.5
    assert term.bits == pytest.approx(FIELD_BITS - math.log2(samples * vectors))


def test_levels_of_a_strong_configuration() -> None:
    full = strong().check()
    assert full.bits >= 128 > full.union_bits > 124
    assert full.bits - 20 < full.ungrinded_bits < full.bits - 15
    assert full.readings == READINGS
    assert full.bits <= min(full.bits_under(reading) for reading in STRICT)
    assert min(full.bits_under(reading) for reading in READINGS) < 128  # HABOCK's, or PRINTED over the vector


@pytest.mark.parametrize(
    ("change", "culprit"),
    [
        ({"num_samples": 1}, "WHIR round 0: out of domain"),
        ({"num_samples": 0}, "WHIR round 0: out of domain"),
        ({"num_queries": 82}, "WHIR round 0: queries"),
        ({"query_grinding": 17}, "WHIR round 0: queries"),
        ({"multiplicity": 3}, "WHIR round 0: queries"),
        ({"multiplicity": 5}, "WHIR round 0: fold 2 "),
        ({"fold_grinding": (11,) * 7}, "WHIR round 0: fold 1 "),
        ({"fold_grinding": (12, *(11,) * 5, 0)}, "WHIR round 0: fold 7 "),
        ({"log_inverse_rate": 2}, "WHIR round 0: queries"),
    ],
)
def test_a_weak_choice_is_refused_by_name(change: dict[str, object], culprit: str) -> None:
    with pytest.raises(SecurityError, match=culprit):
        strong(change).check()


def test_verifiers_refuse_a_configuration_below_its_target(key: ProvingKey) -> None:
    whir = dataclasses.replace(QUICK_LISTS.whir, security_bits=30)
    config = dataclasses.replace(CONFIG, stark=dataclasses.replace(QUICK_LISTS, whir=whir))
    shape = config.shape(TABLES, key.verifying.tiles)
    count = argument_words(TABLES, shape, config.stark) + opening_words(shape.opening)
    with pytest.raises(SecurityRejection, match="queries"):
        verify_keyed(TABLES, key.verifying, np.zeros(count, np.uint32), PUBLIC, config)
