"""Provers that lie in a row of 256-bit integers, and compute all that depends on the lie anew, from the documented
equations."""

from __future__ import annotations

from precompiles.uint256.reference import PRODUCTS, SUMS
from tests.precompiles.shared.forged import ForgedRow, spread
from tests.precompiles.uint256.calls import Case, module_of, rows

LIMBS = 16


class SumRow(ForgedRow):
    """An honest row of a sum, at first."""

    def __init__(self, case: Case) -> None:
        super().__init__(module_of(case[0]).table, rows([case])[:, 0], 256, 2**256, ("x", "result", "y"))

    def become(self, operation: str) -> SumRow:
        """A row of another call."""
        return self.set({f"is_uint256_{other}": int(other == operation) for other in SUMS})

    def repair(self) -> SumRow:
        """The carries anew, as if each limb were right."""
        add, subtract, compare = (self[f"is_uint256_{operation}"] for operation in SUMS)
        for i in range(LIMBS):
            change = (add - subtract - compare) * (self[f"x_{i}"] - self[f"result_{i}"])
            self.set({f"carry_{i + 1}": (self[f"y_{i}"] + self[f"carry_{i}"] + change) >> 16})
        return self


class ProductRow(ForgedRow):
    """An honest row of a product or a quotient, at first."""

    def __init__(self, case: Case) -> None:
        limbs = ("x_before", "x_after", "z_before", "z_after")
        super().__init__(module_of(case[0]).table, rows([case])[:, 0], 256, 2**256, limbs)
        self.operation = case[0]

    def become(self, operation: str) -> ProductRow:
        """A row of another call."""
        return self.set({f"is_uint256_{other}": int(other == operation) for other in PRODUCTS})

    def set_results(self, x: int, z: int) -> ProductRow:
        """What stands after the call, and the first factor where that is the quotient."""
        self.set_number("x_after", x).set_number("z_after", z)
        return self.set_number("factor", x) if self["is_uint256_divide"] else self

    def set_divisor(self, y: int) -> ProductRow:
        return self.set_number("y", y)

    def repair(self) -> ProductRow:
        """Carries and comparison anew, as if everything were divisible, and what is to be less were less."""
        multiply, multiply_add = (self[f"is_uint256_{operation}"] for operation in PRODUCTS[:2])
        forward, divides = multiply + multiply_add, self["divides"]
        x, new_x, z, new_z = (spread(self.digits(n)) for n in ("x_before", "x_after", "z_before", "z_after"))
        terms = [
            (1, self.digits("factor"), self.digits("y")),
            (multiply_add, z),
            (divides, new_z),
            (-forward, new_x),
            (-divides, x),
            (-forward, [0] * 32 + new_z),
        ]
        self.carry("equation", terms, 2)
        return self.decide_below(max((i for i, d in enumerate(self._to_divisor()) if d), default=0))

    def decide_below(self, limb: int) -> ProductRow:
        """The comparison, by a limb of the prover's choice."""
        divides, differences = self["divides"], self._to_divisor()
        marks = {f"rest_is_less_decided_by_limb_{i}": divides * int(i == limb) for i in range(LIMBS)}
        return self.set({**marks, "rest_is_less_distance": divides * (differences[limb] - 1)})

    def _to_divisor(self) -> list[int]:
        y, rest = self.digits("y"), self.digits("z_after")
        return [y[2 * i] + 256 * y[2 * i + 1] - rest[i] for i in range(LIMBS)]
