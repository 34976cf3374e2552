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
        super().__init__(module_of(case[0]).table, rows([case])[:, 0], 256, 2**256, ("x_before", "x_after", "y"))

    def become(self, operation: str) -> SumRow:
        """A row of another call."""
        return self.set({f"is_uint256_{other}": int(other == operation) for other in SUMS})

    def repair(self) -> SumRow:
        """The carries anew, as if each limb were right; of a comparison, the limb that decides."""
        add, subtract, compare = (self[f"is_uint256_{operation}"] for operation in SUMS)
        if compare:
            return self.decide_by(max((i for i in range(1, LIMBS) if self._difference(i)), default=0))
        for i in range(LIMBS):
            change = (add - subtract) * (self[f"x_before_{i}"] - self[f"x_after_{i}"])
            self.set({f"carry_{i + 1}": (self[f"y_{i}"] + self[f"carry_{i}"] + change) >> 16})
        return self.set({"distance": self._distance()})

    def decide_by(self, limb: int) -> SumRow:
        """The comparison, by a limb of the prover's choice; what is borrowed as that limb says."""
        self.set({f"carry_{i}": int(i == limb) for i in range(1, LIMBS)})
        self.set({f"carry_{LIMBS}": int(self._difference(limb) + (not limb) * self["carry_0"] > 0)})
        return self.claim(self[f"carry_{LIMBS}"])

    def claim(self, borrow: int) -> SumRow:
        """That so much is borrowed, whatever decides."""
        self.set({f"carry_{LIMBS}": borrow})
        return self.set({"distance": self._distance()})

    def _difference(self, limb: int) -> int:
        return self[f"y_{limb}"] - self[f"x_before_{limb}"]

    def _distance(self) -> int:
        """Of the marked limbs, as the table's constraint has it."""
        marks, borrow = {i: self[f"carry_{i}"] for i in range(1, LIMBS)}, self[f"carry_{LIMBS}"]
        marked, lowest = sum(marks.values()), self._difference(0) + self["carry_0"]
        difference = sum(mark * self._difference(i) for i, mark in marks.items()) + (1 - marked) * lowest
        return borrow * (2 * difference - 1 + marked) - difference - marked


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
