"""Modular arithmetic on integers of 256 or 384 bits, the modulus an operand: one call a row.

x <- x y, x + y, x - y, 1 / y, or the even root of y or -y, modulo m, where m = 0 means 2^bits. All are one equation
over the integers, in which u is the first factor and r the result:

    u (y | u)  +- u  +- y  =  r + one + q m.

Why it is sound is argued in docs/reference/precompiles/modular.md, and step by step beside the constraints.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from core_vm.air.expression import Expression, as_expression
from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.bytes import limbs_of_bytes
from core_vm.tables.gadgets.calls import CallRows, CallTable, flat
from core_vm.witness.module import TableModule
from precompiles.modular.reference import OPERATIONS
from precompiles.shared.comparison import constrain_below
from precompiles.shared.digits import Choice, Digits, balanced, chosen, modulo_p, of_limbs, one_digit, unsigned
from precompiles.shared.identity import Product, constrain_identity
from precompiles.shared.residues import bytes_of, bytes_of_either, limbs_of

_Y, _M, _X = 0, 1, 2
_INVERT, _ROOT = OPERATIONS.index("invert"), OPERATIONS.index("root")
FIRST_NUMBER: Final = {256: 0x1020, 384: 0x1030}


def operands(bits: int) -> tuple[Operand, ...]:
    """y and m are read, then x is read and written: so x may lie in either of them."""
    dwords = bits // 64
    return Operand(11, dwords, "read"), Operand(12, dwords, "read"), Operand(10, dwords, "write")


def call_names(bits: int) -> list[str]:
    """Of the five precompiles that share the table, in the order of their numbers."""
    return [f"modular_{bits}_{operation}" for operation in OPERATIONS]


class _Rows:
    """What the columns of a chunk have in common, beside the operands: see `quotients`."""

    def __init__(self, rows: CallRows) -> None:
        from precompiles.modular.witness_kernels import quotients

        x, y, m, result = rows.before(_X), rows.before(_Y), rows.before(_M), rows.after(_X)
        self.quotient = np.zeros((len(rows), 8 * x.shape[1] + 1), np.int64)
        self.sign = np.zeros(len(rows), np.int64)
        blocks = [np.ascontiguousarray(block) for block in (x, y, m, result)]
        quotients(rows.which.astype(np.int64), *blocks, self.quotient, self.sign)
        is_backward = rows.which >= _INVERT
        self.factor = bytes_of(np.where(is_backward[:, None], result, x))
        self.y, self.m, self.result = bytes_of(y), bytes_of(m), limbs_of(result)
        self.wraps = (self.m == 0).all(axis=1).astype(np.int64)
        self.is_inverse_of_zero = (rows.which == _INVERT) & (self.result == 0).all(axis=1)
        self.is_forward, self.is_root = ~is_backward, rows.which == _ROOT
        self.is_product = ((rows.which == OPERATIONS.index("multiply")) | (rows.which == _INVERT)).astype(np.int64)
        self.is_add = rows.which == OPERATIONS.index("add")
        self.is_subtract = rows.which == OPERATIONS.index("subtract")

    @property
    def y_sign(self) -> np.ndarray:
        """With which y is added to the left side."""
        return np.int64(1) * self.is_add - self.is_subtract + self.is_inverse_of_zero - self.sign

    @property
    def whole(self) -> np.ndarray:
        """The modulus with its digit 256^bytes."""
        return np.concatenate([self.m, self.wraps[:, None]], axis=1)


def _of(rows: CallRows) -> _Rows:
    return rows.once(_Rows)


@dataclass(frozen=True, slots=True)
class _Modulus:
    """Its bytes, and the bit that stands for 2^bits."""

    bytes: list[Expression]
    wraps: Expression

    @property
    def digits(self) -> Digits:
        return unsigned([*self.bytes, self.wraps], lambda rows: _of(rows).whole)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a row computes: five bits of which one is set in a row in use, and what follows from them."""

    multiply: Expression
    add: Expression
    subtract: Expression
    invert: Expression
    root: Expression

    @property
    def forward(self) -> Expression:
        """The result stands on the right of the equation alone."""
        return self.multiply + self.add + self.subtract

    @property
    def backward(self) -> Expression:
        """The result is the first factor."""
        return self.invert + self.root


