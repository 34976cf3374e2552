"""Whole shard proofs of the toy tables: what is accepted, and that every lie is rejected with a typed error."""

from __future__ import annotations

import dataclasses
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_vm.errors import (
    LogUpRejection,
    MalformedProof,
    OpeningRejection,
    ProofOfWorkRejection,
    Rejection,
    SecurityError,
    SecurityRejection,
    SumcheckRejection,
    WitnessError,
    ZerocheckRejection,
)
from core_vm.field.extension import K, to_planes
from core_vm.field.koalabear import P
from core_vm.pcs.whir.config import WhirShape
from core_vm.stark.config import StarkConfig
from core_vm.stark.prover import prove_shard
from core_vm.stark.shape import ShardShape
from core_vm.stark.verifier import verify_shard
from core_vm.stark.zerocheck import plan as zerocheck_plan
from core_vm.stark.zerocheck.prover import ZerocheckProver
from tests.core_vm.stark.toys import QUICK, toy_public, toy_tables, toy_trace

TABLES = toy_tables()


def prove(trace, public, check=True, threads=1):
    return prove_shard(TABLES, trace, public, threads=threads, config=QUICK, check=check)


@pytest.fixture(scope="module")
def honest():
    trace, public = toy_trace(TABLES, 70, 3, 2)
    return prove(trace, public), public


def test_an_honest_proof_is_accepted_and_reports_its_security(honest):
    words, public = honest
    assert verify_shard(TABLES, words, public, QUICK) >= 8


WEAK = dataclasses.replace(QUICK, whir=dataclasses.replace(QUICK.whir, security_bits=160))
"""Enough queries, but no challenge has 160 bits."""


def test_a_prover_makes_no_proof_below_its_own_target():
    trace, public = toy_trace(TABLES, 70, 3, 2)
    with patch("core_vm.stark.prover.commit", side_effect=AssertionError), pytest.raises(SecurityError, match="160"):
        prove_shard(TABLES, trace, public, config=WEAK)


def test_a_proof_below_the_target_is_a_rejection_and_a_security_error(honest):
    words, public = honest
    with (
        patch("core_vm.stark.verifier.check_length"),  # such a proof would be longer
        pytest.raises(SecurityRejection, match="160") as caught,
    ):
        verify_shard(TABLES, words, public, WEAK)
    assert isinstance(caught.value, Rejection)
    assert isinstance(caught.value, SecurityError)
    assert caught.value.where == "parameters"


@pytest.mark.parametrize("kind", [ShardShape, WhirShape])
def test_every_derived_number_is_part_of_the_transcript(honest, kind):
    words, public = honest
    honest_numbers, count = kind.numbers, []

    def changed(shape, place):
        numbers = honest_numbers(shape)
        count[:] = [len(numbers)]
        return [n + (i == place) for i, n in enumerate(numbers)]

    with patch.object(kind, "numbers", lambda shape: changed(shape, None)):
        verify_shard(TABLES, words, public, QUICK)
    for place in range(count[0]):
        with patch.object(kind, "numbers", lambda shape, place=place: changed(shape, place)), pytest.raises(Rejection):
            verify_shard(TABLES, words, public, QUICK)


@pytest.mark.parametrize("name", ["FOLDING_FACTOR", "LOG_FINAL"])
def test_every_rule_of_an_opening_is_a_parameter(name, monkeypatch):
    before = QUICK.parameters()
    monkeypatch.setattr(f"core_vm.pcs.whir.config.{name}", 3)
    assert QUICK.parameters() != before


@pytest.mark.parametrize("sizes", [(1, 0, 0), (1, 0, 1), (64, 64, 0), (65, 0, 0), (130, 0, 70)])
def test_one_row_full_tiles_empty_tables_and_tables_of_padding_only(sizes):
    trace, public = toy_trace(TABLES, *sizes)
    verify_shard(TABLES, prove(trace, public), public, QUICK)


def test_a_shard_without_any_calls():
    trace, public = toy_trace(TABLES, 0)
    assert trace.tiles == (0, 0, 1, 0)
    verify_shard(TABLES, prove(trace, public), public, QUICK)


def test_threads_do_not_change_a_word():
    trace, public = toy_trace(TABLES, 5000, 0, 300)
    assert prove(trace, public).tolist() == prove(trace, public, threads=2).tolist()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 300), st.integers(0, 200), st.integers(0, 150), st.integers(0, 99))
def test_any_heights(rows, padding, idle_rows, seed):
    trace, public = toy_trace(TABLES, rows, padding, idle_rows, seed)
    verify_shard(TABLES, prove(trace, public), public, QUICK)


@pytest.mark.parametrize(
    ("table", "column", "row", "value"),
    [(0, 4, 3, 7), (1, 3, 5, 7), (1, 0, 4, 2), (3, 2, 1, 5), (1, 3, 69, 1)],
    ids=["sum", "total", "selector_of_two", "square", "last_row"],
)
def test_a_violated_table_is_refused_by_the_prover_and_rejected_by_the_verifier(table, column, row, value):
    trace, public = toy_trace(TABLES, 70, 3, 2)
    values = trace.read(table, column)
    values[row] = value
    trace.write(table, column, 0, values)
    with pytest.raises(WitnessError):
        prove(trace, public)
    with pytest.raises((ZerocheckRejection, LogUpRejection)):
        verify_shard(TABLES, prove(trace, public, check=False), public, QUICK)


