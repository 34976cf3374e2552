"""Every word of a final proof is bound by the transcript, and looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from core_vm.errors import (
    MalformedProof,
    Rejection,
)
from core_vm.field.koalabear import P
from core_vm.stark.final.key import FinalConfig
from core_vm.stark.final.security import security_of_final
from core_vm.transcript.sponge import Event, Kind
from tests.core_vm.stark.final.proofs import (
    Fast,
    both,
    key,
    proof,
    public,
    recorded,
    verify,
)
from tests.soundness.recording import SQUEEZED, elements

ONLY_ABSORBED = ("fingerprint_grinding", "whir_work", "whir_fold_work")


@both
def test_every_word_counts(config: FinalConfig) -> None:
    """Both ends of every message, and words between them."""
    words = proof(config)
    ends = {place for reading in recorded(config).readings for place in (reading.start, reading.stop - 1)}
    for place in sorted(ends | set(range(0, len(words), 37))):
        changed = words.copy()
        changed[place] = (int(changed[place]) + 1) % P
        with pytest.raises(Rejection):
            verify(key(config), changed)


def test_words_that_are_none_are_refused() -> None:
    words = proof()
    for place in range(0, len(words), 301):
        changed = words.copy()
        changed[place] = P
        with pytest.raises(MalformedProof):
            verify(key(), changed)


def test_another_length_is_refused() -> None:
    words = proof()
    for length in (0, 1, 8, 100, len(words) // 2, len(words) - 1):
        with pytest.raises(Rejection):
            verify(key(), words[:length])
    with pytest.raises(MalformedProof, match="remain"):
        verify(key(), np.append(words, np.uint32(0)))


def test_swapped_messages_are_refused() -> None:
    words, readings = proof(), recorded().readings
    for label in {reading.label for reading in readings} - set(ONLY_ABSORBED):
        places = [r for r in readings if r.label == label and r.stop > r.start]
        first, last = places[0], places[-1]
        size = min(first.stop - first.start, last.stop - last.start)
        changed = words.copy()
        changed[first.start : first.start + size] = words[last.start : last.start + size]
        changed[last.start : last.start + size] = words[first.start : first.start + size]
        if not np.array_equal(changed, words):
            with pytest.raises(Rejection):
                verify(key(), changed)


@both
def test_every_word_is_absorbed_at_once_or_opens_a_root(config: FinalConfig) -> None:
    """So whatever a prover sends decides every later challenge."""
    words, log = proof(config), recorded(config).log
    place = 0
    for reading in recorded(config).readings:
        assert reading.start == place
        place = reading.stop
        if reading.is_hint:
            assert reading.label in ("whir_leaves", "whir_paths")
            assert log[reading.events_before - 1].label == "whir_queries"
            continue
        event = log[reading.events_before]
        assert event.kind not in SQUEEZED
        assert event.label == reading.label
        assert event.values == tuple(words[reading.start : reading.stop].tolist())
    assert place == len(words)


def test_the_statement_is_absorbed_first() -> None:
    log = recorded().log
    first = {event.label: event.values for event in log[:6]}
    assert list(first) == ["parameters", "tables", "public", "final_key", "shape", "terms"]
    assert first["final_key"] == tuple(key().limbs)
    assert b"".join(limb.to_bytes(2, "little") for limb in key().limbs) == key().digest
    assert first["shape"] == tuple(key().shape.numbers())


@both
def test_what_is_drawn_is_what_the_terms_list(config: FinalConfig) -> None:
    drawn, listed = Counter[str](), Counter[str]()
    for event in recorded(config).log:
        if event.kind in SQUEEZED:
            drawn[event.label] += elements(event)
    for term in security_of_final(key(config), public()).terms:
        listed.update(dict(term.draws))
    assert drawn == listed


class TapeChannel(Fast):
    """A channel whose challenges come from a tape."""

    tape: Iterator[tuple[int, ...]]

    def squeeze(self, kind: Kind, label: str, count: int) -> list[int]:
        values = list(next(self.tape, (1,) * count))
        return values[:count] + [1] * (count - len(values))


@both
def test_every_message_is_checked_on_the_honest_challenges(config: FinalConfig) -> None:
    """With the honest challenges whatever is sent: each message is looked at, and not only absorbed."""
    log: list[Event] = recorded(config).log
    places: dict[str, list[int]] = {}
    for reading in recorded(config).readings:
        if reading.stop > reading.start:
            places.setdefault(reading.label, []).append((reading.start + reading.stop) // 2)
    for label in sorted(set(places) - set(ONLY_ABSORBED)):
        for place in places[label][:3] + places[label][-2:]:
            changed = proof(config).copy()
            changed[place] = (int(changed[place]) + 1) % P
            TapeChannel.tape = iter([event.values for event in log if event.kind in SQUEEZED])
            with pytest.raises(Rejection):
                verify(key(config), changed, TapeChannel)
