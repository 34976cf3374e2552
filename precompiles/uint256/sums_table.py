"""Sums, differences and comparisons of 256-bit integers, with what is carried in and out: one call a row.

x <- x + y + carry, or x - y - carry, or x as it was; and carry <- what is carried out of the sum, or borrowed for the
difference: 1 where x < y + carry. With a prime for what stands after the call, limb by limb of 16 bits:

    sum          x'_i  =  x_i + (y_i + carry_i - 2^16 carry_(i+1))
    difference   x'_i  =  x_i - (y_i + carry_i - 2^16 carry_(i+1))
    comparison   x'_i  =  x_i.

A comparison writes no difference, so it needs none: of the highest limb in which x and y differ it shows which is less.
Its columns of carries between the limbs mark that one.

Why it is sound is argued in docs/reference/precompiles/uint256.md, and step by step beside the constraints.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np

from core_vm.air.expression import Expression, as_expression, constant
from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.calls import CallRows, CallTable, flat
from core_vm.witness.module import TableModule
from precompiles.shared.digits import modulo_p
from precompiles.shared.residues import limbs_of
from precompiles.uint256.reference import BITS, SUMS

FIRST_SUM: Final = 0x1080
NAMES: Final = tuple(f"uint256_{operation}" for operation in SUMS)
OPERANDS: Final = (Operand(11, BITS // 64, "read"), Operand(10, BITS // 64, "write"), Operand(12, 1, "write"))
"""y is read, then x is read and written, then the carry: so both may lie in y."""
_Y, _X, _CARRY = range(3)
_LIMBS: Final = BITS // 16
_ADD, _COMPARE = SUMS.index("add"), SUMS.index("compare")


class _Rows:
    """What the columns of a chunk have in common, beside the operands."""

    def __init__(self, rows: CallRows) -> None:
        x, y = limbs_of(rows.before(_X)), limbs_of(rows.before(_Y))
        sign = np.where(rows.which == _ADD, 1, -1)
        self.carries = np.empty((len(rows), _LIMBS + 1), np.int64)
        self.carries[:, 0] = rows.before(_CARRY)[:, 0]
        for i in range(_LIMBS):
            self.carries[:, i + 1] = sign * (x[:, i] + sign * (y[:, i] + self.carries[:, i]) >> 16)
        compares = rows.which == _COMPARE
        self.carries[compares, 1:-1] = _highest_difference(x[compares], y[compares])
        self.carries[:, -1] = rows.after(_CARRY)[:, 0]
        self.distance = modulo_p(_distance(x.T, y.T, self.carries.T))


def _highest_difference(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of limbs 1 to 15, a 1 at the highest one in which two numbers differ: bool (n, 15)."""
    differs = x[:, 1:] != y[:, 1:]
    highest = _LIMBS - 2 - np.argmax(differs[:, ::-1], axis=1)
    return (highest[:, None] == np.arange(_LIMBS - 1)) & differs.any(axis=1)[:, None]


def _distance(x: Any, y: Any, carries: Any) -> Any:
    """From the limb that is less to the other one, where a comparison is decided: of expressions, or of arrays of rows.

    The marked limb decides, or limb 0 if none is marked. At limb 0 y has the carry, and x is less if the difference is
    at least 1: less 1, it is not negative; if x is not less, it is at most 0. Higher limbs that decide differ.
    """
    *marks, out = carries[1:]
    marked = sum(marks[1:], marks[0])
    above = sum((mark * (b - a) for mark, a, b in zip(marks[1:], x[2:], y[2:], strict=True)), marks[0] * (y[1] - x[1]))
    difference = above + (1 - marked) * (y[0] + carries[0] - x[0])
    return out * (2 * difference - 1 + marked) - difference - marked


def _of(rows: CallRows) -> _Rows:
    return rows.once(_Rows)


@cache
def sums_module() -> TableModule:
    """The table `uint256_sums`, which takes three calls."""
    t = CallTable("uint256_sums", {name: FIRST_SUM + k for k, name in enumerate(NAMES)}, OPERANDS, __doc__ or "")
    add, subtract, compare = (t.selector[name] for name in NAMES)
    y = flat(t.read("y", _Y))
    # New limbs are looked up on all rows: so each of the equations, between integers below 2^18, has one result and one
    # carry.
    x, new_x = (flat(dwords) for dwords in t.update("x", _X))
    carries = t.bits("carry", _LIMBS + 1, lambda rows: _of(rows).carries)
    t.access_operand("carry", _CARRY, [_bit(carries[0])], [_bit(carries[-1])])
    for i in range(_LIMBS):
        change = (add - subtract) * (y[i] + carries[i] - 2**16 * carries[i + 1])
        t.constrain(f"limb_{i}_is_carried_on", x[i] + change - new_x[i])
    _constrain_comparison(t, compare, x, y, carries)
    return t.module(*NAMES)


def _constrain_comparison(
    t: CallTable, compare: Expression, x: list[Expression], y: list[Expression], carries: list[Expression]
) -> None:
    """On comparisons, `carries` but the first and the last one mark at most one limb, above which x and y agree; and
    there the one is less of which the last carry says so. All differences are below 2^18, so `distance`, in range,
    is an integer that is not negative. On other rows it is of no consequence."""
    marks = carries[1:-1]
    marked = sum(marks[1:], marks[0])
    t.constrain("one_limb_decides_or_the_lowest", compare * marked * (marked - 1))
    from_here: Expression = constant(0)
    for i in range(_LIMBS - 1, 0, -1):
        from_here = from_here + marks[i - 1]
        t.constrain(f"limbs_{i}_agree_above_the_deciding_one", compare * (1 - from_here) * (y[i] - x[i]))
    distance = t.column("distance", lambda rows: _of(rows).distance)
    t.constrain("distance_is_that_of_the_deciding_limbs", _distance(x, y, carries) - distance)
    t.range16(distance, compare)


def _bit(carry: Expression) -> list[Expression]:
    """The limbs of a dword that is a bit: nothing else can be read from memory."""
    return [carry, *[as_expression(0)] * 3]
