"""A prover that lies in a row of a step, and computes all that depends on the lie anew.

Everything is computed from the documented equations, not by the table's own witness.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from tests.precompiles.curve.chain.calls import Chain, module_of, rows
from tests.precompiles.shared.forged import ForgedRow, Terms, signed_inverse, spread, value_of

CARRIES = (
    "slope_of_the_first_chord",
    "x_of_the_middle",
    "slope_of_the_second_chord",
    "x_after",
    "y_after",
)
REDUCED = ("middle", "x3")
DIFFERENT = {"x_is_not_xq": ("x", "xq"), "middle_is_not_x": ("middle", "x")}


@cache
def _steps(chain: Chain) -> np.ndarray:
    return rows("step", [chain])


class StepRow(ForgedRow):
    """An honest row of a step, at first."""

    def __init__(self, chain: Chain, place: int = 0) -> None:
        self.curve = chain.curve
        table = module_of("step", self.curve.bits).table
        values = _steps(chain)[:, place]
        super().__init__(table, values, self.curve.bits, self.curve.modulus, ("y", "yq", "y3"))
        self.is_long = self.curve.bits == 384

    @property
    def sign(self) -> int:
        return self["sign"]

    def slopes(self) -> tuple[list[int], list[int], list[int]]:
        """Digits of both slopes, and of their sum."""
        first = self.digits("slope")
        other = self.digits("second_slope" if self.is_long else "sum_of_slopes")
        if self.is_long:
            return first, other, [a + b for a, b in zip(first, other, strict=True)]
        return first, [b - a for a, b in zip(first, other, strict=True)], other

    def solve(self, kept: Sequence[str] = (), errors: Sequence[int] = (0, 0, 0, 0, 0)) -> StepRow:
        """Of the first slope and the points before that stand there: all that follows and is not `kept`, and quotients,
        rounded down. Each equation is wrong by its error, the first one because of y."""
        m, e = self.m, errors
        x, xq, yq = (self.number(name) for name in ("x", "xq", "yq"))
        s = self.number("slope")
        if e[0]:
            self.set_number("y", (self.sign * yq - s * (xq - x) + e[0]) % m)
        y = self.number("y")
        self._follow("middle", (s * s - x - xq - e[1]) % m, kept)
        middle = self.number("middle")
        if "second" not in kept:
            both = (e[2] - 2 * y) * pow(middle - x, -1, m) % m if (middle - x) % m else 0
            name = "second_slope" if self.is_long else "sum_of_slopes"
            self.set_balanced(name, (both - s) % m if self.is_long else both)
        _, t, r = (value_of(digits, 8) for digits in self.slopes())
        self._follow("x3", (t * t - x - middle - e[3]) % m, kept)
        self._follow("y3", (t * (x - self.number("x3")) - y - e[4]) % m, kept)
        x3, y3 = self.number("x3"), self.number("y3")
        sides = (
            s * (xq - x) + y - self.sign * yq,
            s * s - x - xq - middle,
            r * (middle - x) + 2 * y,
            t * t - x - middle - x3,
            t * (x - x3) - y - y3,
        )
        for k, (side, error) in enumerate(zip(sides, e, strict=True)):
            self.set_balanced(f"quotient_{k}", (side - error) // m)
        return self.repair().compare()

    def _follow(self, name: str, value: int, kept: Sequence[str]) -> None:
        if name not in kept:
            self.set_number(name, value)

    def repair(self) -> StepRow:
        """The carries anew, as if every group were divisible."""
        for name, terms in zip(CARRIES, self._terms(), strict=True):
            self.carry(name, terms, 2)
        return self

    def compare(self) -> StepRow:
        """The comparisons anew, of what is less; and the weights of what is different."""
        for name in REDUCED:
            self.reduce(name)
        for name, numbers in DIFFERENT.items():
            a, b = map(self.digits, numbers)
            groups = [value_of([p - q for p, q in zip(a[at : at + 3], b[at : at + 3], strict=True)], 8)
                      for at in range(0, len(a), 3)]  # fmt: skip
            place = next((i for i, g in enumerate(groups) if g), 0)
            self.set({f"{name}_weight_{i}": signed_inverse(g) * (i == place) for i, g in enumerate(groups)})
        return self

    def _terms(self) -> list[Terms]:
        """Of each equation, whose sum is to be zero."""
        x, xq, middle, x3 = (self.digits(name) for name in ("x", "xq", "middle", "x3"))
        y, yq, y3 = (spread(self.digits(name)) for name in ("y", "yq", "y3"))
        s, t, r = self.slopes()
        terms = [
            [(1, s, xq), (-1, s, x), (1, y), (-self.sign, yq)],
            [(1, s, s), (-1, x), (-1, xq), (-1, middle)],
            [(1, r, middle), (-1, r, x), (2, y)],
            [(1, t, t), (-1, x), (-1, middle), (-1, x3)],
            [(1, t, x), (-1, t, x3), (-1, y), (-1, y3)],
        ]
        quotients = [(-1, self.digits(f"quotient_{k}"), self.modulus_digits) for k in range(5)]
        return [[*of_one, quotient] for of_one, quotient in zip(terms, quotients, strict=True)]


class ExceptionRow(ForgedRow):
    """An honest row of a step without a result, at first."""

    def __init__(self, chain: Chain) -> None:
        self.curve = chain.curve
        table = module_of("exception", self.curve.bits).table
        (values,) = rows("exception", [chain]).T
        super().__init__(table, values, self.curve.bits, self.curve.modulus, ("y", "yq"))

    def solve(self, errors: Sequence[int] = (0, 0)) -> ExceptionRow:
        """Of a chord that stands there: quotients, rounded down, of equations that are wrong by `errors`."""
        s, x, xq, yq, m = *(self.number(name) for name in ("slope", "x", "xq", "yq")), self.m
        if errors[0]:
            self.set_number("y", (self["sign"] * yq - s * (xq - x) + errors[0]) % m)
        sides = s * (xq - x) + self.number("y") - self["sign"] * yq, s * s - 2 * x - xq
        for k, (side, error) in enumerate(zip(sides, errors, strict=True)):
            self.set_balanced(f"quotient_{k}", (side - error) // m)
        slope, of_x, of_xq = (self.digits(name) for name in ("slope", "x", "xq"))
        y, of_yq = (spread(self.digits(name)) for name in ("y", "yq"))
        q = [(-1, self.digits(f"quotient_{k}"), self.modulus_digits) for k in range(2)]
        chord = [(1, slope, of_xq), (-1, slope, of_x), (1, y), (-self["sign_if_opposite"], of_yq), q[0]]
        self.carry("slope_of_the_chord", chord, 2)
        self.carry("x_of_the_middle_is_x", [(1, slope, slope), (-2, of_x), (-1, of_xq), q[1]], 2)
        return self
