"""Fiat-Shamir: whatever a prover sends decides every later challenge, in a whole proof of the real machine.

Bugs of this kind (a field that is used but never absorbed, or absorbed too late) hit several proof systems: see the
list of known attacks in the explanation of the proof system.
"""

from __future__ import annotations

import pytest

from core_vm.errors import MerkleRejection, Rejection
from core_vm.field.koalabear import P
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import verify_shard
from core_vm.transcript.column_digest import column_digest
from core_vm.transcript.sponge import Event, Kind, Transcript
from tests.soundness.recorded import recorded
from tests.soundness.recording import SQUEEZED, Reading
from tests.soundness.runs import QUICK, TABLES, everything

OPENINGS = ("whir_leaves", "whir_paths", "whir_cap")
"""What is read after the queries are drawn: its roots were absorbed before."""


def test_prover_and_verifier_log_the_same_events() -> None:
    _, proving, verifying, _ = recorded()
    assert len(proving) == len(verifying)
    for place, (ours, theirs) in enumerate(zip(proving, verifying, strict=True)):
        assert ours == theirs, f"event {place}"


def test_every_word_is_read_exactly_once_in_order() -> None:
    words, _, _, readings = recorded()
    place = 0
    for reading in readings:
        assert reading.start == place
        place = reading.stop
    assert place == len(words)


def test_every_word_is_absorbed_at_once_or_opens_a_root() -> None:
    words, _, log, readings = recorded()
    for reading in readings:
        sent = words[reading.start : reading.stop]
        if reading.label in OPENINGS:
            assert reading.is_hint
            assert log[reading.events_before - 1].label == "whir_queries"
            continue
        event = log[reading.events_before]
        assert event.kind not in SQUEEZED, f"{reading.label} is used for a challenge before it is absorbed"
        assert event.label == reading.label
        # The column values are many: their digest is absorbed, computed from exactly these words.
        expected = column_digest(sent) if reading.is_hint else sent.tolist()
        assert event.values == tuple(expected)


def test_the_statement_is_absorbed_before_the_first_challenge() -> None:
    _, _, log, _ = recorded()
    start = log[: next(i for i, event in enumerate(log) if event.kind in SQUEEZED)]
    first = ["parameters", "tables", "public", "tile_counts", "shape", "trace_root"]
    assert [event.label for event in start[: len(first)]] == first
    assert start[0].values == tuple(QUICK.parameters())
    assert start[1].values == TABLES.digest
    assert start[2].values == everything().public.absorbed
    shape = ShardShape.of(TABLES, start[3].values, QUICK)
    assert start[4].values == tuple(shape.numbers())


def replay(log: list[Event], changed: int | None = None) -> list[tuple[int, ...]]:
    """The squeezed values of a transcript with these absorptions, one element of event `changed` being larger by 1."""
    transcript, squeezed = Transcript(_fast_permutation()), []
    for place, event in enumerate(log):
        if event.kind in SQUEEZED:
            squeezed.append(tuple(transcript.squeeze(event.kind, event.label, len(event.values))))
            continue
        values = list(event.values)
        if place == changed:
            at = len(values) // 2
            values[at] = (values[at] + 1) % P
        transcript.absorb_event(event.kind, event.label, values)
    return squeezed


def _fast_permutation():
    from core_vm.hash.poseidon2_kernels import permute_canonical

    return permute_canonical


def test_every_absorbed_field_changes_all_later_challenges_and_no_earlier_one() -> None:
    _, _, log, _ = recorded()
    honest = replay(log)
    assert honest == [event.values for event in log if event.kind in SQUEEZED]
    absorbed = [place for place, event in enumerate(log) if event.kind not in SQUEEZED and event.values]
    chosen = {_first_of_label(log, absorbed), *absorbed[:8], *absorbed[-8:], *absorbed[:: max(1, len(absorbed) // 40)]}
    for place in sorted(chosen):
        earlier = sum(event.kind in SQUEEZED for event in log[:place])
        other = replay(log, place)
        assert other[:earlier] == honest[:earlier]
        same = [number for number in range(earlier, len(honest)) if other[number] == honest[number]]
        assert len([n for n in same if len(honest[n]) > 1]) == 0, f"event {place}, {log[place].label}"


def _first_of_label(log: list[Event], places: list[int]) -> int:
    return next(place for place in places if log[place].kind == Kind.EXTENSION)


def test_every_label_has_a_word_whose_change_is_rejected() -> None:
    words, _, _, readings = recorded()
    shard = everything()
    first_and_last: dict[str, list[Reading]] = {}
    for reading in readings:
        if reading.stop > reading.start:
            first_and_last.setdefault(reading.label, []).append(reading)
    for label, all_of_label in first_and_last.items():
        for reading in {all_of_label[0], all_of_label[-1]}:
            changed = words.copy()
            place = (reading.start + reading.stop) // 2
            changed[place] = (int(changed[place]) + 1) % P
            with pytest.raises(MerkleRejection if label in OPENINGS else Rejection):
                verify_shard(TABLES, changed, shard.public, QUICK)
