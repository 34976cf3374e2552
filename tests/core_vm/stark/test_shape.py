"""The shape of a shard proof and its bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core_vm.air.grouping import Grouping
from core_vm.air.public import PublicValues
from core_vm.air.table import Bus
from core_vm.air.table_builder import TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof, UsageError
from core_vm.field.koalabear import P
from core_vm.pcs.whir.config import LOG_SEGMENTS
from core_vm.stark.config import STANDARD
from core_vm.stark.shape import ShardShape, require_fixed_heights
from core_vm.stark.verifier import security_of
from core_vm.transcript.numbers import NUMBERS
from tests.core_vm.stark.toys import toy_tables


def wide(width: int, messages: int) -> TableSet:
    t = TableBuilder("wide")
    columns = t.columns("c", width)
    for _ in range(messages):
        t.send(Bus("bus", 1, ("a",)), [columns[0]], columns[1])
    return TableSet((t.build(),))


def test_the_height_is_the_least_with_room_for_one_more_cell():
    tables = wide(2**12, 1)  # 2^18 cells a tile row
    assert [ShardShape.of(tables, [n]).opening.log_segment for n in (0, 3, 4, 15, 16, 63, 64, 255)] == [
        *(13, 13, 15, 15, 17, 17, 19, 19)
    ]
    with pytest.raises(MalformedProof, match="cells"):
        ShardShape.of(tables, [256])


def test_a_tall_narrow_table_takes_the_height_that_has_its_bits():
    tables = wide(16, 1)
    heights = {
        tiles: ShardShape.of(tables, [tiles]) for tiles in (2**11 - 1, 2**11, 2**12 - 1, 2**12, 2**14, 2**16 - 1)
    }
    assert [shape.opening.log_segment for shape in heights.values()] == [15, 15, 15, 17, 19, 19]
    for tiles, shape in heights.items():
        assert tiles < 1 << shape.tile_bits
    with pytest.raises(MalformedProof, match="tiles of table wide"):
        ShardShape.of(tables, [2**16])


def test_tables_whose_counts_could_wrap_around_are_refused():
    ShardShape.of_height(wide(2, 31), [1], 19)
    with pytest.raises(UsageError, match="interactions"):
        ShardShape.of_height(wide(2, 32), [1], 19)
    with pytest.raises(UsageError, match="could claim"):
        ShardShape.of_height(wide(2**15, 1), [1], 19)


@pytest.mark.parametrize("counts", [[1], [1, 1, 2, 1], [1, 1, 1, 2**16], [2**30, 1, 1, 1]])
def test_impossible_tile_counts_are_malformed(counts):
    with pytest.raises(MalformedProof):
        ShardShape.of(toy_tables(), counts)


@pytest.mark.parametrize("count", [1, 3, 4, P - 1])
def test_a_table_of_fixed_height_is_whole_or_absent(count):
    tables, at_height = toy_tables(7), ShardShape.of_height(toy_tables(7), [1, 1, count, 0], 13)
    for whole_or_absent in (0, 2):
        assert ShardShape.of(tables, [1, 1, whole_or_absent, 0]).tiles[2] == whole_or_absent
    with pytest.raises(MalformedProof, match="range: neither none nor all"):
        ShardShape.of(tables, [1, 1, count, 0])
    with pytest.raises(MalformedProof, match="range: neither none nor all"):
        require_fixed_heights(NUMBERS, tables, at_height.tiles)


def test_points_are_split_into_rows_and_interactions():
    """Of the groups the highest coordinate comes first."""
    shape = replace(ShardShape.of(toy_tables(), [3, 1, 1, 0]), tile_bits=2, grouping=Grouping((), 3, 2))
    assert (shape.gkr_layers, shape.gkr_variables, shape.row_variables) == (11, 13, 8)
    rows, positions = shape.split_gkr_point(list("tTiIjabcdefgG"))
    assert rows == list("fedcbatT")
    assert positions == list("iIjGg")
    assert shape.row_point(list("tTabcdef")) == list("fedcbatT")


def test_a_shape_tells_where_interactions_stand() -> None:
    """Prover and verifier of different trees absorb different numbers."""
    shape = ShardShape.of(toy_tables(), [3, 1, 1, 0])
    assert shape.grouping == toy_tables().grouping
    others = [Grouping((), 1, 2), Grouping((), 2, 1), Grouping((), 3, 0)]
    numbers = [replace(shape, grouping=grouping).numbers() for grouping in others]
    assert len({tuple(n) for n in (shape.numbers(), *numbers)}) == 4


@pytest.mark.parametrize("log_segment", LOG_SEGMENTS)
def test_every_height_reaches_the_security_target(log_segment):
    tables = wide(2, 31 << (19 - log_segment))  # as many messages as can be counted
    shape = ShardShape.of_height(tables, [1], log_segment)
    assert security_of(tables, shape, PublicValues((), ()), STANDARD).check().bits >= 128
