"""A sum and a double in one row: what the constraint that forbids it is there for."""

from __future__ import annotations

import random
from collections.abc import Sequence

from precompiles.g2.calls import CALLS
from precompiles.g2.fields import Field
from precompiles.g2.reference import OPERATIONS
from tests.precompiles.g2.elements import minus, modulo, multiple_near, plus, product, times
from tests.precompiles.g2.forger import IN_LIMBS, KIND, OUTPUTS, Row
from tests.precompiles.shared.forged import spread


class RowOfBoth(Row):
    """A row in which both selectors are set, and which is right but for that.

    Everything is twice there: the modulus, the marks of comparisons, what weights and inverses make. So what is
    compared has the two highest limbs of twice the modulus, less a little in the lower one."""

    def __init__(self, field: Field, generator: random.Random) -> None:
        super().__init__(("double", field, ((1, 2), (3, 4)), ((5, 6), (7, 8))))
        self.set({f"is_{CALLS.name_of(operation, field)}": 1 for operation in OPERATIONS})
        self.set({f"run_of_{kind}_is_shown_in_part_1": 0 for kind in KIND.values()})
        inverse = "operand_1_is_apart_from_operand_2_inverse"
        self.set({inverse: 2 * self[inverse]})
        self.generator, self.double = generator, 2 * field.modulus

    @property
    def modulus_digits(self) -> list[int]:
        return [2 * digit for digit in super().modulus_digits]

    def attempt(self) -> RowOfBoth:
        """Random numbers that are right but for chance: x1 is such that x2 + y1, what the run is taken from, has the
        limbs of what is compared, and x3 such that the intercept has, which is -s x3 - y3."""
        s, x3, y3, one, intercept = ((self._compared(), self._compared()) for _ in range(5))
        while s[1] % 2 == 0:
            s = self._compared(), self._compared()
        wanted = x3, minus((0, 0), plus(y3, intercept))
        x3, rest = (modulo(value, self.double) for value in multiple_near(s, self.double, wanted))
        y3 = modulo(minus((0, 0), plus(rest, intercept)), self.double)
        # x2 + y1 = s^2 - 2 x1 - x3 + s (x1 - x3) - y3 in its first part is a number to compare, by x1 in its second.
        wanted, fixed = self._compared(), (one[0], 0)
        rest = minus(product(s, s), plus(times(2, fixed), x3))
        rest = minus(plus(rest, product(s, minus(fixed, x3))), y3)
        x1 = one[0], (rest[0] - wanted) * pow(s[1], -1, self.double) % self.double
        x2 = modulo(minus(product(s, s), plus(times(2, x1), x3)), self.double)
        y1 = modulo(minus(product(s, minus(x1, x3)), y3), self.double)
        run, squares = plus(minus(x2, x1), times(2, y1)), times(3, product(x1, x1))
        y2 = modulo(minus(plus(product(s, run), y1), squares), self.double)
        self.set_element("slope", s).set_balanced("s0", s[0]).set_balanced("s1", s[1])
        given = {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "x3": x3, "y3": y3, "intercept": intercept}
        for name, element in given.items():
            self.set_element(name, element)
        sides = (
            minus(plus(product(s, run), y1), plus(squares, y2)),
            minus(product(s, s), plus(plus(times(2, x1), x2), x3)),
            minus(product(s, minus(x1, x3)), plus(y1, y3)),
            plus(minus(product(s, x1), y1), intercept),
        )
        for place, side in enumerate(sides):
            for k in range(2):
                self.set_balanced(f"quotient_{2 * place + k}", side[k] // self.double)
        self.repair()
        self._compare_all()
        return self

    def _compared(self) -> int:
        """Of random lower limbs."""
        top = self.bits - 16
        highest, lower = 2 * (self.m >> top), 2 * (self.m >> top - 16 & 0xFFFF)
        free = self.generator.randrange(2 ** (top - 16))
        return (highest << top) + ((lower - self.generator.randrange(5, 500)) << top - 16) + free

    def _compare_all(self) -> None:
        minuend = [a + b for a, b in zip(self.digits("x2_0"), self.digits("y1_0"), strict=True)]
        subtrahend = self.digits("x1_0")
        for name in OUTPUTS:
            bytes_of = self.digits(name) if name not in IN_LIMBS else spread(self.digits(name))
            self._mark(name, bytes_of)
        self._mark("minuend_of_the_run", minuend)
        self._mark("subtrahend_of_the_run", subtrahend)
        self.weigh([a - b for a, b in zip(minuend, subtrahend, strict=True)])
        weights = self.digits("the_run_is_not_zero_weight")
        self.set({f"the_run_is_not_zero_weight_{i}": 2 * weight for i, weight in enumerate(weights)})

    def _mark(self, name: str, digits: Sequence[int]) -> None:
        top = self.bits // 16 - 1
        given, limit = ([n[2 * i] + 256 * n[2 * i + 1] for i in range(top + 1)] for n in (digits, self.modulus_digits))
        marks = {f"{name}_is_reduced_decided_by_limb_{i}": int(i >= top - 1) for i in range(top + 1)}
        self.set({**marks, f"{name}_is_reduced_distance": limit[top - 1] - given[top - 1] - 2})
