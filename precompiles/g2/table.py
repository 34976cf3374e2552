"""Adding and doubling points over Fp2 = Fp[u] / (u^2 + 1), for a prime m, with the slope s and the intercept c of the
line: one call a row.

    s (x2 - x1) = y2 - y1   or   s 2 y1 = 3 x1^2,    s^2 = x1 + x2 + x3,    s (x1 - x3) = y1 + y3,    s x1 + c = y1,

where x2 of a double is x1. Each part of each is an equation over the integers with a multiple of m of its own. Why it
is sound is argued in docs/reference/precompiles/g2.md, and step by step beside the constraints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from core_vm.air.expression import constant
from core_vm.machine.precompile import Operand
from core_vm.tables.gadgets.calls import CallRows, CallTable
from core_vm.witness.module import TableModule
from precompiles.g2.calls import CALLS
from precompiles.g2.fields import LINE_ELEMENTS, SLOPE_AT, Field
from precompiles.g2.reference import OPERATIONS
from precompiles.g2.run import Run, constrain_run
from precompiles.shared.digits import (
    Choice,
    Digits,
    balanced,
    chosen,
    difference,
    one_of,
    total,
    uncentred,
)
from precompiles.shared.identity import Product, constrain_identity
from precompiles.shared.primes import constants_of, digits_of, like
from precompiles.shared.residues import (
    Number,
    after,
    before,
    constrain_reduced,
    dwords_of,
    in_bytes,
    in_limbs,
    limbs_of,
)

_Q, _LINE, _T = 0, 1, 2
_PARTS = (0, 1)
_ADD, _DOUBLE = range(len(OPERATIONS))
Terms = list[tuple[int, tuple[Digits, ...]]]
"""Factors, each of one number or of two."""


def operands(field: Field) -> tuple[Operand, ...]:
    """q is read, then the line is written, then t is read and written: so q may overlap both."""
    dwords = 2 * field.dwords
    line = Operand(12, LINE_ELEMENTS * dwords, "write")
    return Operand(11, 2 * dwords, "read"), line, Operand(10, 2 * dwords, "write")


class _Rows:
    """What a prover finds: balanced digits of the slope's parts, `slope` (2, n, bytes), and of the quotients of four
    equations in two parts, `quotients` (8, n, bytes + 1), int32; and `parts` (n,), which show that there is a slope."""

    def __init__(self, rows: CallRows, field: Field) -> None:
        from precompiles.g2.witness_kernels import fill_lines

        t, q = np.ascontiguousarray(rows.before(_T)), np.ascontiguousarray(rows.before(_Q))
        line, result = np.ascontiguousarray(rows.after(_LINE)), np.ascontiguousarray(rows.after(_T))
        digits = np.empty((10, len(rows), field.dwords + 1), np.uint64)
        self.parts = np.empty(len(rows), np.int64)
        constants, operations = constants_of(field.modulus, field.bits), rows.which.astype(np.int64)
        number = like(field.bits)
        fill_lines(operations, constants, t, q, line, result, number, SLOPE_AT[field], self.parts, digits)
        self.slope, self.quotients = uncentred(digits[:2], field.bits // 8), uncentred(digits[2:], field.bits // 8 + 1)


class _LineTable(CallTable):
    """The numbers of a row; an element is its two parts."""

    def __init__(self, field: Field) -> None:
        super().__init__(f"g2_{field.name}", CALLS.numbers_of(field), operands(field), __doc__ or "")
        self.count = count = field.bits // 8
        self.add, self.double = (self.selector[CALLS.name_of(operation, field)] for operation in OPERATIONS)
        self.x1 = [in_bytes(self, f"x1_{k}", count, before(_T, k, 4)) for k in _PARTS]
        self.y1 = [in_bytes(self, f"y1_{k}", count, before(_T, 2 + k, 4)) for k in _PARTS]
        self.x2 = [in_bytes(self, f"x2_{k}", count, before(_Q, k, 4)) for k in _PARTS]
        self.y2 = [in_limbs(self, f"y2_{k}", count, before(_Q, 2 + k, 4), from_memory=True) for k in _PARTS]
        self.x3 = [in_bytes(self, f"x3_{k}", count, after(_T, k, 4)) for k in _PARTS]
        self.y3 = [in_limbs(self, f"y3_{k}", count, after(_T, 2 + k, 4), from_memory=False) for k in _PARTS]
        self.slope, self.intercept = (self._of_line(name, at) for name, at in line_places(field).items())
        self._access(line_places(field))
        digits = digits_of(field.modulus, count)
        self.modulus = one_of([self.real], [digits], lambda rows: np.zeros(len(rows), np.int64))
        self.rows_of = lambda rows: _Rows(rows, field)  # one function, so computed once
        self.s = [self._balanced_slope(k) for k in _PARTS]

    def _of_line(self, name: str, at: int) -> list[Number]:
        numbers = [after(_LINE, 2 * at + k, 2 * LINE_ELEMENTS) for k in _PARTS]
        return [in_limbs(self, f"{name}_{k}", self.count, numbers[k], from_memory=False) for k in _PARTS]

    def _access(self, places: Mapping[str, int]) -> None:
        """What lies between slope and intercept is zero before and after: so a call is proved only where it was."""
        q, zeros = dwords_of(*self.x2, *self.y2), [[constant(0)] * 4] * (self.count // 4)
        self.access_operand("q", _Q, q, q)
        elements = [(zeros, zeros)] * LINE_ELEMENTS
        for (name, at), numbers in zip(places.items(), (self.slope, self.intercept), strict=True):
            limbs = self.columns(f"{name}_before", self.count, lambda rows, at=at: _element_before(rows, at))
            elements[at] = [limbs[k : k + 4] for k in range(0, self.count, 4)], dwords_of(*numbers)
        self.access_operand("line", _LINE, *([d for element in elements for d in element[k]] for k in (0, 1)))
        self.access_operand("t", _T, dwords_of(*self.x1, *self.y1), dwords_of(*self.x3, *self.y3))

    def _balanced_slope(self, part: int) -> Digits:
        """The slope's part once more, in balanced digits, which halve every product: the same integer."""
        digits = balanced(self, f"s{part}", self.count, lambda rows: rows.once(self.rows_of).slope[part])
        self.identify_as_zero(f"digits_of_slope_{part}", [(1, (self.slope[part].digits,)), (-1, (digits,))], 2)
        return digits

    def identify_as_zero(self, name: str, terms: Terms, group: int) -> None:
        constrain_identity(self, name, [Product(factor, digits) for factor, digits in terms], group)

    def equate(self, name: str, *sums: tuple[Terms, Terms], place: int, group: int = 2) -> None:
        """Both parts of the sum are 0 modulo m. `place` is the equation's among the four.

        The quotients have room for all operands: in no part are the products more than 6 times two numbers below
        256^bytes, which is less than 96 m 256^bytes, as m is above a 16th of 256^bytes, and digits reach 127 256^bytes.
        """
        for k in _PARTS:
            quotient = balanced(
                self,
                f"quotient_{2 * place + k}",
                self.count + 1,
                lambda rows, at=2 * place + k: rows.once(self.rows_of).quotients[at],
            )
            terms = [term for parts in sums for term in parts[k]]
            self.identify_as_zero(f"{name}_{k}", [*terms, (-1, (quotient, self.modulus))], group)

    def in_sums(self, digits: Digits) -> Digits:
        return chosen(Choice(self.add, digits, lambda rows: rows.which == _ADD))

    def in_doubles(self, digits: Digits) -> Digits:
        return chosen(Choice(self.double, digits, lambda rows: rows.which == _DOUBLE))

    def one_of_both(self, in_sums: Digits, in_doubles: Digits) -> Digits:
        """At most one selector is set."""
        return chosen(
            Choice(self.add, in_sums, lambda rows: rows.which == _ADD),
            Choice(self.double, in_doubles, lambda rows: rows.which == _DOUBLE),
        )

    def constrain_run(self) -> None:
        sums = Run("sum", self.add, lambda rows: rows.which == _ADD, self.x2, self.x1)
        doubles = Run("double", self.double, lambda rows: rows.which == _DOUBLE, self.y1)
        constrain_run(self, (sums, doubles), self.modulus, lambda rows: rows.once(self.rows_of).parts)


