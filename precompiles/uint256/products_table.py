"""Products and quotients of 256-bit integers, with what stands above or is left over: one call a row.

x, z <- the low and the high half of x y, or of x y + z; or x, z <- the quotient and the remainder of x by y. All are
one equation over the integers, in which u is x as it was, or the quotient:

    multiply       u y          =  x' + 2^256 z'
    multiply_add   u y + z      =  x' + 2^256 z'
    divide         u y + z'     =  x,               z' < y,

with a prime for what stands after the call. By zero everything gives zero.

Why it is sound is argued in docs/reference/precompiles/uint256.md, and step by step beside the constraints.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from core_vm.air.expression import Expression
from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.bytes import limbs_of_bytes
from core_vm.tables.gadgets.calls import CallRows, CallTable, flat
from core_vm.witness.module import TableModule
from precompiles.shared.comparison import constrain_below
from precompiles.shared.digits import Choice, Digits, chosen, of_limbs, shifted, unsigned
from precompiles.shared.identity import Product, constrain_identity
from precompiles.shared.residues import bytes_of, bytes_of_either, limbs_of
from precompiles.uint256.reference import BITS, PRODUCTS

FIRST_PRODUCT: Final = 0x1088
NAMES: Final = tuple(f"uint256_{operation}" for operation in PRODUCTS)
_DWORDS: Final = BITS // 64
OPERANDS: Final = (Operand(11, _DWORDS, "read"), Operand(10, _DWORDS, "write"), Operand(12, _DWORDS, "write"))
"""y is read, then x is read and written, then z: so both may lie in y."""
_Y, _X, _Z = range(3)
_MULTIPLY_ADD, _DIVIDE = PRODUCTS.index("multiply_add"), PRODUCTS.index("divide")


class _Rows:
    """What the columns of a chunk have in common, beside the operands."""

    def __init__(self, rows: CallRows) -> None:
        self.y, self.rest = bytes_of(rows.before(_Y)), limbs_of(rows.after(_Z))
        self.is_forward = rows.which != _DIVIDE
        self.divides = ~self.is_forward & self.y.any(axis=1)
        self.factor = bytes_of(np.where(self.is_forward[:, None], rows.before(_X), rows.after(_X)))


def _of(rows: CallRows) -> _Rows:
    return rows.once(_Rows)


@cache
def products_module() -> TableModule:
    """The table `uint256_products`, which takes three calls."""
    numbers = {name: FIRST_PRODUCT + k for k, name in enumerate(NAMES)}
    t = CallTable("uint256_products", numbers, OPERANDS, __doc__ or "")
    multiply, multiply_add, divide = (t.selector[name] for name in NAMES)
    forward = multiply + multiply_add
    y = t.read_bytes("y", _Y)
    x, new_x = (flat(dwords) for dwords in t.update("x", _X))
    z, new_z = (flat(dwords) for dwords in t.update("z", _Z))
    factor = bytes_of_either(t, "factor", {"x": (forward, x), "the_quotient": (divide, new_x)}, lambda r: _of(r).factor)
    divides = _divides(t, divide, y, [*new_x, *new_z])
    u, second = unsigned(factor, lambda rows: _of(rows).factor), unsigned(y, lambda rows: _of(rows).y)
    added = chosen(
        Choice(multiply_add, _number(z, _Z, is_after=False), lambda rows: rows.which == _MULTIPLY_ADD),
        Choice(divides, _number(new_z, _Z, is_after=True), lambda rows: _of(rows).divides),
    )
    low = chosen(
        Choice(forward, _number(new_x, _X, is_after=True), lambda rows: _of(rows).is_forward),
        Choice(divides, _number(x, _X, is_after=False), lambda rows: _of(rows).divides),
    )
    above = shifted(_number(new_z, _Z, is_after=True), BITS // 8)
    high = chosen(Choice(forward, above, lambda rows: _of(rows).is_forward))
    products = [Product(1, (u, second)), Product(1, (added,)), Product(-1, (low,)), Product(-1, (high,))]
    constrain_identity(t, "equation", products)
    constrain_below(t, "rest_is_less", new_z, limbs_of_bytes(y), _from_rest_to_divisor, divides)
    return t.module(*NAMES)


def _number(limbs: list[Expression], operand: int, *, is_after: bool) -> Digits:
    return of_limbs(limbs, lambda rows: limbs_of(rows.after(operand) if is_after else rows.before(operand)))


def _from_rest_to_divisor(rows: CallRows) -> np.ndarray:
    """By limbs, on rows that divide."""
    return (limbs_of(rows.before(_Y)) - _of(rows).rest) * _of(rows).divides[:, None]


def _divides(t: CallTable, divide: Expression, y: list[Expression], results: list[Expression]) -> Expression:
    """A bit: whether this is a division by other than zero, to which the equation and the comparison apply. Of a
    division without it, the bytes of y, which add up to less than p, are all zero, and so are the limbs of the results.
    With it y is not zero, as no remainder is below zero."""
    bit = t.bit("divides", lambda rows: _of(rows).divides)
    t.constrain("only_a_division_divides", bit * (divide - 1))
    t.constrain("what_does_not_divide_is_zero", (divide - bit) * sum(y[1:], y[0]))
    t.constrain("what_is_divided_by_zero_is_zero", (divide - bit) * sum(results[1:], results[0]))
    return bit
