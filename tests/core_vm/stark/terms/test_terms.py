"""The sumcheck over terms: an honest claim leaves a true linear form, and a lie leaves a false one or is refused."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof, SumcheckRejection, WitnessError
from core_vm.field.extension import K, inner_planes, to_planes
from core_vm.field.koalabear import P, Words
from core_vm.stark.terms import prover
from core_vm.stark.terms.prover import prove_terms
from core_vm.stark.terms.system import TermStatement, term_system
from core_vm.stark.terms.verifier import DEGREE, LinearClaim, fixed_taken_off, verify_terms
from core_vm.stark.zerocheck.constraint_sum import batched_constraints
from core_vm.transcript.channel import ProverChannel, VerifierChannel
from core_vm.transcript.numbers import NUMBERS
from recursion.tables.standard import TABLES as CIRCUIT
from tests.core_vm.air.table_sets import SETS
from tests.elements import random_point

TABLE_SETS = {**SETS, "the circuit machine": CIRCUIT}


@dataclass(frozen=True)
class Case:
    """Random values of all columns, and what the constraints and a form of the columns add up to there."""

    statement: TermStatement
    columns: Words
    fixed: Words
    main: np.ndarray
    claim: K

    def is_true(self, claim: LinearClaim) -> bool:
        return inner_planes(claim.columns, self.columns) == claim.value


@cache
def case(name: str) -> Case:
    tables = TABLE_SETS[name]
    rng = random.Random(1)
    values, of_columns = (random_point(rng, tables.num_columns) for _ in range(2))
    columns, (rho,) = to_planes(values), random_point(rng, 1)
    main, fixed = main_columns(tables), columns.copy()
    fixed[:, main] = 0
    statement = TermStatement.of(term_system(tables), rho, fixed, to_planes(of_columns))
    claim = batched_constraints(NUMBERS, tables, rho, values) + inner_planes(to_planes(of_columns), columns)
    return Case(statement, columns, fixed, main, claim)


def main_columns(tables: TableSet) -> np.ndarray:
    found, first = [], 0
    for table in tables.tables:
        found += range(first, first + table.num_main)
        first += table.width
    return np.array(found)


def proved(of: Case, claim: K | None = None, check: bool = True) -> Words:
    channel = ProverChannel()
    prove_terms(channel, of.statement, of.columns, of.claim if claim is None else claim, check)
    return channel.words


@pytest.mark.parametrize("name", TABLE_SETS)
def test_the_claim_becomes_a_linear_form(name: str) -> None:
    of = case(name)
    channel = ProverChannel()
    ours = prove_terms(channel, of.statement, of.columns, of.claim)
    assert len(channel.words) == 5 * (DEGREE * of.statement.system.log_terms + 4)
    reader = VerifierChannel(channel.words)
    theirs = verify_terms(reader, of.statement, of.claim)
    reader.finish()
    assert ours.value == theirs.value
    assert np.array_equal(ours.columns, theirs.columns)
    assert of.is_true(theirs)
    left = fixed_taken_off(theirs, of.fixed, of.main)
    assert inner_planes(left.columns, of.columns[:, of.main]) == left.value


@pytest.mark.parametrize("name", TABLE_SETS)
def test_a_false_claim_is_refused(name: str) -> None:
    of = case(name)
    with pytest.raises(WitnessError):
        proved(of, of.claim + 1)
    words = proved(of, of.claim + 1, check=False)
    with pytest.raises(SumcheckRejection, match="term sumcheck"):
        verify_terms(VerifierChannel(words), of.statement, of.claim + 1)


@pytest.mark.parametrize("name", ["fixed columns", "identities"])
def test_every_word_counts(name: str) -> None:
    """What the sumcheck does not refuse is a linear form that the columns do not have."""
    of = case(name)
    words = proved(of)
    for place in range(len(words)):
        changed = words.copy()
        changed[place] = (int(changed[place]) + 1) % P
        try:
            claim = verify_terms(VerifierChannel(changed), of.statement, of.claim)
        except SumcheckRejection:
            continue
        assert not of.is_true(claim), f"word {place}"
    with pytest.raises(MalformedProof):
        verify_terms(VerifierChannel(words[:-1]), of.statement, of.claim)


def test_a_lie_in_the_linear_part_makes_up_for_a_false_claim_but_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prover whose claim is false by one sends u larger by one: the sumcheck over terms is then honest, and what is
    left is false."""
    of = case("fixed columns")
    true_inner = inner_planes
    monkeypatch.setattr(prover, "inner_planes", lying_once(true_inner))
    words = proved(of, of.claim + 1)
    claim = verify_terms(VerifierChannel(words), of.statement, of.claim + 1)
    assert not of.is_true(claim)


