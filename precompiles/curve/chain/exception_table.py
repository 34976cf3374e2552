"""A step of a chain that has no result, because one of its chords has no slope: the chain ends there, in zeros.

Either p and the point q that is added have one x, or the middle point p + g q has the x of p: with the slope s of the
chord,

    s (xq - x) = g yq - y,    s^2 = 2 x + xq.

In rows of the first kind these say nothing: their terms count where `is_opposite` is set.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.air.expression import constant
from core_vm.witness.module import TableModule
from precompiles.curve.chain.buses import DIGIT
from precompiles.curve.chain.chain_table import ChainTable
from precompiles.curve.chain.operands import STEPS
from precompiles.curve.chain.rows import Calls, ExceptionRows, half_of
from precompiles.curve.curves import X, Y
from precompiles.shared.comparison import constrain_different
from precompiles.shared.digits import Choice, Digits, balanced, chosen, difference, modulo_p
from precompiles.shared.identity import Product, constrain_identity
from precompiles.shared.residues import in_bytes, in_limbs


@cache
def exception_module(bits: int) -> TableModule:
    """The table `curve_chain_exception_BITS`."""
    t = ChainTable("curve_chain_exception", bits, __doc__ or "")
    step, index = t.column("step", lambda rows: rows.step), t.column("index", lambda rows: rows.index)
    sign = t.column("sign", lambda rows: modulo_p(rows.sign))
    t.send(DIGIT, (t.time, t.curve, step, index, sign), t.real)
    x = in_bytes(t, "x", t.count, lambda rows: half_of(rows.p, X), are_bytes=True)
    y = in_limbs(t, "y", t.count, lambda rows: half_of(rows.p, Y), from_memory=True)
    xq = in_bytes(t, "xq", t.count, lambda rows: half_of(rows.added, X), are_bytes=True)
    yq = in_limbs(t, "yq", t.count, lambda rows: half_of(rows.added, Y), from_memory=True)
    is_opposite = t.bit("is_opposite", lambda rows: rows.is_opposite)
    t.constrain("only_a_row_in_use_is_opposite", is_opposite * (1 - t.real))
    # Either all bytes agree, or, both being below m, xq - x has an inverse: then s is determined modulo m.
    # Three bytes at a time: their difference is an integer below 2^24 < p in absolute value.
    differences = difference(x.digits, xq.digits).number
    for i in range(0, t.count, 3):
        group = sum((d * 256**k for k, d in enumerate(differences[i : i + 3])), constant(0))
        t.constrain(f"bytes_of_x_from_{i}_are_those_of_xq_unless_opposite", (t.real - is_opposite) * group)
    constrain_different(t, "x_is_not_xq", x.digits, xq.digits, is_opposite)
    signed = t.column("sign_if_opposite", lambda rows: modulo_p(rows.sign * rows.is_opposite))
    t.constrain("sign_if_opposite_is_the_sign_or_nothing", sign * is_opposite - signed)

    def counts(digits: Digits) -> Digits:
        return chosen(Choice(is_opposite, digits, lambda rows: rows.is_opposite))

    signed_yq = chosen(Choice(signed, yq.digits, lambda rows: rows.sign * rows.is_opposite, can_be_negative=True))
    slope = balanced(t, "slope", t.count, lambda rows: rows.slope)
    quotients = [balanced(t, f"quotient_{k}", t.count + 1, lambda rows, k=k: rows.quotients[k]) for k in range(2)]
    equations = {
        "slope_of_the_chord": [(1, slope, difference(xq.digits, x.digits)), (1, counts(y.digits)), (-1, signed_yq)],
        "x_of_the_middle_is_x": [(1, slope, slope), (-2, counts(x.digits)), (-1, counts(xq.digits))],
    }
    for quotient, (name, terms) in zip(quotients, equations.items(), strict=True):
        products = [Product(factor, tuple(digits)) for factor, *digits in [*terms, (-1, quotient, t.modulus)]]
        constrain_identity(t, name, products)
    t.receive_point(step, x, y)
    t.look_up_point(index, xq, yq)
    t.end_in_zeros()
    t.finish_accesses()
    return t.module_of(
        lambda source: int(np.count_nonzero(Calls(source, bits).steps < STEPS)),
        lambda source, start, stop: ExceptionRows(source, bits, start, stop),
        rows_per_call=1,
    )
