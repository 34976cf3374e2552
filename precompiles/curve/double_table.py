"""Doubling of an affine point, (x, y) <- 2 (x, y), where y is not 0: one call a row.

With t, twice the slope of the tangent, modulo the curve's m:

    t y = 3 x^2 + a,    t^2 = 8 x + 4 x3,    t (x - x3) = 2 y + 2 y3.

Each is an equation over the integers with a multiple of m of its own. Why it is sound is argued in
docs/reference/precompiles/curve.md, and step by step beside the constraints.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.calls import CallRows
from core_vm.tables.gadgets.inverses import inverses
from core_vm.witness.module import TableModule
from precompiles.curve.curves import X, Y, all_constants, curves_of
from precompiles.curve.numbers import double_numbers
from precompiles.curve.points import CurveTable
from precompiles.shared.digits import Digits, balanced, difference, one_of, uncentred
from precompiles.shared.identity import Product, constrain_identity
from precompiles.shared.primes import like
from precompiles.shared.residues import Number, after, before, dwords_of, in_bytes, in_limbs

_P = 0


def operands(bits: int) -> tuple[Operand, ...]:
    """In place."""
    return (Operand(10, bits // 32, "write"),)


class _Rows:
    """The digits that a prover finds: `slope` (n, bytes), twice the tangent's, `quotients` (3, n, bytes + 1), int32."""

    def __init__(self, rows: CallRows) -> None:
        from precompiles.curve.witness_kernels import fill_doubles, invert_differences

        p, result = np.ascontiguousarray(rows.before(_P)), np.ascontiguousarray(rows.after(_P))
        y = before(_P, Y)(rows)
        bits, which = 32 * p.shape[1], rows.which.astype(np.int64)
        constants, inverses = all_constants(bits), np.empty_like(y)
        invert_differences(which, constants, y, np.zeros_like(y), like(bits), inverses)
        minus_a = np.array([curve.minus_a for curve in curves_of(bits)], np.uint64)
        digits = np.empty((4, len(rows), bits // 64 + 1), np.uint64)
        fill_doubles(which, constants, minus_a, p, result, inverses, like(bits), digits)
        self.slope, self.quotients = uncentred(digits[0], bits // 8), uncentred(digits[1:], bits // 8 + 1)


@cache
def double_module(bits: int) -> TableModule:
    """The table `curve_double_BITS`, which takes a call for each curve of that width."""
    numbers = double_numbers(bits)
    t = CurveTable(f"curve_double_{bits}", numbers, curves_of(bits), operands(bits), __doc__ or "")
    x, y = in_bytes(t, "x", t.count, before(_P, X)), in_bytes(t, "y", t.count, before(_P, Y))
    x3, y3 = in_bytes(t, "x3", t.count, after(_P, X)), in_limbs(t, "y3", t.count, after(_P, Y), from_memory=False)
    t.access_operand("p", _P, dwords_of(x, y), dwords_of(x3, y3))
    twice = balanced(t, "twice_the_slope", t.count, lambda rows: rows.once(_Rows).slope)
    q1, q2, q3 = (
        balanced(t, f"quotient_{k}", t.count + 1, lambda rows, k=k: rows.once(_Rows).quotients[k]) for k in range(3)
    )
    # The first one determines t modulo m, since y has an inverse: it is below the prime m, and not 0. Three squares of
    # bytes are large: one digit a carry.
    tangent = [(1, twice, y.digits), (-3, x.digits, x.digits), (-1, q1, t.modulus), (1, _minus_a(t))]
    constrain_identity(t, "slope_of_the_tangent", [Product(f, tuple(digits)) for f, *digits in tangent], group=1)
    t.constrain_reduced("y", y)
    _constrain_not_zero(t, y)
    # These two determine x3 and y3 modulo m, which is odd, and below it there is one of each.
    double_of_x = [(1, twice, twice), (-1, q2, t.modulus), (-8, x.digits), (-4, x3.digits)]
    constrain_identity(t, "x_of_the_double", [Product(f, tuple(digits)) for f, *digits in double_of_x])
    t.constrain_reduced("x3", x3)
    line = [(1, twice, difference(x.digits, x3.digits)), (-1, q3, t.modulus), (-2, y.digits), (-2, y3.digits)]
    constrain_identity(t, "y_of_the_double", [Product(f, tuple(digits)) for f, *digits in line])
    t.constrain_reduced("y3", y3)
    return t.module(*numbers)


def _minus_a(t: CurveTable) -> Digits:
    """One digit."""
    digits = [[curve.minus_a] for curve in t.curves]
    return one_of(list(t.selector.values()), digits, lambda rows: rows.which)


def _constrain_not_zero(t: CurveTable, y: Number) -> None:
    """The sum of its limbs is an integer below p: zero modulo p only if all of them are."""
    inverse = t.column("inverse_of_the_sum_of_y", lambda rows: inverses(y.values(rows).sum(axis=1)))
    t.constrain("y_is_not_zero", inverse * sum(y.limbs[1:], y.limbs[0]) - t.real)