def line_places(field: Field) -> dict[str, int]:
    """Which elements of the line's operand slope and intercept are."""
    return {"slope": SLOPE_AT[field], "intercept": LINE_ELEMENTS - 1 - SLOPE_AT[field]}


def _element_before(rows: CallRows, at: int) -> np.ndarray:
    """An element of the line's operand as it was, in limbs."""
    return limbs_of(before(_LINE, at, LINE_ELEMENTS)(rows))


def _product(factor: int, a: Sequence[Digits], b: Sequence[Digits]) -> tuple[Terms, Terms]:
    """Both parts of a product of elements."""
    first: Terms = [(factor, (a[0], b[0])), (-factor, (a[1], b[1]))]
    return first, [(factor, (a[0], b[1])), (factor, (a[1], b[0]))]


def _with(products: tuple[Terms, Terms], *added: tuple[int, Sequence[Digits]]) -> tuple[Terms, Terms]:
    """And elements, each times a factor."""
    first, second = ([*products[k], *((factor, (number[k],)) for factor, number in added)] for k in _PARTS)
    return first, second


@cache
def g2_module(field: Field) -> TableModule:
    """The table `g2_FIELD`, which takes two calls."""
    t = _LineTable(field)
    x1, y1, x2, y2, x3, y3 = ([n.digits for n in number] for number in (t.x1, t.y1, t.x2, t.y2, t.x3, t.y3))
    intercept = [n.digits for n in t.intercept]
    # The first one determines s modulo m: the run, x2 - x1 or 2 y1, is not 0 modulo m, and so has an inverse, as Fp2 is
    # a field and m is odd. The others then determine x3, y3 and the intercept modulo m; and below m there is one of
    # each residue.
    run = [t.one_of_both(difference(x2[k], x1[k]), total(y1[k], y1[k])) for k in _PARTS]
    rise = [(1, list(map(t.in_sums, y1))), (-1, list(map(t.in_sums, y2)))]
    squares = _product(-3, list(map(t.in_doubles, x1)), x1)
    t.equate("slope_of_the_line", _with(_product(1, t.s, run), *rise), squares, place=0, group=1)
    t.constrain_run()
    second_x = [t.one_of_both(x2[k], x1[k]) for k in _PARTS]
    t.equate("x_of_the_third", _with(_product(1, t.s, t.s), (-1, x1), (-1, second_x), (-1, x3)), place=1)
    t.equate("y_of_the_third", _with(_product(1, t.s, list(map(difference, x1, x3))), (-1, y1), (-1, y3)), place=2)
    t.equate("intercept_of_the_line", _with(_product(1, t.s, x1), (-1, y1), (1, intercept)), place=3)
    for name, number in (("slope", t.slope), ("intercept", t.intercept), ("x3", t.x3), ("y3", t.y3)):
        for k in _PARTS:
            constrain_reduced(t, f"{name}_{k}", number[k], t.modulus)
    return t.module(*CALLS.numbers_of(field))
