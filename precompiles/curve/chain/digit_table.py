"""The digits of a call bit by bit: sixteen steps a row, four rows a call, each step's offered to whoever does it."""

from __future__ import annotations

from functools import cache

from core_vm.air.expression import Expression, as_expression
from core_vm.witness.module import TableModule
from precompiles.curve.chain.buses import DIGIT, LIMBS
from precompiles.curve.chain.chain_table import ChainTable
from precompiles.curve.chain.operands import DIGIT_DWORDS, INDEX_BITS, LIMB_BITS, QUARTERS
from precompiles.curve.chain.rows import Calls, DigitRows


@cache
def digit_module(bits: int) -> TableModule:
    """The table `curve_chain_digit_BITS`."""
    t = ChainTable("curve_chain_digit", bits, __doc__ or "")
    quarter = t.column("quarter", lambda rows: rows.quarter)
    digit_bits = t.bits("bit", LIMB_BITS * DIGIT_DWORDS, lambda rows: rows.bits)
    # Limbs are below 2^16, so each has one such form.
    of_limb = [digit_bits[LIMB_BITS * k : LIMB_BITS * (k + 1)] for k in range(DIGIT_DWORDS)]
    limbs = [sum((bit * 2**i for i, bit in enumerate(limb)), as_expression(0)) for limb in of_limb]
    t.receive(LIMBS, (t.time, t.curve, quarter, *limbs), t.real)
    # After a step without a result none is asked for; otherwise each is by one step. Any number of rows may ask, but
    # only a row in use has a curve, without which nobody does.
    uses = t.columns("uses_of_step", LIMB_BITS, lambda rows: rows.uses)
    for j, times in enumerate(uses):
        of_step: list[Expression] = [limb[LIMB_BITS - 1 - j] for limb in of_limb]
        index = sum((of_step[k] * 2**k for k in range(INDEX_BITS)), as_expression(0))
        message = (t.time, t.curve, LIMB_BITS * quarter + j, index, 2 * of_step[INDEX_BITS] - 1)
        t.receive_counted(DIGIT, message, times)
    t.finish_accesses()
    return t.module_of(
        lambda source: QUARTERS * len(Calls(source, bits)),
        lambda source, start, stop: DigitRows(source, bits, start, stop),
        rows_per_call=QUARTERS,
    )
