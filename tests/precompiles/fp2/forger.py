"""A prover that lies in a row of Fp2, and computes all that depends on the lie anew, from the documented equations."""

from __future__ import annotations

from collections.abc import Sequence

from precompiles.fp2.calls import CALLS
from precompiles.fp2.reference import OPERATIONS, Element
from precompiles.fp2.table import fp2_module
from tests.precompiles.fp2.calls import Case, rows
from tests.precompiles.shared.forged import ForgedRow, Terms, spread

IN_LIMBS = ("r0", "r1")
GROUPS = {256: (2, 2), 384: (2, 1)}
"""Digits a carry, of each part's equation."""


class Row(ForgedRow):
    """An honest row of a call, at first."""

    def __init__(self, case: Case, result: Element | None = None) -> None:
        self.operation, self.field = case[0], case[1]
        values = rows([case], None if result is None else [result])[:, 0]
        super().__init__(fp2_module(self.field).table, values, self.field.bits, self.field.modulus, IN_LIMBS)

    def become(self, operation: str) -> Row:
        """A row of another call."""
        return self.set({f"is_{CALLS.name_of(other, self.field)}": int(other == operation) for other in OPERATIONS})

    def solve(self, errors: Sequence[int] = (0, 0)) -> Row:
        """Of the result that stands there: quotients, rounded down; each equation is wrong by its error."""
        a0, a1, b0, b1 = (self.number(name) for name in ("a0", "a1", "b0", "b1"))
        multiply, add, subtract = (self[f"is_{CALLS.name_of(operation, self.field)}"] for operation in OPERATIONS)
        linear, sign = add + subtract, add - subtract
        sides = (
            multiply * (a0 * b0 - a1 * b1) + linear * a0 + sign * b0,
            multiply * (a0 * b1 + a1 * b0) + linear * a1 + sign * b1,
        )
        for k, (side, error) in enumerate(zip(sides, errors, strict=True)):
            self.set_balanced(f"quotient_{k}", (side - self.number(f"r{k}") - error) // self.m)
        return self.repair().compare()

    def repair(self) -> Row:
        """The carries anew, as if every group were divisible."""
        for k, terms in enumerate(self._terms()):
            self.carry(f"part_{k}", terms, GROUPS[self.bits][k])
        return self

    def compare(self) -> Row:
        """The comparisons anew, of what is less."""
        return self.reduce("r0").reduce("r1")

    def _terms(self) -> list[Terms]:
        a0, a1, b0, b1 = map(self.digits, ("a0", "a1", "b0", "b1"))
        multiply, add, subtract = (self[f"is_{CALLS.name_of(operation, self.field)}"] for operation in OPERATIONS)
        products = [[(multiply, a0, b0), (-multiply, a1, b1)], [(multiply, a0, b1), (multiply, a1, b0)]]
        return [
            [
                *products[k],
                (add + subtract, (a0, a1)[k]),
                (add - subtract, (b0, b1)[k]),
                (-1, self.digits(f"quotient_{k}"), self.modulus_digits),
                (-1, spread(self.digits(f"r{k}"))),
            ]
            for k in range(2)
        ]
