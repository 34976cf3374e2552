"""Batches of runs and of batches, and that nothing else is in one."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

import pytest

from core_vm.errors import Rejection, StatementMismatch
from core_vm.field.koalabear import P, Words
from core_vm.hash.poseidon2 import DIGEST, Digest
from core_vm.state.claims import NO_CLAIMS
from recursion.circuit.interpreter import Interpreter
from recursion.programs.batch import NO_SALT, Half, batch, batch_hints, batched
from recursion.programs.child import Child
from recursion.programs.member import Member
from recursion.programs.records import (
    BatchRecord,
    LeafRecord,
    RangeRecord,
    Record,
    RunRecord,
    leaf_digest,
    record_digest,
)
from recursion.tables.standard import TABLES
from tests.recursion.programs.telling import SMALL, differing, keys, octet, refusal, told

RUN = RunRecord(*(keys().root, octet("program"), octet("output"), octet("input"), NO_CLAIMS, (5, 6), 1))
OTHER_RUN = replace(RUN, program_id=octet("other"), exit_limbs=(0, 0))
BATCH = BatchRecord(keys().root, octet("left"), octet("right"))
FIELDS_OF_MEMBER = 3 * 8 + 4
KIND = 8 + 3 * 8
"""The word that says of which kind the left one is."""
SALTS = 8 + 2 * FIELDS_OF_MEMBER
"""Where they begin."""


@cache
def interpreter() -> Interpreter:
    return Interpreter(batch(SMALL))


@cache
def proof(record: Record) -> Child:
    return told(record)


def hints(left: Member, right: Member, *, of_left: Record | None = None, of_right: Record | None = None) -> Words:
    """With proofs of the records, or of others in their places."""
    return batch_hints(half(left), half(right), proof(of_left or left), proof(of_right or right))


def half(record: Member) -> Half:
    return Half(record, octet("salt of a run")) if isinstance(record, RunRecord) else Half(record)


def entry(record: Member) -> Digest:
    return record_digest(record) if isinstance(record, BatchRecord) else leaf_digest(record, octet("salt of a run"))


def check_accepted(left: Member, right: Member) -> None:
    run = interpreter().run(hints(left, right))
    run.check()
    assert run.digest == record_digest(BatchRecord(keys().root, entry(left), entry(right)))
    assert run.digest == record_digest(batched(half(left), half(right)))


def test_a_run_and_a_batch() -> None:
    check_accepted(RUN, BATCH)


@pytest.mark.slow
@pytest.mark.parametrize("pair", [(RUN, OTHER_RUN), (BATCH, RUN), (BATCH, BATCH), (RUN, RUN)])
def test_members_of_either_kind(pair: tuple[Member, Member]) -> None:
    check_accepted(*pair)


def test_left_and_right_are_not_exchanged() -> None:
    assert record_digest(batched(half(RUN), half(BATCH))) != record_digest(batched(half(BATCH), half(RUN)))
    found = refusal(interpreter(), hints(RUN, BATCH, of_left=BATCH, of_right=RUN))
    assert isinstance(found, Rejection)


# ---------------------------------------------------------------------------------------------- kinds
def test_a_record_is_of_one_kind_or_of_the_other() -> None:
    mixed = hints(RUN, BATCH)
    assert mixed[KIND] == 0
    mixed[KIND] = 2
    with pytest.raises(StatementMismatch, match="neither one of a run nor one of a batch"):
        interpreter().run(mixed).check()


@pytest.mark.parametrize("left", [RUN, BATCH], ids=["run", "batch"])
def test_tags_exchanged(left: Member) -> None:
    """A run's program id and output root as the digests of a batch, and the other way round."""
    exchanged = hints(left, BATCH)
    exchanged[KIND] ^= 1
    assert isinstance(refusal(interpreter(), exchanged), Rejection)


