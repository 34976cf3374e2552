"""A step of a chain, p <- 2 p + q or 2 p - q, where q is one of the call's points: one step a row.

It is two sums, (p + q) + p, by two chords: so there is no tangent, and the middle point's y is not needed. With the
slopes s and t of both, sign g, x' of the middle point, and r = s + t, modulo the curve's m:

    s (xq - x) = g yq - y,    s^2 = x + xq + x',    r (x' - x) = -2 y,
    t^2 = x + x' + x3,        t (x - x3) = y + y3.

Each is an equation over the integers with a multiple of m of its own. The digits of r are columns, and t is r - s; of
numbers of 384 bits t has columns and r is s + t: two digits a carry have no room for the square of a difference.

Why it is sound is argued in docs/reference/precompiles/curve-chain.md, and step by step beside the constraints.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from core_vm.witness.module import TableModule
from precompiles.curve.chain.buses import DIGIT
from precompiles.curve.chain.chain_table import ChainTable
from precompiles.curve.chain.operands import STEPS
from precompiles.curve.chain.rows import Calls, StepRows, half_of
from precompiles.curve.curves import X, Y
from precompiles.shared.comparison import constrain_different
from precompiles.shared.digits import Choice, Digits, balanced, chosen, difference, modulo_p, total
from precompiles.shared.identity import Product, constrain_identity
from precompiles.shared.residues import NumberWitness, constrain_reduced, in_bytes, in_limbs

_X, _Y, _MIDDLE, _X3, _Y3 = range(5)
_LONG = 384
"""The width from which on the second slope has columns, not the sum of both."""


def _number(place: int) -> NumberWitness:
    return lambda rows: np.ascontiguousarray(rows.numbers[:, place])


@cache
def step_module(bits: int) -> TableModule:
    """The table `curve_chain_step_BITS`."""
    t = ChainTable("curve_chain_step", bits, __doc__ or "")
    step, index, sign = _digit(t)
    # The points before, of the call or the step before, and the point that is added: their bytes are bytes, their limbs
    # below 2^16, and both x are reduced, or nobody sent them.
    x, y = in_bytes(t, "x", t.count, _number(_X), are_bytes=True), in_limbs(t, "y", t.count, _number(_Y), True)
    xq = in_bytes(t, "xq", t.count, lambda rows: half_of(rows.added, X), are_bytes=True)
    yq = in_limbs(t, "yq", t.count, lambda rows: half_of(rows.added, Y), True)
    middle = in_bytes(t, "middle", t.count, _number(_MIDDLE))
    x3, y3 = in_bytes(t, "x3", t.count, _number(_X3)), in_limbs(t, "y3", t.count, _number(_Y3), from_memory=False)
    first, second, both = _slopes(t)
    quotients = [balanced(t, f"quotient_{k}", t.count + 1, lambda rows, k=k: rows.quotients[k]) for k in range(5)]
    signed_yq = chosen(Choice(sign, yq.digits, lambda rows: rows.sign, can_be_negative=True))
    # x and xq are below the prime m, and not the same: so xq - x has an inverse, and s is determined modulo m, and with
    # it x'. That is below m, too, and not x: so r is determined, and with it t, x3 and y3 modulo m. There is one x3
    # below m. y3 may be larger by m: it is only added, so all that follows is the same, and the call reduces the last.
    constrain_different(t, "x_is_not_xq", x.digits, xq.digits)
    equations = {
        "slope_of_the_first_chord": [(1, first, difference(xq.digits, x.digits)), (1, y.digits), (-1, signed_yq)],
        "x_of_the_middle": [(1, first, first), (-1, x.digits), (-1, xq.digits), (-1, middle.digits)],
        "slope_of_the_second_chord": [(1, both, difference(middle.digits, x.digits)), (2, y.digits)],
        "x_after": [(1, second, second), (-1, x.digits), (-1, middle.digits), (-1, x3.digits)],
        "y_after": [(1, second, difference(x.digits, x3.digits)), (-1, y.digits), (-1, y3.digits)],
    }
    for quotient, (name, terms) in zip(quotients, equations.items(), strict=True):
        products = [Product(factor, tuple(digits)) for factor, *digits in [*terms, (-1, quotient, t.modulus)]]
        constrain_identity(t, name, products)
    constrain_reduced(t, "middle", middle, t.modulus)
    constrain_different(t, "middle_is_not_x", middle.digits, x.digits)
    constrain_reduced(t, "x3", x3, t.modulus)
    t.receive_point(step, x, y)
    t.look_up_point(index, xq, yq)
    t.send_point(step + t.real, x3, y3)
    t.finish_accesses()
    return t.module_of(
        lambda source: int(Calls(source, bits).steps.sum()),
        lambda source, start, stop: StepRows(source, bits, start, stop),
        rows_per_call=STEPS,
    )


def _digit(t: ChainTable) -> tuple[Any, Any, Any]:
    """Step, index and sign, 1 or -1, as the call has them."""
    step = t.column("step", lambda rows: rows.step)
    index = t.column("index", lambda rows: rows.index)
    sign = t.column("sign", lambda rows: modulo_p(rows.sign))
    t.send(DIGIT, (t.time, t.curve, step, index, sign), t.real)
    return step, index, sign


def _slopes(t: ChainTable) -> tuple[Digits, Digits, Digits]:
    """Of the first chord, of the second one, and their sum."""
    first = balanced(t, "slope", t.count, lambda rows: rows.slopes[0])
    is_long = t.count * 8 >= _LONG
    other = balanced(t, "second_slope" if is_long else "sum_of_slopes", t.count, lambda rows: rows.slopes[1])
    return (first, other, total(first, other)) if is_long else (first, difference(other, first), other)
