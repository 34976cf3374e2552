"""Leading forms: the part of highest degree of a polynomial.

Along a line of rows, low + X (high - low), a constraint of degree 3 is a cubic in X whose leading coefficient is the
constraint's cubic part alone, at high - low: a point "at infinity" that is cheaper to evaluate at than any other, as
terms of degree 1 and 2, and whole constraints of degree 2, count for nothing there.
"""

from __future__ import annotations

from core_vm.air.expression import Expression, constant


class LeadingForms:
    """Remembers what it has computed, so that shared subexpressions stay shared."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Expression, Expression]] = {}

    def of(self, expression: Expression, degree: int) -> Expression:
        """The homogeneous part of `degree`, which is at least the expression's own: zero where it is more."""
        if expression.degree < degree:
            return constant(0)
        if expression.kind in ("constant", "column", "key"):
            return expression
        at = (id(expression), degree)
        if at not in self._known:
            self._known[at] = (expression, self._of_operation(expression, degree))  # kept alive: its id stays its own
        return self._known[at][1]

    def _of_operation(self, expression: Expression, degree: int) -> Expression:
        left, right = expression.left, expression.right
        assert left is not None
        assert right is not None
        if expression.kind == "multiply":
            return self.of(left, left.degree) * self.of(right, right.degree)
        if expression.kind == "add":
            return self.of(left, degree) + self.of(right, degree)
        return self.of(left, degree) - self.of(right, degree)
