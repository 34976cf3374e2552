"""A prover that lies in a row of a curve's table, and computes all that depends on the lie anew.

Everything is computed from the documented equations, not by the table's own witness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from core_vm.air.tape import Tape, compile_tape, run_tape
from core_vm.field.koalabear import P, inverse
from core_vm.witness.check import ColumnValues
from precompiles.curve.reference import Point
from tests.precompiles.curve.calls import Case, module_of, rows
from tests.soundness.row_search import lookups_hold

Sum = dict[int, int]
"""Coefficients at 256^k."""
CARRIES = {
    "add": ("slope_of_the_chord", "x_of_the_sum", "y_of_the_sum"),
    "double": ("slope_of_the_tangent", "x_of_the_double", "y_of_the_double"),
}
REDUCED = {"add": ("x1", "x2", "x3", "y3"), "double": ("y", "x3", "y3")}
IN_LIMBS = {"add": ("y1", "y2", "y3"), "double": ("y3",)}
SLOPE = {"add": "slope", "double": "twice_the_slope"}


@cache
def _tape(operation: str, bits: int) -> Tape:
    return compile_tape(module_of(operation, bits).table)


@cache
def _places(operation: str, bits: int) -> dict[str, int]:
    return {name: k for k, name in enumerate(module_of(operation, bits).table.columns)}


@cache
def _count(operation: str, bits: int, name: str) -> int:
    places, count = _places(operation, bits), 0
    while f"{name}_{count}" in places:
        count += 1
    return count


def value_of(digits: Sequence[int], width: int) -> int:
    return sum(digit << width * k for k, digit in enumerate(digits))


class Row:
    """An honest row of a call, whose columns are set by name: signed integers."""

    def __init__(self, case: Case, result: Point | None = None) -> None:
        self.operation, self.curve = case[0], case[1]
        self.bits, self.m = self.curve.bits, self.curve.modulus
        self.table = module_of(self.operation, self.bits).table
        self.at = _places(self.operation, self.bits)
        values = rows([case], None if result is None else [result])[:, 0].tolist()
        self.values = [value if value <= P // 2 else value - P for value in values]

    def __getitem__(self, name: str) -> int:
        return self.values[self.at[name]]

    def set(self, changes: Mapping[str, int]) -> Row:
        for name, value in changes.items():
            self.values[self.at[name]] = value
        return self

    def digits(self, name: str) -> list[int]:
        """The columns name_0, name_1, .."""
        return [self[f"{name}_{k}"] for k in range(_count(self.operation, self.bits, name))]

    def number(self, name: str) -> int:
        return value_of(self.digits(name), 16 if name in IN_LIMBS[self.operation] else 8)

    def set_number(self, name: str, value: int) -> Row:
        """Unsigned, in bytes or limbs as its columns are."""
        width, count = 16 if name in IN_LIMBS[self.operation] else 8, len(self.digits(name))
        return self.set({f"{name}_{k}": value >> width * k & 2**width - 1 for k in range(count)})

    def set_balanced(self, name: str, value: int) -> Row:
        """Balanced digits: of the value less the modulus where it has none itself; what does not fit then is lost."""
        count = len(self.digits(name))
        half = 128 * (256**count - 1) // 255
        shifted = value + half if value + half < 256**count else value + half - self.m
        return self.set({f"{name}_{k}": (shifted >> 8 * k & 255) - 128 for k in range(count)})

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
        for name, total in zip(CARRIES[self.operation], self._sums(), strict=True):
            group, carry = 1 if name == "slope_of_the_tangent" else 2, 0
            for i in range(len(self.digits(f"{name}_carry"))):
                carry += sum(total.get(group * i + k, 0) << 8 * k for k in range(group))
                carry >>= 8 * group
                self.set({f"{name}_carry_{i}": carry})
        return self

    def compare(self) -> Row:
        """The comparisons anew, of what is less; and the proof that something is not zero, if it is not."""
        for name in REDUCED[self.operation]:
            number = self.number(name)
            limbs = [(self.m >> 16 * i & 0xFFFF) - (number >> 16 * i & 0xFFFF) for i in range(self.bits // 16)]
            place = max((i for i, d in enumerate(limbs) if d), default=0)
            marks = {f"{name}_is_reduced_decided_by_limb_{i}": int(i == place) for i in range(len(limbs))}
            self.set({**marks, f"{name}_is_reduced_distance": limbs[place] - 1})
        if self.operation == "double":
            limbs = [low + 256 * high for low, high in zip(self.digits("y")[::2], self.digits("y")[1::2], strict=True)]
            return self.set({"inverse_of_the_sum_of_y": _inverse(sum(limbs))})
        differences = [a - b for a, b in zip(self.digits("x1"), self.digits("x2"), strict=True)]
        groups = [value_of(differences[at : at + 3], 8) for at in range(0, len(differences), 3)]
        place = next((i for i, g in enumerate(groups) if g), 0)
        return self.set({f"x1_is_not_x2_weight_{i}": _inverse(g) * (i == place) for i, g in enumerate(groups)})

    def _sums(self) -> list[Sum]:
        """The coefficients of each equation, whose sum is to be zero."""
        s = self.digits(SLOPE[self.operation])
        modulus = list(self.m.to_bytes(self.bits // 8, "little"))
        x3, y3 = self.digits("x3"), _spread(self.digits("y3"))
        if self.operation == "add":
            x1, x2, y1, y2 = (self.digits("x1"), self.digits("x2"), *map(_spread, map(self.digits, ("y1", "y2"))))
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
        return [_sum([*of_one, (-1, self.digits(f"quotient_{k}"), modulus)]) for k, of_one in enumerate(terms)]

    def objections(self) -> set[str]:
        """Constraints that do not hold, and "lookup"."""
        return objections([self])[0]


def objections(rows: Sequence[Row]) -> list[set[str]]:
    """Of rows of one table."""
    table, bits = rows[0].table, rows[0].bits
    columns = np.array([row.values for row in rows], np.int64).T % P
    found: list[set[str]] = [set() for _ in rows]

    def emit(number: int, value: ColumnValues) -> None:
        for place in np.flatnonzero(value.values):
            found[place].add(table.constraints[number].name)

    run_tape(_tape(rows[0].operation, bits), [ColumnValues(v.astype(np.uint64)) for v in columns], emit)
    for place in np.flatnonzero(~lookups_hold(table, columns)):
        found[place].add("lookup")
    return found


def _inverse(value: int) -> int:
    """As the rows have it: between -p / 2 and p / 2."""
    found = inverse(value % P) if value % P else 0
    return found if found <= P // 2 else found - P


def _spread(limbs: Sequence[int]) -> list[int]:
    return [digit for limb in limbs for digit in (limb, 0)]


def _sum(terms: Sequence[tuple[int, *tuple[Sequence[int], ...]]]) -> Sum:
    total: Sum = {}
    for factor, a, *others in terms:
        for i, digit in enumerate(a):
            for j, other in enumerate(others[0] if others else [1]):
                total[i + j] = total.get(i + j, 0) + factor * digit * other
    return total
