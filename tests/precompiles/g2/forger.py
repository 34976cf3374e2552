"""A prover that lies in a row of points over Fp2, and computes all that depends on the lie anew, from the documented
equations, not by the table's own witness."""

from __future__ import annotations

from collections.abc import Sequence

from precompiles.g2 import reference
from precompiles.g2.calls import CALLS
from precompiles.g2.reference import OPERATIONS, Element, Result
from precompiles.g2.table import g2_module
from tests.precompiles.g2.calls import Case, rows
from tests.precompiles.g2.elements import minus, modulo, plus, product, times
from tests.precompiles.shared.forged import ForgedRow, Terms, signed_inverse, spread, value_of

EQUATIONS = ("slope_of_the_line", "x_of_the_third", "y_of_the_third", "intercept_of_the_line")
GROUPS = {name: 1 if name == "slope_of_the_line" else 2 for name in EQUATIONS}
"""Digits a carry."""
OUTPUTS = tuple(f"{name}_{k}" for name in ("slope", "intercept", "x3", "y3") for k in range(2))
IN_LIMBS = tuple(f"{name}_{k}" for name in ("slope", "intercept", "y2", "y3") for k in range(2))
RUN = {"add": ("x2", "x1"), "double": ("y1", None)}
KIND = {"add": "sum", "double": "double"}


