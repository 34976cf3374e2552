"""JALR goes to one place and leaves one link, or has no row at all: every split of target and link is tried."""

from __future__ import annotations

from itertools import product

import pytest

from core_vm.field.koalabear import P, inverse
from core_vm.isa.operations import Operation
from core_vm.tables.instructions.jump import JALR
from tests.core_vm.tables.single_rows import Case, Row, accepted_rows, as_rows, rows_of

TARGETS = (0x10_0000, 0x10_0001, 0, 4, 0xFFFC, 0x1_0000, 0x7FFF_FFFC, 0xFFFF_FFFC, 0xFFFF_FFFD)
TRAPS = (2, 0x10_0002, 0x10_0003, 2**32, 2**32 + 0x10_0000, 2**63, 2**64 - 4, 2**64 - 2)


def splits(row: Row, target: int) -> list[Row]:
    """Rows with both lowest bits, every carry out of the lower limb, higher limbs around the true one, links too."""
    tried = []
    for odd, carry, high, link in product((0, 1), (-1, 0, 1), (-1, 0, 1), (-1, 0, 1)):
        low = (target % 2**16 + carry * 2**16 - odd) * inverse(4) % P
        forged = {"target_is_odd": odd, "target_low": low, "target_high": (target >> 16) % 2**16 + high}
        tried.append(row | forged | {"link_high": row["link_high"] + link})
    return tried


def accepted_splits(target: int, immediate: int) -> list[Row]:
    (row,) = as_rows(JALR, rows_of(JALR, [Case(Operation.JALR, target - immediate, 0, 0, immediate)]))
    tried = splits(row, target)
    return [row for row, good in zip(tried, accepted_rows(JALR, tried), strict=True) if good]


@pytest.mark.parametrize("immediate", [0, 5, -1, 2047, -2048])
@pytest.mark.parametrize("target", TARGETS, ids=hex)
def test_a_jump_has_one_target_and_one_link(target: int, immediate: int) -> None:
    (row,) = accepted_splits(target, immediate)
    assert (row["target_low"] + 2**14 * row["target_high"], row["link_high"]) == (target // 4, 0)


@pytest.mark.parametrize("immediate", [0, 5, -1, 2047, -2048])
@pytest.mark.parametrize("target", TRAPS, ids=hex)
def test_a_jump_that_traps_has_no_row(target: int, immediate: int) -> None:
    assert accepted_splits(target, immediate) == []
