"""Final proofs of small tables with fixed columns: what is accepted under a key, and that every lie is refused."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from unittest.mock import patch

import numpy as np
import pytest

from core_vm.air.public import PublicValues
from core_vm.errors import (
    MalformedProof,
    OpeningRejection,
    Rejection,
    SecurityRejection,
    UsageError,
    WitnessError,
)
from core_vm.field.koalabear import P, Words
from core_vm.hash.poseidon2_kernels import permute_canonical
from core_vm.stark.config import STANDARD
from core_vm.stark.final.key import FinalConfig, FinalKey
from core_vm.stark.final.prover import FinalTrace, prove_final
from core_vm.stark.final.security import security_of_final
from core_vm.stark.final.verifier import verify_final
from core_vm.transcript.pruned import PrunedVerifierChannel
from core_vm.transcript.sponge import Event, Kind
from tests.core_vm.stark.keyed_toys import TABLES, fixed_columns, main_columns, public_of
from tests.core_vm.stark.lists import QUICK_LISTS
from tests.core_vm.stark.toys import QUICK
from tests.soundness.recording import SQUEEZED, RecordingVerifier
from tests.soundness.test_challenges import elements

CONFIGS = {
    "unique decoding": FinalConfig(log_segment=8, segments=12, stark=QUICK),
    "list decoding": FinalConfig(log_segment=8, segments=12, stark=QUICK_LISTS),
}
UNIQUE = CONFIGS["unique decoding"]
FROZEN = {
    "unique decoding": "b9242e83c6275fa571ebaaa319dc7820a10a328ad08188d191d3962f89520e6e",
    "list decoding": "dee43eeb1af543faa6e1c9654134517f2cd83403251fae7c5b9f03a25d4d5902",
}
"""What proofs are made of: if these change, and were meant to, proofs made before are void (`PROTOCOL_VERSION`)."""
both = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
RESERVED = (0, 7, 8, 40)
ONLY_ABSORBED = ("fingerprint_grinding", "whir_work", "whir_fold_work")
CHECK_END = "core_vm.pcs.whir.prover.Opening.check_end"


@cache
def key(config: FinalConfig = UNIQUE, first: int = 3, rows: int = 70, reserved: tuple[int, ...] = RESERVED) -> FinalKey:
    columns = tuple(columns.astype(np.uint32) for columns in fixed_columns(rows, first))
    return FinalKey(TABLES, columns, config, reserved)


def trace(of: FinalKey) -> FinalTrace:
    filled = FinalTrace(of)
    for number, columns in enumerate(main_columns()):
        filled.fill(number, columns)
    return filled


def public() -> PublicValues:
    return public_of(int(main_columns()[0][1, -1]))


@cache
def proof(config: FinalConfig = UNIQUE) -> Words:
    return prove_final(key(config), trace(key(config)), public(), threads=2)


class Fast(PrunedVerifierChannel):
    """A channel with the compiled permutation, for words that are refused by the hundred."""

    def __init__(self, words: Words) -> None:
        super().__init__(words, permute_canonical)


def verify(of: FinalKey, words: Words, channel: type[PrunedVerifierChannel] = Fast) -> float:
    with patch("core_vm.stark.final.verifier.PrunedVerifierChannel", channel):
        return verify_final(of, words, public())


class Recorder(RecordingVerifier, PrunedVerifierChannel):
    """A recording channel of pruned openings."""


@cache
def recorded(config: FinalConfig = UNIQUE) -> Recorder:
    verify(key(config), proof(config), Recorder)
    return Recorder.last  # type: ignore[return-value]


@both
def test_an_honest_proof_is_accepted(config: FinalConfig) -> None:
    assert verify_final(key(config), proof(config), public()) >= 8


@pytest.mark.parametrize("name", CONFIGS)
def test_the_words_are_the_frozen_ones(name: str) -> None:
    assert hashlib.sha256(proof(CONFIGS[name]).astype("<u4").tobytes()).hexdigest() == FROZEN[name]


def test_reserved_runs_belong_to_no_table() -> None:
    """Whatever lies there, the proof is one: the prover may put random cells there."""
    placed = key().placement.placed

    def with_noise(cells: Words) -> Words:
        vector = placed(cells)
        vector.reshape(-1, 64)[list(RESERVED)] = np.arange(1, 65)
        return vector

    with patch("core_vm.pcs.placements.Placement.placed", lambda _, cells: with_noise(cells)):
        words = prove_final(key(), trace(key()), public())
    assert not np.array_equal(words, proof())
    assert verify(key(), words) >= 8


OTHER_KEYS: dict[str, Callable[[], FinalKey]] = {
    "another constant": lambda: key(first=4),
    "another height": lambda: key(rows=69),
    "other reserved runs": lambda: key(reserved=(0, 7, 8, 41)),
    "another configuration": lambda: replace(key(), config=replace(UNIQUE, segments=13)),
}


@pytest.mark.parametrize("other", OTHER_KEYS.values(), ids=OTHER_KEYS.keys())
def test_no_other_key_takes_the_proof(other: Callable[[], FinalKey]) -> None:
    with pytest.raises(Rejection):
        verify(other(), proof())


def test_a_key_with_other_columns_but_the_same_digest_would_not_take_it_either() -> None:
    """The columns are not only absorbed: they are in the constraints and in the messages."""
    other = key(first=4)
    with patch.object(FinalKey, "limbs", key().limbs), pytest.raises(OpeningRejection):
        verify_final(other, proof(), public())


def test_another_statement_is_refused() -> None:
    right = public()
    with pytest.raises(Rejection):
        verify_final(key(), proof(), replace(right, absorbed=(right.absorbed[0] + 1,)))
    with pytest.raises(Rejection):
        verify_final(key(), proof(), replace(right, messages=()))


def test_a_configuration_below_its_target_is_refused() -> None:
    weak = replace(key(), config=FinalConfig(8, 12, replace(QUICK, whir=replace(QUICK.whir, grinding_bits=0))))
    assert security_of_final(weak, public()).bits >= 8
    stark = replace(STANDARD, fingerprint_grinding_bits=0)
    low = replace(key(), config=FinalConfig(8, 12, replace(stark, whir=replace(stark.whir, security_bits=150))))
    with pytest.raises(SecurityRejection):
        verify_final(low, proof(), public())


# ------------------------------------------------------------------------------------------------ hostile words
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


# ------------------------------------------------------------------------------------------------ the transcript
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


# ------------------------------------------------------------------------------------------------ lying provers
def altered(column: int, row: int, table: int = 0) -> FinalTrace:
    wrong = trace(key())
    cell = wrong.layout.column_view(wrong.q, table, column)
    cell[row >> 6, row & 63] = (int(cell[row >> 6, row & 63]) + 1) % P
    return wrong


@pytest.mark.parametrize(("column", "row"), [(0, 0), (1, 69), (0, 33), (1, 64), (0, 70), (1, 127)])
def test_a_wrong_cell_is_not_provable(column: int, row: int) -> None:
    """In use or beyond the rows in use: no row of a tile escapes the constraints."""
    with pytest.raises(WitnessError):
        prove_final(key(), altered(column, row), public())
    with patch(CHECK_END):
        words = prove_final(key(), altered(column, row), public(), check=False)
    with pytest.raises(Rejection):
        verify(key(), words)


def test_other_fixed_columns_in_the_trace_are_not_provable() -> None:
    """A prover who fills the fixed columns as he likes: the verifier has its own."""
    with patch(CHECK_END):
        words = prove_final(key(), altered(3, 5), public(), check=False)
    with pytest.raises(Rejection):
        verify(key(), words)


def test_a_false_linear_part_ends_in_the_opening() -> None:
    """A prover whose rows do not hold sends as <linear, v> what makes the sum over terms right: the form that is left
    is not that of the committed columns."""
    from core_vm.stark.terms import prover

    def with_fitting_claim(channel, statement, columns, claim, check):
        true = prover.inner_planes
        forms = statement.system.form_values(columns)
        whole = true(statement.of_forms, forms) + true(statement.of_columns, columns)
        terms = prover_value(statement, forms)
        offsets = iter([claim - terms - whole])
        with patch.object(prover, "inner_planes", lambda a, b: true(a, b) + next(offsets, 0)):
            return prover.prove_terms(channel, statement, columns, claim, check)

    with patch("core_vm.stark.final.prover.prove_terms", with_fitting_claim), patch(CHECK_END):
        words = prove_final(key(), altered(1, 70), public(), check=False)
    with pytest.raises(OpeningRejection):
        verify(key(), words)


def prover_value(statement, forms):
    """sum_t w_t A_t B_t D_t."""
    from core_vm.field.extension import inner_planes
    from core_vm.field.reference import extension_multiply

    a, b, d = (forms[:, factors] for factors in statement.system.terms)
    return inner_planes(extension_multiply(statement.weights, a), extension_multiply(b, d))


# ------------------------------------------------------------------------------------------------ keys
def test_a_key_takes_only_what_fits() -> None:
    columns = key().fixed
    with pytest.raises(UsageError, match="fixed columns"):
        replace(key(), fixed=(columns[0][:2], *columns[1:]))
    with pytest.raises(UsageError, match="canonical"):
        replace(key(), fixed=(np.full_like(columns[0], P), *columns[1:]))
    with pytest.raises(UsageError, match="do not fit"):
        replace(key(rows=200), config=FinalConfig(8, 1, QUICK), reserved=())


def test_the_digest_is_of_everything() -> None:
    digests = {of().digest for of in OTHER_KEYS.values()} | {key().digest}
    assert len(digests) == len(OTHER_KEYS)  # the configuration is among the parameters and the shape
    changed = key().fixed[0].copy()
    changed[2, 69] += 1
    assert replace(key(), fixed=(changed, *key().fixed[1:])).digest not in digests


def test_a_key_comes_back_from_its_bytes_and_from_no_others() -> None:
    data = key().to_bytes()
    again = FinalKey.from_bytes(data, key().digest, TABLES, UNIQUE)
    assert (again.digest, again.reserved, again.num_rows) == (key().digest, RESERVED, key().num_rows)
    assert all(np.array_equal(a, b) for a, b in zip(again.fixed, key().fixed, strict=True))
    assert verify(again, proof()) >= 8
    for changed in (data[:-1], data + b"\0", bytes([data[0] ^ 1]) + data[1:], b""):
        with pytest.raises(UsageError, match="make it anew"):
            FinalKey.from_bytes(changed, key().digest, TABLES, UNIQUE)


def test_fixed_columns_are_evaluated_where_the_zerocheck_ends() -> None:
    import random

    from core_vm.field.extension import K, eq_table, from_planes
    from tests.core_vm.pcs.opening_cases import random_point

    point = random_point(random.Random(1), key().shape.row_variables)
    eq, values = eq_table(point), from_planes(key().fixed_at(point))
    for number in (2, 3, 4):
        column = key().fixed[0][number - 2].tolist()
        assert values[number] == sum((e * x for e, x in zip(eq, column, strict=False)), K.zero)
    assert values[0] == values[1] == K.zero
