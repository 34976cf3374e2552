"""Elements of K as five expressions over the columns of a row: K = F[X] / (X^5 + X^2 - 1), the constant first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core_vm.air.expression import Expression, as_expression
from core_vm.field.extension import DEGREE

Scalar = Expression | int


@dataclass(frozen=True, slots=True)
class Element:
    """Adds and multiplies as `core_vm.field.extension.K` does; expressions and integers stand for elements of F."""

    coefficients: tuple[Expression, ...]

    @staticmethod
    def of(values: Sequence[Scalar]) -> Element:
        """The element of these coefficients, up to five; the others are zero."""
        padded = [*values, *[0] * (DEGREE - len(values))]
        return Element(tuple(as_expression(value) for value in padded))

    def __add__(self, other: Element | Scalar) -> Element:
        other = lifted(other)
        return Element(tuple(a + b for a, b in zip(self.coefficients, other.coefficients, strict=True)))

    def __sub__(self, other: Element | Scalar) -> Element:
        other = lifted(other)
        return Element(tuple(a - b for a, b in zip(self.coefficients, other.coefficients, strict=True)))

    def __rsub__(self, other: Scalar) -> Element:
        return lifted(other) - self

    def __mul__(self, other: Element | Scalar) -> Element:
        if isinstance(other, Element):
            return self._times(other)
        return Element(tuple(a * other for a in self.coefficients))

    def _times(self, other: Element) -> Element:
        """Schoolbook; then X^5 = 1 - X^2 takes down the high coefficients, from the highest on."""
        product = [as_expression(0)] * (2 * DEGREE - 1)
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(other.coefficients):
                product[i + j] = product[i + j] + a * b
        for k in reversed(range(DEGREE, 2 * DEGREE - 1)):
            product[k - DEGREE] = product[k - DEGREE] + product[k]
            product[k - DEGREE + 2] = product[k - DEGREE + 2] - product[k]
        return Element(tuple(product[:DEGREE]))

    __radd__, __rmul__ = __add__, __mul__


def lifted(value: Element | Scalar) -> Element:
    """An element of K for what may be one of F."""
    return value if isinstance(value, Element) else Element.of([value])
