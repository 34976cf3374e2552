"""The product in Fp12 = Fp2[w] / (w^6 - xi), for a prime m: one call a row.

a <- a b. An element has twelve numbers; each of the result r is an equation over the integers with a multiple of m of
its own. With W = xi b, both of i and j from 0 to 5, and the parts of Fp2 = Fp[u] / (u^2 + 1) written out, part 0 is

    sum over i + j = k of (a_i0 b_j0 - a_i1 b_j1)  +  sum over i + j = k + 6 of (a_i0 W_j0 - a_i1 W_j1)  =  r_k0 + q m

and part 1 has a_i0 b_j1 + a_i1 b_j0 in it, and the same of W. W is no column: its digits are sums of those of b.

Why it is sound is argued in docs/reference/precompiles/fp12.md, and step by step beside the constraints.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.calls import CallRows, CallTable
from core_vm.witness.module import TableModule
from precompiles.fp12.fields import name_of
from precompiles.shared.digits import Digits, balanced, difference, one_of, remembered_digits, scaled, total, uncentred
from precompiles.shared.fp12_field import DEGREE, NUMBERS, Field
from precompiles.shared.identity import Product, constrain_identity, value_bounds
from precompiles.shared.primes import digits_of, like
from precompiles.shared.residues import after, before, constrain_reduced, dwords_of, in_bytes, in_limbs

_B, _A = 0, 1
_DIGITS_A_CARRY = 1
"""A dozen products of bytes are too large for two."""
Pair = tuple[Digits, Digits]
"""The parts of a number of Fp2."""


def operands(field: Field) -> tuple[Operand, ...]:
    """b is read, then a is read and written: so they may overlap."""
    dwords = NUMBERS * field.dwords
    return Operand(11, dwords, "read"), Operand(10, dwords, "write")


def _centred_quotients(rows: CallRows, field: Field) -> np.ndarray:
    """What a prover finds: uint64 (12, n, dwords + 1), bytes that are the digits of quotients plus 128."""
    from precompiles.fp12.witness_kernels import fill_quotients

    a, b, result = (np.ascontiguousarray(v) for v in (rows.before(_A), rows.before(_B), rows.after(_A)))
    found = np.empty((NUMBERS, len(rows), field.dwords + 1), np.uint64)
    real_of_xi = np.uint64(field.real_of_xi)
    fill_quotients(field.montgomery_constants, real_of_xi, a, b, result, like(field.bits), found)
    return found


@cache
def fp12_module(field: Field) -> TableModule:
    """The table `fp12_FIELD`."""
    t = CallTable(f"fp12_{field.name}", field.number, operands(field), __doc__ or "")
    count, places = field.bits // 8, range(NUMBERS)
    a = [in_bytes(t, f"a{k}", count, before(_A, k, NUMBERS)) for k in places]
    b = [in_bytes(t, f"b{k}", count, before(_B, k, NUMBERS)) for k in places]
    r = [in_limbs(t, f"r{k}", count, after(_A, k, NUMBERS), from_memory=False) for k in places]
    t.access_operand("b", _B, dwords_of(*b), dwords_of(*b))
    t.access_operand("a", _A, dwords_of(*a), dwords_of(*r))
    modulus = _modulus(t, field)

    def of_rows(rows: CallRows) -> np.ndarray:
        return _centred_quotients(rows, field)

    for place, products in enumerate(_products([n.digits for n in a], [n.digits for n in b], field.real_of_xi)):
        # The quotient has room for all operands, reduced or not, so that every call has a proof.
        size = quotient_digits(products, field)
        quotient = balanced(
            t,
            f"quotient_{place}",
            size,
            lambda rows, place=place, size=size: uncentred(rows.once(of_rows)[place], size),
        )
        terms = [*products, Product(-1, (quotient, modulus)), Product(-1, (r[place].digits,))]
        constrain_identity(t, f"number_{place}", terms, _DIGITS_A_CARRY)
        # So r is determined modulo m, and below m there is one of each.
        constrain_reduced(t, f"r{place}", r[place], modulus)
    return t.module(name_of(field))


def _products(a: Sequence[Digits], b: Sequence[Digits], real_of_xi: int) -> list[list[Product]]:
    """Those which add up to each number of a b, modulo m."""
    of_b = [_pair(b, j) for j in range(DEGREE)]
    wrapped = [_times_xi(pair, real_of_xi) for pair in of_b]
    found: list[list[Product]] = [[] for _ in range(NUMBERS)]
    for k in range(DEGREE):
        for i in range(DEGREE):
            real, imaginary = _pair(a, i)
            other_real, other_imaginary = of_b[k - i] if i <= k else wrapped[k - i + DEGREE]
            found[2 * k] += [Product(1, (real, other_real)), Product(-1, (imaginary, other_imaginary))]
            found[2 * k + 1] += [Product(1, (real, other_imaginary)), Product(1, (imaginary, other_real))]
    return found


def _pair(element: Sequence[Digits], place: int) -> Pair:
    return element[2 * place], element[2 * place + 1]


def _times_xi(pair: Pair, real_of_xi: int) -> Pair:
    """(x + u)(b0 + b1 u) = (x b0 - b1) + (x b1 + b0) u, digit by digit: no residues, but numbers with larger digits."""
    first, second = (number if real_of_xi == 1 else scaled(number, real_of_xi) for number in pair)
    return remembered_digits(difference(first, pair[1])), remembered_digits(total(second, pair[0]))


def quotient_digits(products: Sequence[Product], field: Field) -> int:
    """How many balanced digits hold (sum of the products - r) / m for all bytes, where 0 <= r < m."""
    least, greatest = (sum(ends) for ends in zip(*map(value_bounds, products), strict=True))
    needed = max(-((least - field.modulus) // field.modulus), greatest // field.modulus)
    count = 1
    while 127 * (256**count - 1) // 255 < needed:
        count += 1
    return count


def _modulus(t: CallTable, field: Field) -> Digits:
    """On rows in use; 0 on others, as digits of identities have no constant part."""
    digits = digits_of(field.modulus, field.bits // 8)
    return one_of([t.real], [digits], lambda rows: np.zeros(len(rows), np.int64))
