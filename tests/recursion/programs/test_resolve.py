"""Resolves: which proof discharges a claim, and that no other does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache

import pytest

from core_vm.errors import Rejection, StatementMismatch
from core_vm.field.koalabear import P, Words
from core_vm.state.claims import NO_CLAIMS, Claim, with_claim
from recursion.circuit.interpreter import Interpreter
from recursion.programs.child import Child
from recursion.programs.hints import packed
from recursion.programs.records import NO_EXIT, RunRecord, record_digest
from recursion.programs.resolve import resolve, resolve_hints, resolved
from tests.recursion.programs.telling import SMALL, differing, keys, octet, refusal, told

CLAIMED = RunRecord(
    keys().root, octet("claimed"), octet("its output"), octet("its input"), NO_CLAIMS, NO_EXIT, input_bound=1
)
BEFORE = with_claim(NO_CLAIMS, Claim(octet("first claim"), octet("of two")))
RUN = RunRecord(
    *(keys().root, octet("program"), octet("output"), octet("input")),
    *(with_claim(BEFORE, Claim(CLAIMED.program_id, CLAIMED.output_root)), (5, 6), 1),
)


@cache
def interpreter() -> Interpreter:
    return Interpreter(resolve(SMALL))


@cache
def children() -> tuple[Child, Child]:
    return told(RUN), told(CLAIMED)


def forged(run: RunRecord, claimed: RunRecord, proofs: tuple[Child, Child]) -> Words:
    """Of a prover who does not ask whether they fit: `run` as it is to become."""
    head = (getattr(run, name) for name in ("key_root", "program_id", "output_root", "input_root", "claims"))
    others = (claimed.program_id, claimed.output_root, claimed.input_root, claimed.input_bound)
    return packed([*head, run.exit_limbs, run.input_bound, *others], *(proof.hints() for proof in proofs))


AFTER = replace(RUN, claims=BEFORE)


def test_the_last_claim_is_discharged() -> None:
    hints = resolve_hints(RUN, CLAIMED, BEFORE, *children())
    assert (hints == forged(AFTER, CLAIMED, children())).all()
    run = interpreter().run(hints)
    run.check()
    assert resolved(RUN, CLAIMED, BEFORE) == AFTER
    assert run.digest == record_digest(AFTER)


def test_not_two_claims_at_once() -> None:
    with pytest.raises(StatementMismatch, match="last claim"):
        resolved(RUN, CLAIMED, NO_CLAIMS)
    found = refusal(interpreter(), forged(replace(RUN, claims=NO_CLAIMS), CLAIMED, children()))
    assert isinstance(found, Rejection)


def test_a_run_without_claims_has_none_to_discharge() -> None:
    run = replace(RUN, claims=NO_CLAIMS)
    with pytest.raises(StatementMismatch, match="last claim"):
        resolved(run, CLAIMED, BEFORE)
    hints = forged(AFTER, CLAIMED, (told(run), children()[1]))
    assert isinstance(refusal(interpreter(), hints), Rejection)


OTHERS: dict[str, tuple[Callable[[RunRecord], RunRecord], str]] = {
    "a run that fails": (lambda r: replace(r, exit_limbs=(1, 0)), "ended with an exit code"),
    "a run that fails with a code of another limb": (lambda r: replace(r, exit_limbs=(0, 1)), "with an exit code"),
    "a run with open claims": (lambda r: replace(r, claims=BEFORE), "they come first"),
    "a run under other keys": (lambda r: replace(r, key_root=octet("another")), "other keys"),
    "another program": (lambda r: replace(r, program_id=octet("another")), "another program or output"),
    "another output": (lambda r: replace(r, output_root=octet("another")), "another program or output"),
}


SLOW = [name for name in OTHERS if name.startswith("another")]  # the test after this one tells more of them
CASES = [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in OTHERS]


@pytest.mark.parametrize("name", CASES)
def test_what_discharges_nothing(name: str) -> None:
    """The circuit takes a proof about what is claimed, without exit code or claims, under the keys of both."""
    change, why = OTHERS[name]
    other = change(CLAIMED)
    with pytest.raises(StatementMismatch, match=why):
        resolved(RUN, other, BEFORE)
    hints = forged(AFTER, CLAIMED, (children()[0], told(other)))
    assert isinstance(refusal(interpreter(), hints), Rejection)


@pytest.mark.parametrize("name", SLOW)
def test_a_claim_is_of_one_program_and_one_output(name: str) -> None:
    """The proof is of another run, and says so: it is not the one that is claimed."""
    other = OTHERS[name][0](CLAIMED)
    assert isinstance(refusal(interpreter(), forged(AFTER, other, (children()[0], told(other)))), Rejection)


def test_the_two_runs_are_not_exchanged() -> None:
    assert isinstance(refusal(interpreter(), forged(AFTER, CLAIMED, children()[::-1])), Rejection)


@pytest.mark.parametrize("field", [field.name for field in fields(RunRecord)])
def test_a_run_that_differs_in_one_field_is_refused(field: str) -> None:
    """Also where the proof of a run with another exit code or another program would become one of this run."""
    hints = forged(AFTER, CLAIMED, (told(differing(RUN, field)), children()[1]))
    assert isinstance(refusal(interpreter(), hints), Rejection)


@pytest.mark.slow
@pytest.mark.parametrize("field", [field.name for field in fields(RunRecord)])
def test_a_claimed_run_that_differs_in_one_field_is_refused(field: str) -> None:
    hints = forged(AFTER, CLAIMED, (children()[0], told(differing(CLAIMED, field))))
    assert isinstance(refusal(interpreter(), hints), Rejection)


@pytest.mark.slow
def test_every_word_before_the_proofs_is_bound() -> None:
    hints = forged(AFTER, CLAIMED, children())
    for place in range(len(hints) - sum(len(child.hints()) for child in children())):
        changed = hints.copy()
        changed[place] = (int(hints[place]) + 1) % P
        assert refusal(interpreter(), changed) is not None, place
