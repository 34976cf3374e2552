"""The security terms against tables that others published, and the refusal of weak configurations.

The published figures are those of ethereum/soundcalc's reports for OpenVM 2 (BabyBear^4) and its WHIR example
(Goldilocks^3), in the unique-decoding regime.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from core_vm.air.grouping import Grouping
from core_vm.errors import SecurityError
from core_vm.field.koalabear import P
from core_vm.pcs.whir.rounds import WhirRound
from core_vm.stark.security_term import SecurityTerm
from core_vm.stark.soundness import (
    COLLISION_BITS,
    ArgumentSize,
    SecurityReport,
    bus_terms,
    rounded_down,
    security_report,
)
from core_vm.stark.soundness_terms import (
    FIELD_BITS,
    fingerprint_bits,
    fold_bits,
    polynomial_bits,
    queries_for,
    query_bits,
)

BABYBEAR_4 = 4 * math.log2(15 * 2**27 + 1)
GOLDILOCKS_3 = 3 * math.log2(2**64 - 2**32 + 1)

SIZE = ArgumentSize(
    num_messages=2**28,
    grouping=Grouping((), 7, 2),
    log_rows=22,
    num_constraints=600,
    num_columns=900,
    fingerprint_grinding=8,
)
ROUNDS = [
    WhirRound(7, 20, 1, 270, (), False, 16),
    WhirRound(4, 16, 3, 135, (), False, 16),
    WhirRound(4, 12, 5, 118, (), False, 16),
    WhirRound(4, 8, 7, 114, (), False, 16),
]


@pytest.mark.parametrize(
    ("queries", "log_inverse_rate", "published"), [(193, 1, 100.1), (118, 2, 100.0)], ids=["app", "leaf"]
)
def test_query_bits_as_published_for_openvm(queries: int, log_inverse_rate: int, published: float) -> None:
    assert query_bits(queries, log_inverse_rate, 20) == pytest.approx(published, abs=0.06)


@pytest.mark.parametrize(
    ("log_inverse_rate", "published"),
    [(1, 193), (4, 88), (7, 81), (10, 81)],
    ids=["round0", "round1", "round2", "round3"],
)
def test_query_counts_as_published_for_openvm(log_inverse_rate: int, published: int) -> None:
    assert queries_for(100, log_inverse_rate, 20) == published


def test_algebraic_terms_as_published_for_openvm() -> None:
    """The `app` row: n_stack 20 + 4 variables at rate 1/2, 2,048 stacked columns."""
    assert fold_bits(24, BABYBEAR_4, degree=0, grinding_bits=5) == pytest.approx(104.6, abs=0.06)
    assert polynomial_bits(2047 * 2**25, BABYBEAR_4) + 15 == pytest.approx(102.6, abs=0.06)
    assert polynomial_bits(3, BABYBEAR_4) == pytest.approx(122.0, abs=0.06)
    assert polynomial_bits(5000, BABYBEAR_4) == pytest.approx(111.3, abs=0.06)
    assert polynomial_bits(194, BABYBEAR_4) == pytest.approx(116.0, abs=0.06)
    assert fingerprint_bits(2 * 2013265921, 128, BABYBEAR_4, 18) == pytest.approx(102.7, abs=0.06)


@pytest.mark.parametrize(
    ("log_message", "variable", "published"),
    [(18, 1, 186), (18, 2, 185), (18, 3, 184), (18, 4, 183), (20, 1, 184), (20, 4, 181)],
    ids=lambda value: str(value),
)
def test_fold_bits_as_published_for_whir(log_message: int, variable: int, published: int) -> None:
    """Its folds halve the domain with the message; grinding falls from 16 bits by two a variable."""
    grinding = 16 - 2 * (variable - 1)
    bits = fold_bits(log_message + 4 - variable, GOLDILOCKS_3, degree=4, grinding_bits=grinding)
    assert math.floor(bits) == published


@pytest.mark.parametrize(
    ("queries", "log_inverse_rate", "grinding", "published"),
    [(55, 4, 22, 72), (31, 7, 22, 52), (22, 10, 20, 41), (17, 13, 19, 35), (14, 16, 17, 30)],
    ids=["shift1", "shift2", "shift3", "shift4", "final"],
)
def test_query_bits_as_published_for_whir(queries: int, log_inverse_rate: int, grinding: int, published: int) -> None:
    assert math.floor(query_bits(queries, log_inverse_rate, grinding)) == published


def test_batching_bits_as_published_for_whir() -> None:
    """128 and 164 words on 2^22 and 2^24 points, combined by powers, 21 bits of grinding."""
    assert math.floor(polynomial_bits(127 * 2**22, GOLDILOCKS_3) + 21) == 184
    assert math.floor(polynomial_bits(163 * 2**24, GOLDILOCKS_3) + 21) == 181


def test_the_figures_of_the_standard_parameters() -> None:
    assert pytest.approx(154.9, abs=0.06) == FIELD_BITS
    assert [queries_for(128, rate, 16) for rate in (1, 3, 5)] == [270, 135, 118]
    assert fingerprint_bits(2**28, 32, FIELD_BITS) == pytest.approx(121.9, abs=0.06)
    assert COLLISION_BITS == 123.95


@pytest.mark.parametrize(
    ("bits", "shown"), [(128, 128), (127.999, 127.99), (128.0649, 128.06), (123.9548, 123.95), (99.991, 99.99)]
)
def test_bits_are_rounded_down(bits: float, shown: float) -> None:
    assert rounded_down(bits) == shown <= bits


def test_no_figure_promises_more_than_there_is() -> None:
    exact = 8 * math.log2(P) / 2
    assert exact - 0.01 < COLLISION_BITS <= exact
    report = security_report(SIZE, ROUNDS, 1)
    assert report.collision_bits == COLLISION_BITS
    assert rounded_down(report.bits) <= report.bits


def test_the_tree_has_a_term_for_its_groups() -> None:
    """Layers stand below the roots of groups, and each sumcheck has their rounds before its own."""
    one, four = ({t.name: t for t in bus_terms(replace(SIZE, grouping=Grouping((), 7, g)))} for g in (0, 2))
    assert "GKR groups" not in one
    assert (four["GKR groups"].draws, four["GKR groups"].count) == ((("gkr_groups", 2),), 1)
    assert four["GKR groups"].bits == polynomial_bits(2, FIELD_BITS)
    assert [one[name].count for name in ("GKR batching", "GKR halves")] == [29, 29]
    assert [four[name].count for name in ("GKR batching", "GKR halves")] == [29, 29]
    assert four["GKR sumcheck"].count == one["GKR sumcheck"].count + 2 * 29


def test_a_full_shard_has_128_bits() -> None:
    report = security_report(SIZE, ROUNDS, 1).check()
    assert report.bits >= 128
    assert report.union_bits < report.bits


@pytest.mark.parametrize(
    ("size", "rounds", "culprit"),
    [
        (replace(SIZE, fingerprint_grinding=6), ROUNDS, "LogUp fingerprint"),
        (replace(SIZE, num_constraints=2**28), ROUNDS, "constraint batching"),
        (replace(SIZE, num_columns=2**28), ROUNDS, "column batching"),
        (SIZE, [replace(ROUNDS[0], num_queries=269), *ROUNDS[1:]], "WHIR round 0: queries"),
        (SIZE, [*ROUNDS[:3], replace(ROUNDS[3], query_grinding=15)], "WHIR round 3: queries"),
        (SIZE, [replace(ROUNDS[0], log_size=26), *ROUNDS[1:]], "WHIR round 0: folding"),
    ],
    ids=["fingerprint", "constraints", "columns", "queries", "grinding", "folding"],
)
def test_a_weak_term_is_refused_by_name(size: ArgumentSize, rounds: list[WhirRound], culprit: str) -> None:
    with pytest.raises(SecurityError, match=culprit):
        security_report(size, rounds, 1).check()


def test_the_union_bound_adds_errors_up() -> None:
    report = SecurityReport((SecurityTerm("a", 130, 2, ""), SecurityTerm("b", 129, 1, "")))
    assert report.bits == 129
    assert report.union_bits == pytest.approx(128)
