"""Addition of affine points, (x1, y1) <- (x1, y1) + (x2, y2), where x1 and x2 differ: one call a row.

With the slope s of the line through both, modulo the curve's m:

    s (x2 - x1) = y2 - y1,    s^2 = x1 + x2 + x3,    s (x1 - x3) = y1 + y3.

Each is an equation over the integers with a multiple of m of its own. Why it is sound is argued in
docs/reference/precompiles/curve.md, and step by step beside the constraints.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.calls import CallRows
from core_vm.witness.module import TableModule
from precompiles.curve.curves import X, Y, all_constants, curves_of
from precompiles.curve.numbers import add_numbers
from precompiles.curve.points import CurveTable
from precompiles.shared.comparison import constrain_different
from precompiles.shared.digits import balanced, difference, uncentred
from precompiles.shared.identity import Product, constrain_identity
from precompiles.shared.primes import like
from precompiles.shared.residues import after, before, dwords_of, in_bytes, in_limbs

_Q, _P = 0, 1


def operands(bits: int) -> tuple[Operand, ...]:
    """q is read, then p is read and written: so they may overlap."""
    dwords = bits // 32
    return Operand(11, dwords, "read"), Operand(10, dwords, "write")


class _Rows:
    """The digits that a prover finds: `slope` (n, bytes), `quotients` (3, n, bytes + 1), int32."""

    def __init__(self, rows: CallRows) -> None:
        from precompiles.curve.witness_kernels import fill_sums, invert_differences

        p, q, result = (np.ascontiguousarray(v) for v in (rows.before(_P), rows.before(_Q), rows.after(_P)))
        x1, x2 = before(_P, X)(rows), before(_Q, X)(rows)
        bits, which = 32 * p.shape[1], rows.which.astype(np.int64)
        constants, inverses = all_constants(bits), np.empty_like(x1)
        invert_differences(which, constants, x2, x1, like(bits), inverses)
        digits = np.empty((4, len(rows), bits // 64 + 1), np.uint64)
        fill_sums(which, constants, p, q, result, inverses, like(bits), digits)
        self.slope, self.quotients = uncentred(digits[0], bits // 8), uncentred(digits[1:], bits // 8 + 1)


@cache
def add_module(bits: int) -> TableModule:
    """The table `curve_add_BITS`, which takes a call for each curve of that width."""
    numbers = add_numbers(bits)
    t = CurveTable(f"curve_add_{bits}", numbers, curves_of(bits), operands(bits), __doc__ or "")
    x1, x2 = in_bytes(t, "x1", t.count, before(_P, X)), in_bytes(t, "x2", t.count, before(_Q, X))
    y1 = in_limbs(t, "y1", t.count, before(_P, Y), from_memory=True)
    y2 = in_limbs(t, "y2", t.count, before(_Q, Y), from_memory=True)
    x3, y3 = in_bytes(t, "x3", t.count, after(_P, X)), in_limbs(t, "y3", t.count, after(_P, Y), from_memory=False)
    t.access_operand("q", _Q, dwords_of(x2, y2), dwords_of(x2, y2))
    t.access_operand("p", _P, dwords_of(x1, y1), dwords_of(x3, y3))
    slope = balanced(t, "slope", t.count, lambda rows: rows.once(_Rows).slope)
    q1, q2, q3 = (
        balanced(t, f"quotient_{k}", t.count + 1, lambda rows, k=k: rows.once(_Rows).quotients[k]) for k in range(3)
    )
    # The first one determines s modulo m, since x2 - x1 has an inverse: both are below the prime m, and not the same.
    # Were they not reduced, x2 = x1 + m would leave s free.
    chord = [(1, slope, difference(x2.digits, x1.digits)), (-1, q1, t.modulus), (1, y1.digits), (-1, y2.digits)]
    constrain_identity(t, "slope_of_the_chord", [Product(factor, tuple(digits)) for factor, *digits in chord])
    constrain_different(t, "x1_is_not_x2", x1.digits, x2.digits)
    t.constrain_reduced("x1", x1)
    t.constrain_reduced("x2", x2)
    # These two determine x3 and y3 modulo m, and below it there is one of each.
    sum_of_x = [(1, slope, slope), (-1, q2, t.modulus), (-1, x1.digits), (-1, x2.digits), (-1, x3.digits)]
    constrain_identity(t, "x_of_the_sum", [Product(factor, tuple(digits)) for factor, *digits in sum_of_x])
    t.constrain_reduced("x3", x3)
    line = [(1, slope, difference(x1.digits, x3.digits)), (-1, q3, t.modulus), (-1, y1.digits), (-1, y3.digits)]
    constrain_identity(t, "y_of_the_sum", [Product(factor, tuple(digits)) for factor, *digits in line])
    t.constrain_reduced("y3", y3)
    return t.module(*numbers)
