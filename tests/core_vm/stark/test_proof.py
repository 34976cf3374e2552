"""The shape of a shard proof and its bounds."""

from __future__ import annotations

import random

import pytest

from core_vm.air.public import PublicValues
from core_vm.air.table import Bus, TableBuilder
from core_vm.air.table_set import TableSet
from core_vm.errors import MalformedProof
from core_vm.field.extension import K, eq_table
from core_vm.stark.config import STANDARD
from core_vm.stark.proof import MAX_TILES, ShardShape
from core_vm.stark.verifier import security_of
from core_vm.stark.zerocheck import rows_below
from tests.core_vm.stark.toys import toy_tables


def wide(width: int, messages: int) -> TableSet:
    t = TableBuilder("wide")
    columns = t.columns("c", width)
    for _ in range(messages):
        t.send(Bus("bus", 1, ("a",)), [columns[0]], columns[1])
    return TableSet((t.build(),))


def test_too_many_cells_are_malformed():
    ShardShape.of(wide(16, 1), [MAX_TILES])
    with pytest.raises(MalformedProof, match="cells"):
        ShardShape.of(wide(17, 1), [MAX_TILES])


def test_too_many_interactions_are_malformed():
    ShardShape.of(wide(2, 63), [MAX_TILES])
    with pytest.raises(MalformedProof, match="interactions"):
        ShardShape.of(wide(2, 64), [MAX_TILES])


def test_a_shard_of_empty_tables_is_malformed():
    with pytest.raises(MalformedProof, match="empty"):
        ShardShape.of(wide(2, 1), [0])


@pytest.mark.parametrize("counts", [[1], [1, 1, 2, 1], [-1, 1, 1, 1], [1, 1, 1, MAX_TILES + 1]])
def test_impossible_tile_counts_are_malformed(counts):
    with pytest.raises(MalformedProof):
        ShardShape.of(toy_tables(), counts)


def test_points_are_split_into_rows_and_interactions():
    shape = ShardShape.of(toy_tables(), [3, 1, 1, 0])
    assert (shape.tile_bits, shape.interaction_bits, shape.gkr_variables, shape.row_variables) == (2, 3, 11, 8)
    rows, interactions = shape.split_gkr_point(list("tTiIjabcdef"))
    assert rows == list("fedcbatT")
    assert interactions == list("iIj")
    assert shape.row_point(list("tTabcdef")) == list("fedcbatT")


@pytest.mark.parametrize("bits", [0, 1, 3])
def test_rows_below_adds_up_the_weights_of_the_first_tiles(bits):
    rng = random.Random(bits)
    point = [K(*(rng.randrange(1 << 30) for _ in range(5))) for _ in range(bits)]
    weights = eq_table(point)
    for tiles in range((1 << bits) + 1):
        assert rows_below(tiles, point) == sum(weights[:tiles], K.zero)


def test_the_largest_shard_reaches_the_security_target():
    tables = wide(16, 63)
    shape = ShardShape.of(tables, [MAX_TILES])
    assert security_of(tables, shape, PublicValues((), ()), STANDARD).check().bits >= 128
