"""A chain's call: one a row. It hands p to the first step and takes it from the last one, says where the points lie and
what the digits of each step are."""

from __future__ import annotations

from functools import cache

from core_vm.air.expression import as_expression
from core_vm.witness.module import TableModule
from precompiles.curve.chain.buses import ADDRESS, LIMBS, POINT, curve_number, num_parts, parts_of
from precompiles.curve.chain.operands import DIGITS, NUM_POINTS, POINTS, QUARTERS, STEPS, P, numbers_of, operands
from precompiles.curve.curves import X, Y, curves_of
from precompiles.curve.points import CurveTable
from precompiles.shared.residues import after, before, dwords_of, in_bytes, in_limbs


@cache
def call_module(bits: int) -> TableModule:
    """The table `curve_chain_call_BITS`, which takes a call for each curve of that width."""
    numbers = numbers_of(bits)
    t = CurveTable(f"curve_chain_call_{bits}", numbers, curves_of(bits), operands(bits), __doc__ or "")
    curve = sum((curve_number(c) * t.is_curve[c.name] for c in t.curves), as_expression(0))
    x, y = in_bytes(t, "x", t.count, before(P, X)), in_limbs(t, "y", t.count, before(P, Y), from_memory=True)
    t.constrain_reduced("x", x)
    # Of the last step, or of one without a result: x is bytes and reduced, y limbs.
    last_x = in_bytes(t, "last_x", t.count, after(P, X), are_bytes=True)
    last_y = in_limbs(t, "last_y", t.count, after(P, Y), from_memory=True)
    t.constrain_reduced("last_y", last_y)
    t.access_operand("p", P, dwords_of(x, y), dwords_of(last_x, last_y))
    for step, numbers_then, times in ((0, (x, y), t.real), (STEPS, (last_x, last_y), -t.real)):
        for part, entries in enumerate(parts_of(numbers_then[0].digits.number, numbers_then[1].limbs)):
            t.send(POINT, (t.time, curve, num_parts(bits) * step + part, *entries), times)
    size = bits // 32
    for index in range(NUM_POINTS):
        t.send(ADDRESS, (t.time, curve, index, t.first_dword(POINTS) + size * index), t.real)
    digits = t.read("digits", DIGITS)
    for quarter in range(QUARTERS):
        limbs = [dword[QUARTERS - 1 - quarter] for dword in digits]
        t.send(LIMBS, (t.time, curve, quarter, *limbs), t.real)
    return t.module(*numbers)
