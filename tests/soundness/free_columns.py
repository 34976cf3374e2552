"""The columns that may be changed alone without anybody noticing, and why that does no harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core_vm.air.table import Table
from precompiles.keccak.lane_table import GROUPS

Row = dict[str, int]


@dataclass(frozen=True)
class Freedom:
    """In rows of `tables` for which `holds`, the columns whose names start with `prefix` are the prover's choice.

    A `rare` one is seen only where many rows are changed in many ways.
    """

    tables: tuple[str, ...]
    prefix: str | tuple[str, ...]
    holds: Callable[[Row, str], bool]
    why: str
    rare: bool = False


def divides_by_zero(row: Row, _: str) -> bool:
    return not any(value for name, value in row.items() if name.startswith("divisor_byte_"))


def is_no_lane(row: Row, column: str) -> bool:
    """Whether a lane, or its block, is not there: the column's second word is its number."""
    name, number = column.split("_")[:2]
    group = next((g for g in GROUPS if g.name.startswith(name) and int(number) in g.lanes), None)
    return group is not None and not row[f"has_{group.name}"]


ADVICE = {"pairing_advice": "state_after"}
"""By table, how the columns begin that are a result and that nothing determines: others read what the prover likes, as
they do of a private input. See docs/reference/precompiles/pairing-advice.md."""
DIVISIONS = ("divide", "remainder", "divide_word", "remainder_word")
FREEDOMS = (
    Freedom(
        ("branch_equal",),
        "difference_inverse_",
        lambda row, column: True,
        "they are coefficients: any combination of the operands' differences that is 1 proves that the operands differ,"
        " and where these agree, every combination is 0",
    ),
    Freedom(
        ("branch_zero",),
        "limb_sum_inverse",
        lambda row, column: row["is_zero"] == 1,
        "zero has no inverse, and none is needed",
    ),
    Freedom(
        DIVISIONS,
        "quotient_byte_",
        divides_by_zero,
        "any quotient times 0 plus the remainder is the dividend; the result by zero is set apart, as all ones, and a"
        " remainder does not depend on the quotient",
    ),
    Freedom(
        DIVISIONS,
        "distance_",
        divides_by_zero,
        "no remainder is below a divisor of 0, so nothing depends on the distance between the two",
    ),
    Freedom(
        ("ecall",),
        "write_shows_something",
        lambda row, column: bool(row["is_write"]) and not any(row[f"x12_{i}"] for i in range(4)),
        "a write of no bytes may be taken for one of some, of which the bit asks that the address is in the memory map",
        rare=True,
    ),
    Freedom(
        ("curve_chain_exception_256",),
        "x_is_not_xq_weight_",
        lambda row, column: not row["is_opposite"],
        "the two x agree, which is what the row says: every combination of their differences is 0, and none is needed",
    ),
    Freedom(
        ("keccak_lanes",),
        tuple(f"{name}_{i}_time_difference_low" for name in ("state", "block") for i in range(3)),
        is_no_lane,
        "what is not accessed has no time between: its high limb may be any byte, with the low one that goes with it",
        rare=True,
    ),
    Freedom(
        ("keccak_rounds", "keccak_absorb"),
        ("round_0_offset_", "round_1_offset_", "first_offset_"),
        lambda row, column: True,
        "of the digits of theta's D only the parity matters; few others fit the digits of all sums they enter",
        rare=True,
    ),
)


def freedom_of(table: Table, row: np.ndarray, column: str) -> Freedom | None:
    """Why this column of this row may be changed, or None."""
    named = dict(zip(table.columns, row.tolist(), strict=True))
    for freedom in FREEDOMS:
        if table.name in freedom.tables and column.startswith(freedom.prefix) and freedom.holds(named, column):
            return freedom
    return None
