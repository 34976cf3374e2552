"""Query counts against their definition, and shapes as a function of sizes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from core_vm.errors import UsageError
from core_vm.field.koalabear import TWO_ADICITY
from core_vm.pcs.whir.config import LOG_FINAL, LOG_SEGMENTS, STANDARD, WhirConfig, WhirShape, queries_for


@pytest.mark.parametrize("log_inverse_rate", [1, 2, 3, 5, 7, 9])
@pytest.mark.parametrize("bits", [0, 1, 100, 112, 128])
def test_query_count_is_the_least_that_reaches_the_target(bits: int, log_inverse_rate: int) -> None:
    miss = (1 + Fraction(1, 1 << log_inverse_rate)) / 2
    count = queries_for(bits, log_inverse_rate)
    assert miss**count <= Fraction(1, 1 << bits)
    assert count == 0 or miss ** (count - 1) > Fraction(1, 1 << bits)


def test_the_standard_query_counts() -> None:
    assert [queries_for(112, rate) for rate in (1, 2, 3, 4, 5, 6, 7)] == [270, 166, 135, 123, 118, 115, 114]


@pytest.mark.parametrize("log_segment", LOG_SEGMENTS)
def test_a_canonical_shape_ends_small(log_segment: int) -> None:
    shape = WhirShape.canonical(log_segment)
    assert shape.segments == (128,)
    assert shape.num_variables == log_segment + 7
    assert shape.log_final <= LOG_FINAL
    assert sum(r.num_folds for r in shape.rounds) + shape.log_final == shape.num_variables
    assert all(r.log_domain <= TWO_ADICITY for r in shape.rounds)
    for before, after in zip(shape.rounds, shape.rounds[1:], strict=False):
        assert after.log_size == before.log_size - after.num_folds
        assert after.log_domain < before.log_domain
        assert after.num_queries < before.num_queries


@pytest.mark.parametrize("log_segment", LOG_SEGMENTS)
def test_cells_take_the_least_height_that_has_room_for_one_more(log_segment: int) -> None:
    capacity = STANDARD.capacity(log_segment)
    assert STANDARD.log_segment_for(capacity - 1) == log_segment
    if log_segment == LOG_SEGMENTS[-1]:
        with pytest.raises(UsageError, match="more than a shard holds"):
            STANDARD.log_segment_for(capacity)
    else:
        assert STANDARD.log_segment_for(capacity) > log_segment


def test_the_cap_has_about_as_many_nodes_as_there_are_queries() -> None:
    for whir_round in WhirShape.canonical(17).rounds:
        assert 1 << whir_round.log_cap <= whir_round.num_queries < 2 << whir_round.log_cap


def test_whole_groups_of_segments_are_stored() -> None:
    shape = WhirShape.canonical(13)
    assert [shape.stored_cells(n) >> 13 for n in (0, 1, 16 << 13, (16 << 13) + 1, 2**20 - 1)] == [16, 16, 16, 32, 128]


def test_impossible_shapes_are_refused() -> None:
    with pytest.raises(UsageError):
        WhirShape.for_segments(8, ())
    with pytest.raises(UsageError):
        WhirShape.for_segments(8, (3, 0))
    with pytest.raises(UsageError):
        WhirShape.for_segments(7, (3,))
    with pytest.raises(UsageError, match="domain"):
        WhirShape.canonical(19, WhirConfig(log_inverse_rates=(6, 7)))
    with pytest.raises(UsageError):
        queries_for(112, 0)
