"""Closes: what a range is a whole run of, and that a prover cannot say another program, input, output or exit code."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

import pytest

from core_vm.errors import MalformedProof, Rejection, StatementMismatch
from core_vm.field.koalabear import P, Words
from core_vm.state import roots
from core_vm.state.claims import NO_CLAIMS
from core_vm.statement.proof import RunProof
from recursion.circuit.interpreter import Interpreter
from recursion.circuit.lowering.lower import Lowered
from recursion.programs.child import Child
from recursion.programs.close import RunOpening, close, close_hints, closed
from recursion.programs.hints import packed
from recursion.programs.records import RUN_TAG, TAG_PLACE, Octet, RangeRecord, RunRecord, record_digest
from recursion.tables.key_check import check_key
from tests.recursion.programs.telling import SMALL, differing, keys, octet, refusal, refusals, told

IMAGES = (octet("image 0"), octet("image 1"), octet("image 2"))
SIBLINGS = tuple(octet(f"sibling {level}") for level in range(4))
OPENING = RunOpening(
    *(keys().root, octet("program"), IMAGES, octet("input"), octet("output"), SIBLINGS, octet("claims")),
    *(1234, 1, (5, 6)),
)
RANGE = OPENING.range_record()


@cache
def interpreter() -> Interpreter:
    return Interpreter(close(SMALL))


@cache
def child() -> Child:
    return told(RANGE)


def hints(opening: RunOpening, proof: Child) -> Words:
    """Of a prover who does not ask whether they fit."""
    return packed((getattr(opening, field.name) for field in fields(RunOpening)), proof.hints())


def test_a_range_from_the_start_to_the_halt_is_a_run() -> None:
    run = interpreter().run(close_hints(RANGE, OPENING, child()))
    run.check()
    assert run.digest == record_digest(closed(RANGE, OPENING))


def test_a_run_is_what_the_verifier_of_its_shards_takes_it_for() -> None:
    exit_code = OPENING.exit_limbs[0] | OPENING.exit_limbs[1] << 16
    said = (OPENING.program_root, IMAGES, 4 * OPENING.pc_start, OPENING.input_root, exit_code, b"", SIBLINGS, ())
    proof, record = RunProof(*said), closed(RANGE, OPENING)
    assert roots.format_program_id(record.program_id) == proof.program_id
    assert (RANGE.root_start, RANGE.root_end) == (proof.first_root, proof.last_root(OPENING.output_root))
    assert (RANGE.pc_start, RANGE.pc_end, RANGE.halted, RANGE.claims_start) == (proof.entry // 4, 0, 1, NO_CLAIMS)
    expected = (keys().root, record.program_id, octet("output"), octet("input"), octet("claims"), (5, 6), 1)
    assert record == RunRecord(*expected)


def test_a_private_input_is_not_named() -> None:
    private = replace(OPENING, input_bound=0)
    run = interpreter().run(close_hints(RANGE, private, child()))
    run.check()
    assert closed(RANGE, private) == replace(closed(RANGE, OPENING), input_root=roots.ZERO_DIGEST, input_bound=0)
    assert run.digest == record_digest(closed(RANGE, private))


def test_an_input_is_bound_or_not() -> None:
    both = replace(OPENING, input_bound=2)
    with pytest.raises(StatementMismatch, match="neither 0 nor 1"):
        closed(RANGE, both)
    assert refusals(interpreter(), hints(both, child())) == ["close: whether the input is bound is neither 0 nor 1"]


def test_addresses_and_multiplicities_are_those_of_a_circuit() -> None:
    check_key(Lowered(interpreter().graph).fixed)


# ---------------------------------------------------------------------------------------------- other runs
OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "another program": ({"program_root": octet("another")}, "program_root"),
    "another image": ({"image_roots": (octet("another"), *IMAGES[1:])}, "root_start"),
    "another input": ({"input_root": octet("another")}, "root_start"),
    "another output": ({"output_root": octet("another")}, "root_end"),
    "another last state": ({"output_siblings": (*SIBLINGS[:3], octet("another"))}, "root_end"),
    "another entry": ({"pc_start": 1235}, "pc_start"),
    "another exit code": ({"exit_limbs": (0, 0)}, "exit_limbs"),
    "fewer claims": ({"claims": NO_CLAIMS}, "claims_end"),
    "other keys": ({"key_root": octet("another")}, "key_root"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_run_than_that_of_the_range_is_refused(name: str) -> None:
    changes, why = OTHERS[name]
    other = replace(OPENING, **changes)
    with pytest.raises(StatementMismatch, match=why):
        closed(RANGE, other)
    assert isinstance(refusal(interpreter(), hints(other, child())), Rejection)


PARTS = {
    "does not start where the program does": {"root_start": octet("another")},
    "starts at another instruction": {"pc_start": 1233},
    "starts with claims": {"claims_start": octet("another")},
    "has not halted": {"halted": 0, "pc_end": 77, "exit_limbs": (0, 0)},
    "ends in another state": {"root_end": octet("another")},
    "ends with another exit code": {"exit_limbs": (5, 7)},
    "ends with other claims": {"claims_end": octet("another")},
}


@pytest.mark.parametrize("name", PARTS)
def test_a_range_that_is_not_the_whole_run_is_refused(name: str) -> None:
    part = replace(RANGE, **PARTS[name])
    with pytest.raises(StatementMismatch, match="the range is not all of this run"):
        closed(part, OPENING)
    assert isinstance(refusal(interpreter(), hints(OPENING, told(part))), Rejection)


def test_every_word_of_the_opening_is_bound() -> None:
    found = hints(OPENING, child())
    for place in range(len(found) - len(child().hints())):
        if place % 8 in (0, 7) or place >= 96:
            changed = found.copy()
            changed[place] = (int(found[place]) + 1) % P
            assert refusal(interpreter(), changed) is not None, place


@pytest.mark.parametrize("field", [field.name for field in fields(RangeRecord)])
def test_a_range_that_differs_in_one_field_is_refused(field: str) -> None:
    assert isinstance(refusal(interpreter(), hints(OPENING, told(differing(RANGE, field)))), Rejection)


def test_a_record_of_another_kind_is_none_of_a_range() -> None:
    class Disguised(RangeRecord):
        def octets(self) -> list[Octet]:
            *before, last = super().octets()
            return [*before, (*last[:TAG_PLACE], RUN_TAG, *last[TAG_PLACE + 1 :])]

    disguised = Disguised(*(getattr(RANGE, field.name) for field in fields(RANGE)))
    assert isinstance(refusal(interpreter(), hints(OPENING, told(disguised))), Rejection)


def test_hints_are_as_many_as_the_circuit_takes() -> None:
    found = hints(OPENING, child())
    for wrong in (found[:-1], packed([0], found)):
        with pytest.raises(MalformedProof, match="the circuit takes"):
            interpreter().run(wrong)