def test_a_range_is_no_member() -> None:
    """Whatever a prover takes for the fields: nothing of another tag has the digest of a run or a batch."""
    ranged = RangeRecord(*(keys().root, *map(octet, "abcd"), NO_CLAIMS, 1, 0, 1, (5, 6)))
    with pytest.raises(StatementMismatch, match="neither one of a run nor one of a batch"):
        batched(Half(ranged), half(RUN))
    for member in (RUN, BATCH):
        assert isinstance(refusal(interpreter(), hints(member, RUN, of_left=ranged)), Rejection)


# ---------------------------------------------------------------------------------------------- salts
def test_a_run_is_a_leaf_with_a_salt_and_a_batch_is_none() -> None:
    """What is said follows each element of a run's salt. That of a batch is not looked at: it makes no leaf of it."""
    said = interpreter().run(hints(RUN, BATCH)).digest
    for place in range(SALTS, SALTS + 16):
        other = hints(RUN, BATCH)
        other[place] ^= 1
        run = interpreter().run(other)
        run.check()
        assert (run.digest == said) == (place >= SALTS + 8)


def test_a_leaf_is_no_run_and_no_batch() -> None:
    """Its octets with another tag: a proof about them says nothing of a leaf, and a leaf nothing of them."""
    leaf = LeafRecord(keys().root, octet("left"), octet("right"))
    assert record_digest(leaf) != record_digest(BatchRecord(keys().root, octet("left"), octet("right")))
    assert Half(BATCH, octet("salt")).entry == Half(BATCH, NO_SALT).entry == record_digest(BATCH)
    assert Half(RUN, octet("salt")).entry not in (record_digest(RUN), Half(RUN, octet("another")).entry)
    for member in (RUN, BATCH):
        assert isinstance(refusal(interpreter(), hints(member, RUN, of_left=leaf)), Rejection)


# ---------------------------------------------------------------------------------------------- what members must be
MISFITS: dict[str, tuple[Any, str]] = {
    "a run under other keys": (replace(RUN, key_root=octet("another")), "other keys"),
    "a batch under other keys": (replace(BATCH, key_root=octet("another")), "other keys"),
    "a run with open claims": (replace(RUN, claims=octet("claims")), "discharged first"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_what_cannot_be_in_a_batch(name: str) -> None:
    record, why = MISFITS[name]
    for pair in ((record, BATCH), (BATCH, record)):
        with pytest.raises(StatementMismatch, match=why):
            batched(*map(half, pair))
    fitting = replace(record, **{name: getattr(RUN, name) for name in ("key_root", "claims") if hasattr(record, name)})
    assert isinstance(refusal(interpreter(), hints(fitting, BATCH, of_left=record)), Rejection)


FIELDS = [(record, field.name) for record in (RUN, BATCH) for field in fields(record)]
IDS = [f"{type(record).__name__}-{name}" for record, name in FIELDS]


@pytest.mark.parametrize(("record", "field"), FIELDS, ids=IDS)
def test_a_member_that_differs_in_one_field_is_refused(record: Member, field: str) -> None:
    found = refusal(interpreter(), hints(record, BATCH, of_left=differing(record, field)))
    assert isinstance(found, Rejection)


@pytest.mark.slow
@pytest.mark.parametrize(("record", "field"), FIELDS, ids=IDS)
def test_such_a_member_on_the_right_is_refused(record: Member, field: str) -> None:
    found = refusal(interpreter(), hints(RUN, record, of_right=differing(record, field)))
    assert isinstance(found, Rejection)


@pytest.mark.slow
def test_every_word_of_a_run_is_bound() -> None:
    """Of every octet at least one, but for salts, which are the batch's to choose. A batch has words besides that mean
    nothing: those that only runs have."""
    found = hints(RUN, OTHER_RUN)
    head = SALTS + 2 * DIGEST
    assert len(found) == head + 2 * len(proof(RUN).hints())
    assert tuple(found[head + 8 : head + 8 + len(TABLES.tables)]) == proof(RUN).key.tiles
    for place in range(0, SALTS, 7):
        changed = found.copy()
        changed[place] = (int(found[place]) + 1) % P
        assert refusal(interpreter(), changed) is not None, place
