"""Which of two 64-bit numbers is less: shared by SLT and the ordered branches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_vm.air.expression import Expression
from core_vm.tables.gadgets.builder import InstructionTable
from core_vm.tables.gadgets.rows import InstructionRows, split_limbs
from core_vm.tables.gadgets.witness_table import Value, Witness

Operands = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Two uint64 arrays, and whether they are compared as signed numbers (bool)."""


def is_less(operands: Operands) -> np.ndarray:
    """The answer, bool (n,)."""
    a, b, signed = operands
    return np.where(signed, a.astype(np.int64) < b.astype(np.int64), a < b)


class _Decision:
    """The highest limb in which the operands differ, and by how much."""

    def __init__(self, operands: Operands) -> None:
        a, b, signed = operands
        flip = np.where(signed, np.uint64(1 << 63), np.uint64(0))
        differences = split_limbs(a ^ flip).astype(np.int64) - split_limbs(b ^ flip)
        self.less = is_less(operands)
        self.limb = np.select([differences[:, i] != 0 for i in (3, 2, 1)], [3, 2, 1], 0)
        difference = np.take_along_axis(differences, self.limb[:, None], axis=1)[:, 0]
        self.distance = np.abs(difference) - np.where(self.limb > 0, 1, self.less)


def constrain_less(
    t: InstructionTable,
    a: Sequence[Value],
    b: Sequence[Value],
    operands: Witness,
) -> Expression:
    """A column that is 1 if a < b and 0 if not, on rows in use.

    a and b are four limbs each, in [0, 2^16); of signed numbers the highest limbs are in [-2^15, 2^15) instead. Above
    the deciding limb the operands agree. In a deciding limb 1 to 3 they differ: with x, y its values, |x - y| - 1 is in
    range, and it is y - x - 1 if the answer is "less", x - y - 1 if not. If the three higher limbs agree, limb 0
    decides: y - x - 1 or x - y is in range. A difference is above -2^17 and below 2^17, so that being below 2^16 modulo
    p says that it is not negative; only the true answer passes.
    """

    def decide(rows: InstructionRows) -> _Decision:
        return _Decision(operands(rows))

    less = t.bit("is_less", lambda rows: rows.once(decide).less)
    upper = t.bits("decided_by_limb", 3, lambda rows: [rows.once(decide).limb == i for i in (1, 2, 3)])
    distance = t.column("distance", lambda rows: rows.once(decide).distance)

    decided = upper[0] + upper[1] + upper[2]
    t.constrain("at_most_one_limb_decides", decided * (decided - 1))
    undecided: Expression = t.real
    for i in (3, 2, 1):
        undecided = undecided - upper[i - 1]
        t.constrain(f"limbs_{i}_agree_above_the_deciding_limb", undecided * (a[i] - b[i]))
    difference = undecided * (a[0] - b[0])
    for i in (1, 2, 3):
        difference = difference + upper[i - 1] * (a[i] - b[i])
    t.constrain(
        "distance_is_that_of_the_deciding_limb",
        distance - (1 - 2 * less) * difference + decided + undecided * less,
    )
    t.range16(distance, t.real)
    return less


def signed_top(
    t: InstructionTable, name: str, limbs: list[Expression], signed: Expression, witness: Witness
) -> list[Value]:
    """The limbs of a number with the highest one signed where `signed` is 1 (else it stays as it is)."""
    negative = t.top_bit(f"{name}_is_negative", limbs[3], signed, witness)
    t.constrain(f"{name}_is_not_negative_when_unsigned", negative * (t.real - signed))
    return [*limbs[:3], limbs[3] - 2**16 * negative]