@pytest.mark.parametrize("column", [0])
def test_a_wrong_lookup_count_does_not_balance(column):
    trace, public = toy_trace(TABLES, 20)
    values = trace.read(2, column)
    values[9] += 1
    trace.write(2, column, 0, values)
    with pytest.raises(WitnessError):
        prove(trace, public)
    with pytest.raises(LogUpRejection):
        verify_shard(TABLES, prove(trace, public, check=False), public, QUICK)


def test_other_public_values_are_rejected(honest):
    words, _ = honest
    for other in (toy_public(100, 171), toy_public(101, 170), toy_public(0, 0)):
        with pytest.raises(Rejection):
            verify_shard(TABLES, words, other, QUICK)


def test_messages_other_than_those_absorbed_do_not_balance(honest):
    words, public = honest
    lie = dataclasses.replace(public, messages=toy_public(100, 171).messages)
    with pytest.raises(LogUpRejection):
        verify_shard(TABLES, words, lie, QUICK)


def test_another_set_of_tables_is_rejected(honest):
    words, public = honest
    with pytest.raises(Rejection):
        verify_shard(toy_tables(7), words, public, QUICK)


@pytest.mark.parametrize("config", [dataclasses.replace(QUICK, fingerprint_grinding_bits=3), StarkConfig()])
def test_another_configuration_is_rejected(honest, config):
    words, public = honest
    with pytest.raises(Rejection):
        verify_shard(TABLES, words, public, config)


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("value", [0, 1, 4, 1 << 10, 1 << 18, P - 1])
def test_other_tile_counts_are_rejected(honest, number, value):
    words, public = honest
    bad = words.copy()
    bad[number] = value if bad[number] != value else 3
    with pytest.raises(Rejection):
        verify_shard(TABLES, bad, public, QUICK)


@pytest.mark.parametrize("padding", [0, 3])
def test_a_table_of_fixed_height_may_be_absent(padding):
    """Its closed-form columns count for nothing then, or the claim about rows would not hold."""
    trace, public = toy_trace(TABLES, 0, padding, absent=True)
    assert trace.tiles == (0, padding > 0, 0, 0)
    verify_shard(TABLES, prove(trace, public), public, QUICK)


def test_lookups_in_an_absent_table_do_not_balance():
    trace, public = toy_trace(TABLES, 20, absent=True)
    with pytest.raises(WitnessError, match="balance"):
        prove(trace, public)
    with pytest.raises(LogUpRejection):
        verify_shard(TABLES, prove(trace, public, check=False), public, QUICK)


@pytest.mark.parametrize("counts", [[2, 2, 2, 1], [2, 2, P - 1, 1], [1 << 10, 2, 1, 1], [P - 1] * 4])
def test_heights_out_of_bounds_are_malformed(honest, counts):
    words, public = honest
    bad = words.copy()
    bad[:4] = counts
    with pytest.raises(MalformedProof):
        verify_shard(TABLES, bad, public, QUICK)


def test_every_sampled_word_matters(honest):
    words, public = honest
    rng = np.random.default_rng(1)
    seen = set()
    places = sorted({*range(60), *rng.integers(0, len(words), 60).tolist(), len(words) - 1})
    for place in places:
        bad = words.copy()
        bad[place] = (int(bad[place]) + 1 + int(rng.integers(0, 100))) % P
        with pytest.raises(Rejection) as caught:
            verify_shard(TABLES, bad, public, QUICK)
        seen.add(type(caught.value))
    assert {MalformedProof, SumcheckRejection, LogUpRejection, ProofOfWorkRejection} <= seen


def test_nonzero_columns_of_an_empty_table_are_refused_by_the_opening(monkeypatch):
    """Table idle has no rows. Its columns are claimed to be (1, a, a^2): both constraints hold, and a is such that
    multiplicity and message cancel in the bus form. No equation before the opening notices."""
    trace, public = toy_trace(TABLES, 20)
    honest_plan, honest_values = zerocheck_plan.plan_tables, ZerocheckProver.column_values
    statements = []

    def plan(tables, shape, statement):
        statements.append(statement)
        return honest_plan(tables, shape, statement)

    def lie(self, num_columns, point):
        statement = statements[-1]
        a = 0 - (statement.kappa * statement.fingerprint.weights[1]).inverse()
        return np.concatenate([honest_values(self, num_columns, point)[:, :-3], to_planes([K.one, a, a * a])], axis=1)

    monkeypatch.setattr("core_vm.stark.prover.plan_tables", plan)
    monkeypatch.setattr(ZerocheckProver, "column_values", lie)
    monkeypatch.setattr("core_vm.pcs.whir.prover.Opening.check_end", lambda self: None)
    with pytest.raises(OpeningRejection):
        verify_shard(TABLES, prove(trace, public, check=False), public, QUICK)


@pytest.mark.parametrize("cut", [0, 1, 5, 100, -1])
def test_truncated_proofs_are_malformed(honest, cut):
    words, public = honest
    with pytest.raises(MalformedProof):
        verify_shard(TABLES, words[:cut], public, QUICK)


def test_words_after_the_end_are_malformed(honest):
    words, public = honest
    with pytest.raises(MalformedProof):
        verify_shard(TABLES, np.concatenate([words, np.zeros(1, np.uint32)]), public, QUICK)


def test_aliases_of_field_elements_are_malformed(honest):
    words, public = honest
    for place in (0, 20, len(words) // 2):
        bad = words.copy()
        bad[place] = np.uint32(min(int(bad[place]) + P, 2**32 - 1))
        with pytest.raises(MalformedProof):
            verify_shard(TABLES, bad, public, QUICK)
