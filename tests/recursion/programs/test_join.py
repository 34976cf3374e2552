"""Joins of two ranges: what one says of real and of invented ranges, and that there is no other way to put them."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

import pytest

from core_vm.errors import Rejection, SecurityError, StatementMismatch
from core_vm.field.koalabear import P, Words
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.lower import Lowered
from recursion.programs.child import Child
from recursion.programs.join import join, join_hints, joined
from recursion.programs.records import RUN_TAG, TAG_PLACE, Octet, RangeRecord, record_digest
from recursion.tables.key_check import check_key
from tests.recursion.circuit.rows_holding import hold
from tests.recursion.programs.telling import SMALL, differing, keys, octet, refusal, told


@cache
def interpreter() -> Interpreter:
    return Interpreter(join(SMALL))


def ranged(start: int, stop: int, **others: Any) -> RangeRecord:
    """From one of the states of an invented run to another."""
    roots, claims = ([octet(f"{what} {at}") for at in (start, stop)] for what in ("root", "claims"))
    record = RangeRecord(keys().root, octet("program"), *roots, *claims, 100 + start, 100 + stop, 0, (0, 0))
    return replace(record, **others)


def ending(start: int) -> RangeRecord:
    """The last range of the run."""
    return ranged(start, 9, pc_end=0, halted=1, exit_limbs=(5, 6))


@cache
def children() -> tuple[Child, Child]:
    return told(ranged(0, 1)), told(ending(1))


def honest() -> Words:
    return join_hints(ranged(0, 1), ending(1), *children())


def forged(left: RangeRecord, right: RangeRecord, keeps_left: bool) -> Words:
    """What a prover hands in that has proofs about two records which do not fit: one of them as it is, and what can be
    said of the other beside it, which goes on and shares the middle and the program."""
    proofs = told(left), told(right)
    left, middle = replace(left, halted=0, exit_limbs=(0, 0)), (("root", "claims", "pc"), ("key_root", "program_root"))
    if keeps_left:
        starts = {f"{what}_start": getattr(left, f"{what}_end") for what in middle[0]}
        right = replace(right, **starts, **{name: getattr(left, name) for name in middle[1]})
    else:
        ends = {f"{what}_end": getattr(right, f"{what}_start") for what in middle[0]}
        left = replace(left, **ends, **{name: getattr(right, name) for name in middle[1]})
    return join_hints(left, right, *proofs)


# ---------------------------------------------------------------------------------------------- acceptance
def test_two_ranges_are_one() -> None:
    run = interpreter().run(honest())
    run.check()
    both = joined(ranged(0, 1), ending(1))
    assert both == ending(0)
    assert run.digest == record_digest(both)


def test_rows_hold_and_are_those_of_a_circuit() -> None:
    lowered = Lowered(interpreter().graph)
    check_key(lowered.fixed)
    run = interpreter().run(honest())
    assert hold(lowered, run, run.digest)


def test_a_join_of_what_no_verifier_accepts_is_refused() -> None:
    whir = replace(SMALL.stark.whir, security_bits=200)
    with pytest.raises(SecurityError):
        join(replace(SMALL, stark=replace(SMALL.stark, whir=whir)))


# ---------------------------------------------------------------------------------------------- ranges that do not fit
MISFITS: dict[str, tuple[RangeRecord, RangeRecord, str]] = {
    "wrong order": (ranged(1, 2), ranged(0, 1), "memory"),
    "the same twice": (ranged(0, 1), ranged(0, 1), "memory"),
    "gap": (ranged(0, 1), ranged(2, 3), "memory"),
    "overlap": (ranged(0, 2), ranged(1, 3), "memory"),
    "another program": (ranged(0, 1), ranged(1, 2, program_root=octet("another")), "program"),
    "other keys": (ranged(0, 1), ranged(1, 2, key_root=octet("another")), "keys"),
    "another program counter": (ranged(0, 1), ranged(1, 2, pc_start=7), "program counter"),
    "other claims": (ranged(0, 1), ranged(1, 2, claims_start=octet("another")), "claims"),
    "halted on the left": (ranged(0, 1, halted=1), ranged(1, 2), "has halted"),
    "exit code on the left": (ranged(0, 1, exit_limbs=(0, 1)), ranged(1, 2), "has halted"),
}


def check_misfit(name: str, keeps_left: bool) -> None:
    left, right, why = MISFITS[name]
    with pytest.raises(StatementMismatch, match=why):
        joined(left, right)
    assert isinstance(refusal(interpreter(), forged(left, right, keeps_left)), Rejection)


@pytest.mark.parametrize("name", MISFITS)
def test_ranges_that_do_not_fit_are_refused(name: str) -> None:
    """Natively by name; in a circuit the prover cannot even say them, so one of the proofs is about something else."""
    check_misfit(name, keeps_left="on the left" in name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in MISFITS if "on the left" not in name])
def test_ranges_that_do_not_fit_are_refused_on_the_right(name: str) -> None:
    check_misfit(name, keeps_left=True)


FIELDS = [field.name for field in fields(RangeRecord)]
CASES = [
    pytest.param(field, side, marks=[] if side == "left" or field == "root_end" else [pytest.mark.slow])
    for side in ("left", "right")
    for field in FIELDS
]


@pytest.mark.parametrize(("field", "side"), CASES)
def test_a_child_whose_record_differs_in_one_field_is_refused(field: str, side: str) -> None:
    records, proofs = (ranged(0, 1), ending(1)), list(children())
    number = ("left", "right").index(side)
    proofs[number] = told(differing(records[number], field))
    assert isinstance(refusal(interpreter(), join_hints(*records, *proofs)), Rejection)


@pytest.mark.slow
def test_every_word_before_the_proofs_is_one_of_a_child_s_record() -> None:
    hints, head = honest(), len(honest()) - sum(len(child.hints()) for child in children())
    for place in [*range(0, 64, 7), *range(64, head)]:
        changed = hints.copy()
        changed[place] = (int(hints[place]) + 1) % P
        assert refusal(interpreter(), changed) is not None, place


def test_a_record_of_another_kind_is_none_of_a_range() -> None:
    """A run's record of the same length, whose elements are those of the range but for the tag."""

    class Disguised(RangeRecord):
        def octets(self) -> list[Octet]:
            *before, last = super().octets()
            return [*before, [*last[:TAG_PLACE], RUN_TAG, *last[TAG_PLACE + 1 :]]]

    record = ranged(0, 1)
    disguised = Disguised(*(getattr(record, field) for field in FIELDS))
    hints = join_hints(record, ending(1), told(disguised), children()[1])
    assert isinstance(refusal(interpreter(), hints), Rejection)


def test_left_and_right_exchanged() -> None:
    left, right = children()
    assert isinstance(refusal(interpreter(), join_hints(ranged(0, 1), ending(1), right, left)), Rejection)
