"""A prover that lies in a row of a curve's table, and computes all that depends on the lie anew.

Everything is computed from the documented equations, not by the table's own witness.
"""

from __future__ import annotations

from collections.abc import Sequence

from precompiles.curve.reference import Point
from tests.precompiles.curve.calls import Case, module_of, rows
from tests.precompiles.shared.forged import ForgedRow, Terms, signed_inverse, spread, value_of

CARRIES = {
    "add": ("slope_of_the_chord", "x_of_the_sum", "y_of_the_sum"),
    "double": ("slope_of_the_tangent", "x_of_the_double", "y_of_the_double"),
}
REDUCED = {"add": ("x1", "x2", "x3", "y3"), "double": ("y", "x3", "y3")}
IN_LIMBS = {"add": ("y1", "y2", "y3"), "double": ("y3",)}
SLOPE = {"add": "slope", "double": "twice_the_slope"}


class Row(ForgedRow):
    """An honest row of a call, at first."""

    def __init__(self, case: Case, result: Point | None = None) -> None:
        self.operation, self.curve = case[0], case[1]
        values = rows([case], None if result is None else [result])[:, 0]
        table = module_of(self.operation, self.curve.bits).table
        super().__init__(table, values, self.curve.bits, self.curve.modulus, IN_LIMBS[self.operation])

    def solve(self, result: bool = True, errors: Sequence[int] = (0, 0, 0)) -> Row:
        """Of the slope that stands there: a result that fits, unless it is given, and quotients, rounded down.

        Each equation is wrong by its error: the first one because of y1, or of the slope of a double, which follow.
        """
        if self.operation == "add":
            self._solve_sum(result, *errors)
        else:
            self._solve_double(result, *errors)
        return self.repair().compare()

    def _solve_sum(self, result: bool, e0: int, e1: int, e2: int) -> None:
        s, m = self.number("slope"), self.m
        x1, x2, y2 = (self.number(name) for name in ("x1", "x2", "y2"))
        if e0:
            self.set_number("y1", (y2 - s * (x2 - x1) + e0) % m)
        y1 = self.number("y1")
        if result:
            self.set_number("x3", (s * s - x1 - x2 - e1) % m)
            self.set_number("y3", (s * (x1 - self.number("x3")) - y1 - e2) % m)
        x3, y3 = self.number("x3"), self.number("y3")
        self._divide(s * (x2 - x1) + y1 - y2 - e0, s * s - x1 - x2 - x3 - e1, s * (x1 - x3) - y1 - y3 - e2)

    def _solve_double(self, result: bool, e0: int, e1: int, e2: int) -> None:
        x, y, m, a = self.number("x"), self.number("y"), self.m, -self.curve.minus_a
        if e0:
            self.set_balanced("twice_the_slope", (3 * x * x + a + e0) * pow(y, -1, m) % m)
        t = self.number("twice_the_slope")
        if result:
            self.set_number("x3", (t * t - 8 * x - e1) * pow(4, -1, m) % m)
            self.set_number("y3", (t * (x - self.number("x3")) - 2 * y - e2) * pow(2, -1, m) % m)
        x3, y3 = self.number("x3"), self.number("y3")
        self._divide(t * y - 3 * x * x - a - e0, t * t - 8 * x - 4 * x3 - e1, t * (x - x3) - 2 * y - 2 * y3 - e2)

    def _divide(self, *sides: int) -> None:
        for k, side in enumerate(sides):
            self.set_balanced(f"quotient_{k}", side // self.m)

    def repair(self) -> Row:
        """The carries anew, as if every group were divisible."""
        for name, terms in zip(CARRIES[self.operation], self._terms(), strict=True):
            self.carry(name, terms, 1 if name == "slope_of_the_tangent" else 2)
        return self

    def compare(self) -> Row:
        """The comparisons anew, of what is less; and the proof that something is not zero, if it is not."""
        for name in REDUCED[self.operation]:
            self.reduce(name)
        if self.operation == "double":
            limbs = [low + 256 * high for low, high in zip(self.digits("y")[::2], self.digits("y")[1::2], strict=True)]
            return self.set({"inverse_of_the_sum_of_y": signed_inverse(sum(limbs))})
        differences = [a - b for a, b in zip(self.digits("x1"), self.digits("x2"), strict=True)]
        groups = [value_of(differences[at : at + 3], 8) for at in range(0, len(differences), 3)]
        place = next((i for i, g in enumerate(groups) if g), 0)
        return self.set({f"x1_is_not_x2_weight_{i}": signed_inverse(g) * (i == place) for i, g in enumerate(groups)})

    def _terms(self) -> list[Terms]:
        """Of each equation, whose sum is to be zero."""
        s, x3, y3 = self.digits(SLOPE[self.operation]), self.digits("x3"), spread(self.digits("y3"))
        if self.operation == "add":
            x1, x2, y1, y2 = (self.digits("x1"), self.digits("x2"), *map(spread, map(self.digits, ("y1", "y2"))))
            terms = [
                [(1, s, x2), (-1, s, x1), (1, y1), (-1, y2)],
                [(1, s, s), (-1, x1), (-1, x2), (-1, x3)],
                [(1, s, x1), (-1, s, x3), (-1, y1), (-1, y3)],
            ]
        else:
            x, y = self.digits("x"), self.digits("y")
            terms = [
                [(1, s, y), (-3, x, x), (1, [self.curve.minus_a])],
                [(1, s, s), (-8, x), (-4, x3)],
                [(1, s, x), (-1, s, x3), (-2, y), (-2, y3)],
            ]
        quotients = [(-1, self.digits(f"quotient_{k}"), self.modulus_digits) for k in range(3)]
        return [[*of_one, quotient] for of_one, quotient in zip(terms, quotients, strict=True)]
