"""Where interactions stand in the tree: each alone, in a group of its kind, in the least tree that has room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_vm.air.grouping import Grouping, Side
from tests.core_vm.stark.toys import toy_tables

COUNTS = st.integers(0, 40) | st.integers(0, 9000)


@st.composite
def sides(draw: st.DrawFn) -> list[Side]:
    """In any order: many are drawn by their number alone."""
    mixed = draw(st.lists(st.sampled_from(Side), max_size=40))
    return mixed + [side for side in Side for _ in range(draw(COUNTS))]


def least_bits(sent: int, received: int, fractions: int) -> tuple[int, int]:
    """The bits of the least tree and of its groups, by trying."""
    found = []
    for group_bits in range(16):
        factor_groups = 2 if sent or received else 0
        for inner_bits in range(16):
            room = (1 << group_bits) - factor_groups
            if room > 0 and max(sent, received) <= 1 << inner_bits and fractions <= room << inner_bits:
                found.append((inner_bits + group_bits, group_bits))
                break
    return min(found)


@given(sides())
def test_each_stands_alone_in_a_group_of_its_kind(of: list[Side]) -> None:
    grouping = Grouping.of(of)
    assert len(grouping.positions) == len(of) == len(set(grouping.positions))
    for side, position in zip(of, grouping.positions, strict=True):
        group = position >> grouping.inner_bits
        assert 0 <= group < grouping.groups == 1 << grouping.group_bits
        if side is Side.FRACTION:
            assert group >= grouping.factor_groups
        else:
            assert group == (0 if side is Side.SENT else 1) < grouping.factor_groups


@given(COUNTS, COUNTS, COUNTS)
def test_the_tree_is_the_least_with_room(sent: int, received: int, fractions: int) -> None:
    counts = {Side.SENT: sent, Side.RECEIVED: received, Side.FRACTION: fractions}
    grouping = Grouping.of([side for side, count in counts.items() for _ in range(count)])
    bits, group_bits = least_bits(sent, received, fractions)
    assert grouping.inner_bits + grouping.group_bits == bits
    assert grouping.factor_groups == (2 if sent or received else 0)
    if grouping.group_bits:
        assert grouping.group_bits == max(group_bits, 2)  # there is always a group of fractions


@pytest.mark.parametrize(("count", "bits"), [(0, 0), (1, 0), (2, 1), (3, 2), (16, 4), (17, 5)])
def test_fractions_alone_are_one_group(count: int, bits: int) -> None:
    assert Grouping.of([Side.FRACTION] * count) == Grouping(tuple(range(count)), bits, 0)


def test_a_table_set_places_its_interactions_in_the_order_of_declaration() -> None:
    tables = toy_tables()
    sides = [interaction.side for interaction in tables.interactions]
    assert sides[:3] == [Side.RECEIVED, Side.SENT, Side.FRACTION]
    assert tables.grouping == Grouping.of(sides)
    assert tables.grouping.positions[:3] == (1, 0, 2)
