"""Arithmetic in Fp2 = Fp[u] / (u^2 + 1), for a prime m: one call a row.

a <- a b, a + b or a - b. Each part of the result r is an equation over the integers with a multiple of m of its own:

    a0 b0 - a1 b1   or   a0 +- b0   =   r0 + q0 m
    a0 b1 + a1 b0   or   a1 +- b1   =   r1 + q1 m.

Why it is sound is argued in docs/reference/precompiles/fp2.md, and step by step beside the constraints.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from core_vm.air.expression import as_expression
from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.calls import CallRows, CallTable
from core_vm.witness.module import TableModule
from precompiles.fp2.calls import CALLS
from precompiles.fp2.fields import Field
from precompiles.fp2.reference import OPERATIONS
from precompiles.shared.digits import Choice, Digits, balanced, chosen, one_of
from precompiles.shared.identity import Product, constrain_identity
from precompiles.shared.primes import digits_of
from precompiles.shared.residues import Number, after, before, constrain_reduced, dwords_of, in_bytes, in_limbs

_B, _A = 0, 1
_PARTS = (0, 1)
_DIGITS_A_CARRY = {256: 2, 384: 1}
"""Of the second part: two products of bytes are too large for two digits where numbers are long."""


def operands(field: Field) -> tuple[Operand, ...]:
    """b is read, then a is read and written: so they may overlap."""
    dwords = 2 * field.dwords
    return Operand(11, dwords, "read"), Operand(10, dwords, "write")


class _Rows:
    """The digits that a prover finds: `quotients` (2, n, bytes + 1), int64."""

    def __init__(self, rows: CallRows, field: Field) -> None:
        from precompiles.fp2.witness_kernels import fill_quotients

        a, b, result = (np.ascontiguousarray(v) for v in (rows.before(_A), rows.before(_B), rows.after(_A)))
        self.quotients = np.zeros((2, len(rows), field.bits // 8 + 1), np.int64)
        fill_quotients(rows.which.astype(np.int64), field.modulus_limbs, a, b, result, self.quotients)


@cache
def fp2_module(field: Field) -> TableModule:
    """The table `fp2_FIELD`, which takes three calls."""
    numbers = CALLS.numbers_of(field)
    t = CallTable(f"fp2_{field.name}", numbers, operands(field), __doc__ or "")
    count = field.bits // 8
    a = [in_bytes(t, f"a{k}", count, before(_A, k)) for k in _PARTS]
    b = [in_bytes(t, f"b{k}", count, before(_B, k)) for k in _PARTS]
    r = [in_limbs(t, f"r{k}", count, after(_A, k), from_memory=False) for k in _PARTS]
    t.access_operand("b", _B, dwords_of(*b), dwords_of(*b))
    t.access_operand("a", _A, dwords_of(*a), dwords_of(*r))
    # At most one selector is set. The quotients have room for all operands: two products of numbers below 256^bytes are
    # less than 32 m 256^bytes, as m is above a 16th of 256^bytes, and the digits reach 127 256^bytes.
    multiplied = [_chosen(t, field, b[k], "multiply") for k in _PARTS]
    products = (
        [(1, a[0].digits, multiplied[0]), (-1, a[1].digits, multiplied[1])],
        [(1, a[0].digits, multiplied[1]), (1, a[1].digits, multiplied[0])],
    )
    modulus = _modulus(t, field)

    def of_rows(rows: CallRows) -> _Rows:
        return _Rows(rows, field)

    for k, group in zip(_PARTS, (2, _DIGITS_A_CARRY[field.bits]), strict=True):
        quotient = balanced(t, f"quotient_{k}", count + 1, lambda rows, k=k: rows.once(of_rows).quotients[k])
        added = [(1, _chosen(t, field, a[k], "add", "subtract")), (1, _signed(t, field, b[k]))]
        terms = [*products[k], *added, (-1, quotient, modulus), (-1, r[k].digits)]
        constrain_identity(t, f"part_{k}", [Product(factor, tuple(digits)) for factor, *digits in terms], group)
        # So r is determined modulo m, and below m there is one of each.
        constrain_reduced(t, f"r{k}", r[k], modulus)
    return t.module(*numbers)


def _modulus(t: CallTable, field: Field) -> Digits:
    """On rows in use; 0 on others, as digits of identities have no constant part."""
    digits = digits_of(field.modulus, field.bits // 8)
    return one_of([t.real], [digits], lambda rows: np.zeros(len(rows), np.int64))


def _chosen(t: CallTable, field: Field, number: Number, *operations: str) -> Digits:
    """The number in a row of one of the operations, nothing in others."""
    selector = sum((t.selector[CALLS.name_of(operation, field)] for operation in operations), as_expression(0))
    places = [OPERATIONS.index(operation) for operation in operations]
    return chosen(Choice(selector, number.digits, lambda rows: np.isin(rows.which, places)))


def _signed(t: CallTable, field: Field, number: Number) -> Digits:
    """The number in a sum, its negative in a difference."""
    add, subtract = (t.selector[CALLS.name_of(operation, field)] for operation in ("add", "subtract"))

    def sign(rows: CallRows) -> np.ndarray:
        return (rows.which == OPERATIONS.index("add")) * 1 - (rows.which == OPERATIONS.index("subtract"))

    return chosen(Choice(add - subtract, number.digits, sign, can_be_negative=True))
