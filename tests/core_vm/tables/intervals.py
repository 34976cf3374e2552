"""Bounds of constraints from the ranges of their columns: does zero modulo p mean zero?

Column ranges come from the declaration: bits from their constraints, the rest from lookups, from the memory bus (limbs
are below 2^16), from the program (whose fields are in range), and from times and indices (below 2^30). Each factor of a
constraint is bounded as a fraction N / 2^k; if |N| < p, then N = 0 modulo p says N = 0. A carry that an earlier
constraint confines to small integers is taken as such in later ones.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from core_vm.air.expression import Affine, Expression
from core_vm.air.table import Table
from core_vm.field.koalabear import P
from core_vm.isa.operations import SIGNED_IMMEDIATE
from core_vm.tables import buses

Interval = tuple[Fraction | int, Fraction | int]
"""Integers where they are: fractions take ten times as long."""

LIMB, BYTE, BIT, ORDINAL = (0, 2**16 - 1), (0, 255), (0, 1), (0, 2**30)
SIGNED = (-2048, 2047)
POWERS = (0, 5, 6, 8, 16)


class Bounds:
    """The ranges of a table's columns, and intervals of its expressions."""

    def __init__(self, table: Table, given: dict[str, tuple[int, int]]) -> None:
        self.table = table
        self.columns: dict[int, tuple[int, int]] = {}
        self.confined: dict[int, Interval] = {}
        for interaction in table.interactions:
            self._learn(interaction.bus, interaction.affine_message())
        for constraint in table.constraints:
            if constraint.name.endswith("_is_a_bit") and constraint.expression.left is not None:
                if constraint.expression.left.kind == "column":
                    self._set(constraint.expression.left.value, BIT)
        for name, bounds in given.items():
            if name in table.columns:
                self._set(table.columns.index(name), bounds)

    def _set(self, column: int, bounds: tuple[int, int]) -> None:
        low, high = self.columns.get(column, bounds)
        self.columns[column] = max(low, bounds[0]), min(high, bounds[1])

    def _learn(self, bus: object, message: tuple[Affine, ...]) -> None:
        ranges: dict[int, tuple[int, int]] = {}
        if bus == buses.RANGE16:
            ranges = {0: LIMB}
        elif bus == buses.BYTE_PAIR:
            ranges = {0: BYTE, 1: BYTE}
        elif bus == buses.BYTE_LOGIC:
            ranges = {1: BYTE, 2: BYTE, 3: BYTE}
        elif bus == buses.BIT_RANGE:
            largest = 15 if message[0].columns else message[0].constant
            ranges = {0: (0, 15), 1: (1, 2**15), 2: (0, 2**largest - 1)}
        elif bus == buses.MEMORY:
            ranges = dict.fromkeys(range(1, 5), LIMB) | {5: ORDINAL}
        elif bus == buses.STATE:
            ranges = {0: ORDINAL, 1: ORDINAL}
        elif bus == buses.PROGRAM:
            signed = any(int(op) in {message[1].constant, *message[1].columns.values()} for op in SIGNED_IMMEDIATE)
            ranges = (
                dict.fromkeys((0, 9), ORDINAL) | dict.fromkeys((2, 3, 4), (0, 32)) | {5: SIGNED if signed else LIMB}
            )
            ranges |= {6: LIMB, 7: LIMB, 8: LIMB}
        for place, bounds in ranges.items():
            form = message[place]
            if len(form.columns) == 1:
                ((column, coefficient),) = form.columns.items()
                offset = (form.constant + P // 2) % P - P // 2
                if coefficient == 1:
                    self._set(column, (bounds[0] - offset, bounds[1] - offset))
                elif coefficient == 0xFFFF and not offset:
                    self._set(column, BIT)

    def interval(self, expression: Expression) -> Interval | None:
        """The values that an expression can take; None if a column has no range."""
        if id(expression) in self.confined:
            return self.confined[id(expression)]
        if expression.kind == "column":
            return self.columns.get(expression.value)
        if expression.kind == "constant":
            value = rational(expression.value)
            return (value.numerator, value.numerator) if value.denominator == 1 else (value, value)
        assert expression.left is not None
        assert expression.right is not None
        a, b = self.interval(expression.left), self.interval(expression.right)
        if a is None or b is None:
            return None
        if expression.kind == "add":
            return a[0] + b[0], a[1] + b[1]
        if expression.kind == "subtract":
            return a[0] - b[1], a[1] - b[0]
        products = [x * y for x in a for y in b]
        return min(products), max(products)

    def denominator(self, expression: Expression) -> int:
        """2^k such that 2^k times the expression has integer coefficients."""
        if id(expression) in self.confined:
            return 1
        if expression.kind == "constant":
            return rational(expression.value).denominator
        if expression.left is None or expression.right is None:
            return 1
        parts = self.denominator(expression.left), self.denominator(expression.right)
        return parts[0] * parts[1] if expression.kind == "multiply" else max(parts)

    def confine(self, expression: Expression) -> None:
        """Remember that a product of E - root, for several roots and one E, confines E."""
        bases: dict[int, tuple[Expression, list[int]]] = {}
        for factor in factors(expression):
            base, root = _base_and_root(factor)
            bases.setdefault(id(base), (base, []))[1].append(root)
        for number, (base, roots) in bases.items():
            if len(roots) > 1:
                low, high = self.interval(base) or (min(roots), max(roots))
                self.confined[number] = max(low, min(roots)), min(high, max(roots))


def _base_and_root(factor: Expression) -> tuple[Expression, int]:
    if factor.left is not None and factor.right is not None and factor.right.kind == "constant":
        value = int(rational(factor.right.value))
        if factor.kind == "subtract":
            return factor.left, value
        if factor.kind == "add":
            return factor.left, -value
    return factor, 0


def factors(expression: Expression) -> list[Expression]:
    """The factors of a product, constants left out."""
    if expression.kind == "multiply" and expression.left is not None and expression.right is not None:
        if "constant" not in (expression.left.kind, expression.right.kind):
            return [*factors(expression.left), *factors(expression.right)]
    return [expression]


@cache
def rational(value: int) -> Fraction:
    """The simplest N / 2^k that a constant of the field stands for, by the powers of two that tables divide by."""
    signed = [(value * 2**k + P // 2) % P - P // 2 for k in POWERS]
    numerator, k = min(zip(signed, POWERS, strict=True), key=lambda pair: (abs(pair[0]), pair[1]))
    return Fraction(numerator, 2**k)


def wraps(table: Table, given: dict[str, tuple[int, int]]) -> tuple[set[str], set[str]]:
    """(constraints with a factor whose numerator can reach p, constraints that use a column without a range)."""
    bounds, wide, unknown = Bounds(table, given), set(), set()
    for constraint in table.constraints:
        for factor in factors(constraint.expression):
            interval = bounds.interval(factor)
            if interval is None:
                unknown.add(constraint.name)
            elif max(-interval[0], interval[1]) * bounds.denominator(factor) >= P:
                wide.add(constraint.name)
        bounds.confine(constraint.expression)
    return wide, unknown
