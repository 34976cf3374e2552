"""A prover that lies in a row of Fp12, and computes all that depends on the lie anew, from the documented equations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from precompiles.fp12.reference import Element
from precompiles.fp12.table import fp12_module
from precompiles.shared.fp12_field import NUMBERS
from tests.precompiles.fp12.calls import Case, rows
from tests.precompiles.shared.forged import ForgedRow, Terms, spread

IN_LIMBS = tuple(f"r{k}" for k in range(NUMBERS))
ALL = range(NUMBERS)


def factors_of(place: int, real_of_xi: int) -> list[tuple[int, int, int]]:
    """A number of a product: the sum of factor a_i b_j over these (factor, i, j). As polynomials in u and w: u^2 = -1,
    and w^6 = real_of_xi + u."""
    found: list[tuple[int, int, int]] = []
    for i in ALL:
        for j in ALL:
            power, degree = (i + j) % 2 + 2 * (i % 2 and j % 2), i // 2 + j // 2
            real, imaginary = ((1, 0), (0, 1), (-1, 0))[power]
            if degree >= 6:
                real, imaginary = real_of_xi * real - imaginary, real_of_xi * imaginary + real
            factor = (real, imaginary)[place % 2] if degree % 6 == place // 2 else 0
            if factor:
                found.append((factor, i, j))
    return found


class Row(ForgedRow):
    """An honest row of a call, at first."""

    def __init__(self, case: Case, result: Element | None = None) -> None:
        self.field = case[0]
        values = rows([case], None if result is None else [result])[:, 0]
        super().__init__(fp12_module(self.field).table, values, self.field.bits, self.field.modulus, IN_LIMBS)

    def solve(self, errors: Mapping[int, int] | None = None, places: Sequence[int] = ALL) -> Row:
        """Of the result that stands there: quotients, rounded down; the equations of some numbers are wrong by their
        errors."""
        for k in places:
            products = factors_of(k, self.field.real_of_xi)
            side = sum(factor * self.number(f"a{i}") * self.number(f"b{j}") for factor, i, j in products)
            error = (errors or {}).get(k, 0)
            self.set_balanced(f"quotient_{k}", (side - self.number(f"r{k}") - error) // self.m)
        return self.repair(places).compare(places)

    def repair(self, places: Sequence[int] = ALL) -> Row:
        """The carries anew, as if every group were divisible."""
        for k in places:
            self.carry(f"number_{k}", self._terms(k), 1)
        return self

    def compare(self, places: Sequence[int] = ALL) -> Row:
        """The comparisons anew, of what is less."""
        for k in places:
            self.reduce(f"r{k}")
        return self

    def _terms(self, k: int) -> Terms:
        return [
            *((f, self.digits(f"a{i}"), self.digits(f"b{j}")) for f, i, j in factors_of(k, self.field.real_of_xi)),
            (-1, self.digits(f"quotient_{k}"), self.modulus_digits),
            (-1, spread(self.digits(f"r{k}"))),
        ]