@cache
def modular_module(bits: int) -> TableModule:
    """The table `modular_BITS`, which takes five calls."""
    names = call_names(bits)
    numbers = {name: FIRST_NUMBER[bits] + k for k, name in enumerate(names)}
    t = CallTable(f"modular_{bits}", numbers, operands(bits), __doc__ or "")
    kind = _Kind(*(t.selector[name] for name in names))
    y = t.read_bytes("y", _Y)
    modulus = _read_modulus(t)
    before, after = (flat(dwords) for dwords in t.update("x", _X))
    either = {"x": (kind.forward, before), "the_result": (kind.backward, after)}
    factor = bytes_of_either(t, "factor", either, lambda rows: _of(rows).factor)
    inverse_of_zero = _inverse_of_zero(t, kind, after)
    sign = _sign_of_root(t, kind, factor)
    y_digits = unsigned(y, lambda rows: _of(rows).y)
    u = unsigned(factor, lambda rows: _of(rows).factor)
    second = chosen(
        Choice(kind.multiply + kind.invert, y_digits, lambda rows: _of(rows).is_product),
        Choice(kind.root, u, lambda rows: _of(rows).is_root),
    )
    first = chosen(Choice(kind.add + kind.subtract, u, lambda rows: _of(rows).is_add | _of(rows).is_subtract))
    y_sign = kind.add - kind.subtract + inverse_of_zero - sign
    signed_y = chosen(Choice(y_sign, y_digits, lambda rows: _of(rows).y_sign, can_be_negative=True))
    result = of_limbs(after, lambda rows: _of(rows).result)
    given = chosen(Choice(kind.forward, result, lambda rows: _of(rows).is_forward))
    one = one_digit(kind.invert - inverse_of_zero, (0, 1), _is_inverse)
    quotient = balanced(t, "quotient", bits // 8 + 1, lambda rows: _of(rows).quotient)
    products = [(1, u, second), (-1, quotient, modulus.digits), (1, first), (1, signed_y), (-1, given), (-1, one)]
    constrain_identity(t, "equation", [Product(factor, tuple(numbers)) for factor, *numbers in products])
    whole = [*limbs_of_bytes(modulus.bytes), modulus.wraps]
    constrain_below(t, "result_is_reduced", [*after, as_expression(0)], whole, _from_result_to_modulus)
    return t.module(*names)


def _is_inverse(rows: CallRows) -> np.ndarray:
    return (rows.which == _INVERT) & ~_of(rows).is_inverse_of_zero


def _from_result_to_modulus(rows: CallRows) -> np.ndarray:
    """By limbs, and the bit 2^bits above them."""
    return np.concatenate([limbs_of(rows.before(_M)) - _of(rows).result, _of(rows).wraps[:, None]], axis=1)


def _read_modulus(t: CallTable) -> _Modulus:
    """Its bytes add up to less than p, so that they are all zero where their sum is: `wraps` is set only there. It
    has to be, as no result is below zero."""
    m = t.read_bytes("m", _M)
    wraps = t.bit("modulus_wraps", lambda rows: _of(rows).wraps)
    t.constrain("a_wrapping_modulus_is_zero", wraps * sum(m[1:], m[0]))
    return _Modulus(m, wraps)


def _inverse_of_zero(t: CallTable, kind: _Kind, after: list[Expression]) -> Expression:
    """A bit which says that y is a multiple of the modulus: then the result, whose limbs add up to less than p, is
    zero, and with it the product; what is left of the equation is y = q m. Where it is not set, r y = 1 + q m."""
    bit = t.bit("is_inverse_of_zero", lambda rows: _of(rows).is_inverse_of_zero)
    t.constrain("only_an_inverse_is_one_of_zero", bit * (kind.invert - 1))
    t.constrain("the_inverse_of_zero_is_zero", bit * sum(after[1:], after[0]))
    return bit


def _sign_of_root(t: CallTable, kind: _Kind, factor: list[Expression]) -> Expression:
    """1 or -1 where the result is a root, of y or of -y, and 0 elsewhere. And the root is even: half of its lowest
    byte, an integer below 256, is below 128 modulo p only if it is whole."""
    sign = t.column("sign_of_root", lambda rows: modulo_p(_of(rows).sign))
    t.constrain("the_sign_of_a_root_is_one_or_minus_one", sign * sign - kind.root)
    t.bit_range(7, factor[0] / 2, kind.root)
    return sign
