"""The columns that may be changed alone without anybody noticing, and why that does no harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core_vm.air.table import Table

Row = dict[str, int]


@dataclass(frozen=True)
class Freedom:
    """In rows of `tables` for which `holds`, the columns whose names start with `prefix` are the prover's choice."""

    tables: tuple[str, ...]
    prefix: str
    holds: Callable[[Row], bool]
    why: str


def divides_by_zero(row: Row) -> bool:
    return not any(value for name, value in row.items() if name.startswith("divisor_byte_"))


DIVISIONS = ("divide", "remainder", "divide_word", "remainder_word")
FREEDOMS = (
    Freedom(
        ("branch_equal",),
        "difference_inverse_",
        lambda row: True,
        "they are coefficients: any combination of the operands' differences that is 1 proves that the operands differ,"
        " and where these agree, every combination is 0",
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
)


def freedom_of(table: Table, row: np.ndarray, column: str) -> Freedom | None:
    """Why this column of this row may be changed, or None."""
    named = dict(zip(table.columns, row.tolist(), strict=True))
    for freedom in FREEDOMS:
        if table.name in freedom.tables and column.startswith(freedom.prefix) and freedom.holds(named):
            return freedom
    return None
