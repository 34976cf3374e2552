"""Query counts against their definition, and shapes as a function of sizes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from core_vm.errors import UsageError
from core_vm.field.koalabear import TWO_ADICITY
from core_vm.pcs.whir.config import LOG_FINAL, WhirConfig, WhirShape, queries_for


@pytest.mark.parametrize("log_inverse_rate", [1, 2, 3, 5, 7, 9])
@pytest.mark.parametrize("bits", [0, 1, 100, 112, 128])
def test_query_count_is_the_least_that_reaches_the_target(bits: int, log_inverse_rate: int) -> None:
    miss = (1 + Fraction(1, 1 << log_inverse_rate)) / 2
    count = queries_for(bits, log_inverse_rate)
    assert miss**count <= Fraction(1, 1 << bits)
    assert count == 0 or miss ** (count - 1) > Fraction(1, 1 << bits)


def test_the_standard_query_counts() -> None:
    assert [queries_for(112, rate) for rate in (1, 2, 3, 4, 5, 6, 7)] == [270, 166, 135, 123, 118, 115, 114]


@pytest.mark.parametrize("num_cells", [0, 64, 4096, 5888, 2**14, 2**14 + 64, 2**20, 2**25 + 64, 2**27, 2**28 - 64])
def test_a_shape_holds_its_cells_and_ends_small(num_cells: int) -> None:
    shape = WhirShape.for_cells(num_cells)
    assert num_cells <= shape.num_cells <= 1 << shape.num_variables
    assert shape.num_cells < num_cells + (8 << shape.log_segment) + 256
    assert shape.log_final <= LOG_FINAL
    assert sum(r.num_folds for r in shape.rounds) + shape.log_final == shape.num_variables
    assert all(r.log_domain <= TWO_ADICITY for r in shape.rounds)
    for before, after in zip(shape.rounds, shape.rounds[1:], strict=False):
        assert after.log_size == before.log_size - after.num_folds
        assert after.log_domain < before.log_domain
        assert after.num_queries < before.num_queries


def test_large_shards_differ_in_the_number_of_segments_only() -> None:
    shapes = [WhirShape.for_cells(n) for n in (2**26 + 64, 100_000_000, 2**27)]
    assert {shape.log_segment for shape in shapes} == {20}
    assert len({shape.rounds[1:] for shape in shapes}) == 1


def test_impossible_shapes_are_refused() -> None:
    with pytest.raises(UsageError):
        WhirShape.for_segments(8, ())
    with pytest.raises(UsageError):
        WhirShape.for_segments(8, (3, 0))
    with pytest.raises(UsageError):
        WhirShape.for_segments(21, (3,))
    with pytest.raises(UsageError, match="domain"):
        WhirShape.for_cells(2**27, WhirConfig(log_inverse_rates=(5, 7)))
    with pytest.raises(UsageError):
        queries_for(112, 0)