def lying_once(true_inner):
    """The first inner product is larger by one."""
    lies = [K.one]

    def inner(a: Words, b: Words) -> K:
        return true_inner(a, b) + (lies.pop() if lies else K.zero)

    return inner


@pytest.mark.parametrize("factors", [(0, 1), (1, 2), (2, 0)])
def test_factors_with_the_right_product_but_wrong_values_are_opened(factors: tuple[int, int]) -> None:
    """a, b, d are sent scaled so that their product stays; the last check holds, and nu tells them apart."""
    of = case("identities")
    words = proved(of)
    start = len(words) - 15
    values = [K(*words[start + 5 * i : start + 5 * i + 5].tolist()) for i in range(3)]
    scale = K(2, 3, 5)
    values[factors[0]] = values[factors[0]] * scale
    values[factors[1]] = values[factors[1]] * scale.inverse()
    changed = words.copy()
    changed[start:] = [c for value in values for c in value.c]
    assert not of.is_true(verify_terms(VerifierChannel(changed), of.statement, of.claim))


def test_each_value_has_a_power_of_nu_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ends batch by the same powers, so no proof would tell if two were one: challenges and checks apart, what is
    claimed grows by 1, nu, nu^2, nu^3 with the values sent."""
    of = case("identities")
    words, nu = proved(of), K(3, 1, 4, 1, 5)
    monkeypatch.setattr(VerifierChannel, "challenge", lambda channel, label: nu)
    monkeypatch.setattr(type(NUMBERS), "require_equal", lambda *arguments: None)

    def claimed(words: Words) -> K:
        return verify_terms(VerifierChannel(words), of.statement, of.claim).value

    for power, place in enumerate([0, len(words) - 15, len(words) - 10, len(words) - 5]):
        changed = words.copy()
        changed[place] = (int(changed[place]) + 1) % P
        assert claimed(changed) - claimed(words) == nu**power


def test_fixed_values_belong_to_the_statement() -> None:
    """With another value of a fixed column the honest words prove nothing."""
    of = case("fixed columns")
    words = proved(of)
    other = of.fixed.copy()
    other[0, 3] = (other[0, 3] + 1) % P
    rho = random_point(random.Random(5), 1)[0]
    statement = TermStatement.of(of.statement.system, rho, other, of.statement.of_columns)
    with pytest.raises(SumcheckRejection):
        verify_terms(VerifierChannel(words), statement, of.claim)


def test_no_terms_at_all() -> None:
    """A system of linear constraints: the sumcheck has no rounds."""
    of = case("fixed columns")
    system = replace(of.statement.system, terms=np.zeros((3, 0), np.int64))
    statement = replace(of.statement, system=system, weights=np.zeros((5, 0), np.uint32))
    claim = inner_planes(statement.of_forms, system.form_values(of.columns))
    claim = claim + inner_planes(statement.of_columns, of.columns)
    channel = ProverChannel()
    prove_terms(channel, statement, of.columns, claim)
    assert of.is_true(verify_terms(VerifierChannel(channel.words), statement, claim))
