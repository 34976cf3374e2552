"""Sums, differences and comparisons of 256-bit integers, with what is carried in and out: one call a row.

x <- x + y + carry, or x - y - carry, or x as it was; and carry <- what is carried out of the sum, or borrowed for the
difference: 1 where x < y + carry. With r the sum or the difference, limb by limb of 16 bits:

    sum          y_i + carry_i + x_i - r_i  =  2^16 carry_(i+1)
    difference   y_i + carry_i - x_i + r_i  =  2^16 carry_(i+1).

Why it is sound is argued in docs/reference/precompiles/uint256.md, and step by step beside the constraints.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from core_vm.air.expression import Expression, as_expression
from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.calls import CallRows, CallTable, Dwords, flat
from core_vm.witness.module import TableModule
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
        x, y, written = limbs_of(rows.before(_X)), limbs_of(rows.before(_Y)), limbs_of(rows.after(_X))
        sign, writes = np.where(rows.which == _ADD, 1, -1), rows.which != _COMPARE
        self.result = np.empty_like(x)
        self.carries = np.empty((len(rows), _LIMBS + 1), np.int64)
        self.carries[:, 0] = rows.before(_CARRY)[:, 0]
        for i in range(_LIMBS):
            total = x[:, i] + sign * (y[:, i] + self.carries[:, i])
            self.result[:, i] = np.where(writes, written[:, i], total & 0xFFFF)
            self.carries[:, i + 1] = sign * (total >> 16)
        self.carries[:, -1] = rows.after(_CARRY)[:, 0]


def _of(rows: CallRows) -> _Rows:
    return rows.once(_Rows)


@cache
def sums_module() -> TableModule:
    """The table `uint256_sums`, which takes three calls."""
    t = CallTable("uint256_sums", {name: FIRST_SUM + k for k, name in enumerate(NAMES)}, OPERANDS, __doc__ or "")
    add, subtract, compare = (t.selector[name] for name in NAMES)
    y = flat(t.read("y", _Y))
    before, result = _access_x(t, add + subtract, compare)
    carries = t.bits("carry", _LIMBS + 1, lambda rows: _of(rows).carries)
    t.access_operand("carry", _CARRY, [_bit(carries[0])], [_bit(carries[-1])])
    for i in range(_LIMBS):
        change = (add - subtract - compare) * (before[i] - result[i])
        t.constrain(f"limb_{i}_is_carried_on", y[i] + carries[i] + change - 2**16 * carries[i + 1])
    return t.module(*NAMES)


def _access_x(t: CallTable, changes: Expression, keeps: Expression) -> tuple[list[Expression], list[Expression]]:
    """The limbs of x before the call, and those of the sum or difference, which x becomes where it changes. They are
    looked up on all rows: so each of the equations, between integers below 2^18, has one result and one carry."""
    before, result = (_limbs(t, name) for name in ("x", "result"))
    first = t.first_dword(_X)
    for limb in flat(result):
        t.range16(limb, t.real)
    for j, (old, new) in enumerate(zip(before, result, strict=True)):
        t.access(
            *(f"x_{j}", first + j, old, new, 1 + _X, changes),
            previous_time=lambda rows, j=j: rows.previous_time(_X, j),
        )
        t.replace(first + j, old, 1 + _X, keeps)
    return flat(before), flat(result)


def _limbs(t: CallTable, name: str) -> Dwords:
    """Columns for four dwords."""

    def values(rows: CallRows) -> np.ndarray:
        return limbs_of(rows.before(_X)) if name == "x" else _of(rows).result

    limbs = t.columns(name, _LIMBS, values)
    return [limbs[i : i + 4] for i in range(0, _LIMBS, 4)]


def _bit(carry: Expression) -> list[Expression]:
    """The limbs of a dword that is a bit: nothing else can be read from memory."""
    return [carry, *[as_expression(0)] * 3]
