"""A chain's call: one a row. It hands p to the first step and takes it from the last one, says where the points lie and
what the digits of each step are."""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.air.expression import Expression, as_expression
from core_vm.tables.gadgets.calls import CallRows
from core_vm.witness.module import TableModule
from precompiles.curve.curves import X, Y, curves_of
from precompiles.curve.points import CurveTable, moduli_limbs
from precompiles.curve_chain.buses import ADDRESS, DIGIT, EXCEPTION, POINT, curve_number, num_parts, parts_of
from precompiles.curve_chain.operands import (
    DIGIT_DWORDS,
    DIGITS,
    INDEX_BITS,
    NUM_POINTS,
    POINTS,
    STEPS,
    P,
    numbers_of,
    operands,
)
from precompiles.curve_chain.rows import complete
from precompiles.shared.residues import after, before, dwords_of, in_bytes, in_limbs


@cache
def call_module(bits: int) -> TableModule:
    """The table `curve_chain_call_BITS`, which takes a call for each curve of that width."""
    numbers = numbers_of(bits)
    t = CurveTable(f"curve_chain_call_{bits}", numbers, curves_of(bits), operands(bits), __doc__ or "")
    curve = sum((curve_number(c) * t.is_curve[c.name] for c in t.curves), as_expression(0))
    x, y = in_bytes(t, "x", t.count, before(P, X)), in_limbs(t, "y", t.count, before(P, Y), from_memory=True)
    t.constrain_reduced("x", x)
    # What the last step sends: x is bytes and reduced, y limbs. Where there is none, zeros.
    last_x = in_bytes(t, "last_x", t.count, after(P, X), are_bytes=True)
    last_y = in_limbs(t, "last_y", t.count, after(P, Y), from_memory=True)
    t.constrain_reduced("last_y", last_y)
    t.access_operand("p", P, dwords_of(x, y), dwords_of(last_x, last_y))
    fails = t.bit("fails", lambda rows: _steps(rows) < STEPS)
    t.constrain("only_a_call_fails", fails * (1 - t.real))
    for i, digit in enumerate([*last_x.digits.number, *last_y.limbs]):
        t.constrain(f"digit_{i}_of_a_chain_that_fails_is_zero", fails * digit)
    t.receive(EXCEPTION, (t.time, curve), fails)
    for step, numbers_then, times in ((0, (x, y), t.real), (STEPS, (last_x, last_y), fails - t.real)):
        for part, entries in enumerate(parts_of(numbers_then[0].digits.number, numbers_then[1].limbs)):
            t.send(POINT, (t.time, curve, num_parts(bits) * step + part, *entries), times)
    size = bits // 32
    for index in range(NUM_POINTS):
        t.send(ADDRESS, (t.time, curve, index, t.first_dword(POINTS) + size * index), t.real)
    _offer_digits(t)
    return t.module(*numbers)


def _steps(rows: CallRows) -> np.ndarray:
    """How many steps of each call have a result."""
    return rows.once(_count_steps)


def _count_steps(rows: CallRows) -> np.ndarray:
    bits = 32 * rows.before(P).shape[1]
    p, points, digits = (np.ascontiguousarray(rows.before(operand)) for operand in (P, POINTS, DIGITS))
    which = rows.which.astype(np.int64)
    return complete(which, moduli_limbs(curves_of(bits)), p, points, digits, rows.after(P))[0]


def _bits(rows: CallRows) -> np.ndarray:
    """Of the digits' dwords, the lowest first: (n, dwords x 64)."""
    dwords = rows.before(DIGITS)
    return (dwords[:, :, None] >> np.arange(64, dtype=np.uint64) & np.uint64(1)).reshape(len(dwords), -1)


def _offer_digits(t: CurveTable) -> None:
    """The digits are read bit by bit: limbs are below 2^16, so each has one such form. Of a chain that fails the steps
    after that are not asked for; otherwise each is by one step."""
    bits = t.bits("digit_bit", 64 * DIGIT_DWORDS, _bits)
    limbs = [sum((bits[at + k] * 2**k for k in range(16)), as_expression(0)) for at in range(0, len(bits), 16)]
    dwords = [limbs[at : at + 4] for at in range(0, len(limbs), 4)]
    t.access_operand("digits", DIGITS, dwords, dwords)
    uses = t.columns("uses_of_step", STEPS, lambda rows: np.arange(STEPS) <= _steps(rows)[:, None])
    for step, times in enumerate(uses):
        of_step: list[Expression] = [bits[64 * k + STEPS - 1 - step] for k in range(DIGIT_DWORDS)]
        index = sum((of_step[k] * 2**k for k in range(INDEX_BITS)), as_expression(0))
        t.constrain(f"only_a_call_has_step_{step}", times * (1 - t.real))
        t.receive_counted(DIGIT, (t.time, step, index, 2 * of_step[INDEX_BITS] - 1), times)