class Row(ForgedRow):
    """An honest row of a call, at first."""

    def __init__(self, case: Case, result: Result | None = None) -> None:
        self.operation, self.field = case[0], case[1]
        values = rows([case], None if result is None else [result])[:, 0]
        super().__init__(g2_module(self.field).table, values, self.field.bits, self.field.modulus, IN_LIMBS)

    def become(self, operation: str) -> Row:
        """A row of the other call."""
        self.operation = operation
        self.set({f"is_{CALLS.name_of(other, self.field)}": int(other == operation) for other in OPERATIONS})
        return self.set({f"run_of_{kind}_is_shown_in_part_1": 0 for kind in KIND.values()})

    def element(self, name: str) -> Element:
        return self.number(f"{name}_0"), self.number(f"{name}_1")

    def set_element(self, name: str, value: Element) -> Row:
        return self.set_number(f"{name}_0", value[0]).set_number(f"{name}_1", value[1])

    def set_slope(self, value: Element) -> Row:
        """In limbs, and in balanced digits."""
        self.set_element("slope", value)
        return self.set_balanced("s0", value[0]).set_balanced("s1", value[1])

    @property
    def run_and_rise(self) -> tuple[Element, Element]:
        """What the slope is a quotient of, over the integers."""
        if self.operation == "add":
            return minus(self.element("x2"), self.element("x1")), minus(self.element("y2"), self.element("y1"))
        return times(2, self.element("y1")), times(3, product(self.element("x1"), self.element("x1")))

    @property
    def second_x(self) -> Element:
        return self.element("x2" if self.operation == "add" else "x1")

    def solve(self, result: bool = True, errors: Sequence[Element] = ((0, 0),) * 4) -> Row:
        """Of the slope that stands there: a point and an intercept that fit, unless they are given, and quotients,
        rounded down; each equation is wrong by its error, the first one because of the slope."""
        run, rise = self.run_and_rise
        if any(errors[0]):
            wrong = plus(rise, errors[0])
            self.set_slope(reference.product(wrong, reference.inverse(run, self.m), self.m))
        s, x1, y1 = self.element("slope"), self.element("x1"), self.element("y1")
        of_x = minus(product(s, s), plus(x1, self.second_x))
        if result:
            self.set_element("x3", modulo(minus(of_x, errors[1]), self.m))
            of_y = minus(product(s, minus(x1, self.element("x3"))), y1)
            self.set_element("y3", modulo(minus(of_y, errors[2]), self.m))
            self.set_element("intercept", modulo(plus(minus(y1, product(s, x1)), errors[3]), self.m))
        x3, y3 = self.element("x3"), self.element("y3")
        sides = (
            minus(product(s, run), rise),
            minus(of_x, x3),
            minus(minus(product(s, minus(x1, x3)), y1), y3),
            plus(minus(product(s, x1), y1), self.element("intercept")),
        )
        for place, (side, error) in enumerate(zip(sides, errors, strict=True)):
            for k in range(2):
                self.set_balanced(f"quotient_{2 * place + k}", (side[k] - error[k]) // self.m)
        return self.repair().compare()

    def repair(self) -> Row:
        """The carries anew, as if every group were divisible."""
        for k in range(2):
            terms = [(1, spread(self.digits(f"slope_{k}"))), (-1, self.digits(f"s{k}"))]
            self.carry(f"digits_of_slope_{k}", terms, 2)
            for place, name in enumerate(EQUATIONS):
                modulus = (-1, self.digits(f"quotient_{2 * place + k}"), self.modulus_digits)
                self.carry(f"{name}_{k}", [*self._terms(name)[k], modulus], GROUPS[name])
        return self

    def compare(self) -> Row:
        """The comparisons anew, of what is less; and the proof that the run is not zero, if it is not."""
        for name in OUTPUTS:
            self.reduce(name)
        part = self["run_of_sum_is_shown_in_part_1"] + self["run_of_double_is_shown_in_part_1"]
        minuend, subtrahend = self.numbers_of_run(part)
        self.reduce_to("minuend_of_the_run", minuend).reduce_to("subtrahend_of_the_run", subtrahend)
        return self.weigh([a - b for a, b in zip(*map(self._bytes, (minuend, subtrahend)), strict=True)])

    def show_in(self, part: int) -> Row:
        """The run to be other than zero in a part of the prover's choice."""
        return self.set({f"run_of_{KIND[self.operation]}_is_shown_in_part_1": part}).compare()

    def numbers_of_run(self, part: int) -> tuple[int, int]:
        minuend, subtrahend = RUN[self.operation]
        return self.number(f"{minuend}_{part}"), self.number(f"{subtrahend}_{part}") if subtrahend else 0

    def reduce_to(self, name: str, value: int) -> Row:
        """The comparison of a number that no columns of its own have."""
        differences = self.limbs_below(value)
        return self.decide_of(name, value, max((i for i, d in enumerate(differences) if d), default=0))

    def decide_of(self, name: str, value: int, limb: int) -> Row:
        differences = self.limbs_below(value)
        marks = {f"{name}_is_reduced_decided_by_limb_{i}": int(i == limb) for i in range(len(differences))}
        self.set({**marks, f"{name}_is_reduced_distance": differences[limb] - 1})
        return self

    def limbs_below(self, value: int) -> list[int]:
        return [(self.m >> 16 * i & 0xFFFF) - (value >> 16 * i & 0xFFFF) for i in range(self.bits // 16)]

    def _bytes(self, value: int) -> list[int]:
        return list(value.to_bytes(self.bits // 8, "little"))

    def weigh(self, differences: Sequence[int]) -> Row:
        groups = [value_of(differences[at : at + 3], 8) for at in range(0, len(differences), 3)]
        place = next((i for i, g in enumerate(groups) if g), 0)
        weights = {f"the_run_is_not_zero_weight_{i}": signed_inverse(g) * (i == place) for i, g in enumerate(groups)}
        return self.set(weights)

    def _terms(self, name: str) -> tuple[Terms, Terms]:
        """Of an equation's parts, whose sums are to be zero, without the multiple of the modulus."""
        s, x1, x2, x3, y1 = (self._digits_of(n) for n in ("s", "x1", "x2", "x3", "y1"))
        y2, y3, intercept = ([spread(part) for part in self._digits_of(n)] for n in ("y2", "y3", "intercept"))
        is_sum, is_double = (self[f"is_{CALLS.name_of(operation, self.field)}"] for operation in OPERATIONS)
        if name == "slope_of_the_line":
            products = [(is_sum, s, x2), (-is_sum, s, x1), (2 * is_double, s, y1), (-3 * is_double, x1, x1)]
            added = [(is_sum, y1), (-is_sum, y2)]
        elif name == "x_of_the_third":
            products, added = [(1, s, s)], [(-1, x1), (-is_sum, x2), (-is_double, x1), (-1, x3)]
        elif name == "y_of_the_third":
            products, added = [(1, s, x1), (-1, s, x3)], [(-1, y1), (-1, y3)]
        else:
            products, added = [(1, s, x1)], [(-1, y1), (1, intercept)]
        real = [(factor, a[0], b[0]) for factor, a, b in products] + [
            (-factor, a[1], b[1]) for factor, a, b in products
        ]
        other = [(factor, a[0], b[1]) for factor, a, b in products] + [
            (factor, a[1], b[0]) for factor, a, b in products
        ]
        return [*real, *((f, n[0]) for f, n in added)], [*other, *((f, n[1]) for f, n in added)]

    def _digits_of(self, name: str) -> tuple[list[int], list[int]]:
        separator = "" if name == "s" else "_"
        return self.digits(f"{name}{separator}0"), self.digits(f"{name}{separator}1")
