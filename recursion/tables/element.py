"""Elements of K over whatever adds and multiplies: expressions where a table is declared, columns where it is filled.

K = F[X] / (X^5 + X^2 - 1), the constant first. A formula that a constraint states and a fill computes is written once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core_vm.field.extension import DEGREE

Scalar = Any
"""An element of F: an `Expression`, the `ColumnValues` of a column, or an integer."""


@dataclass(frozen=True, slots=True)
class Element:
    """Adds and multiplies as `core_vm.field.extension.K` does; scalars stand for elements of F."""

    coefficients: tuple[Scalar, ...]

    @staticmethod
    def of(values: Sequence[Scalar]) -> Element:
        """The element of these coefficients, up to five; the others are zero."""
        return Element((*values, *[0] * (DEGREE - len(values))))

    def __add__(self, other: Element | Scalar) -> Element:
        other = lifted(other)
        return Element(tuple(a + b for a, b in zip(self.coefficients, other.coefficients, strict=True)))

    def __sub__(self, other: Element | Scalar) -> Element:
        other = lifted(other)
        return Element(tuple(a - b for a, b in zip(self.coefficients, other.coefficients, strict=True)))

    def __mul__(self, other: Element | Scalar) -> Element:
        if isinstance(other, Element):
            return self._times(other)
        return Element(tuple(a * other for a in self.coefficients))

    def _times(self, other: Element) -> Element:
        """Schoolbook; then X^5 = 1 - X^2 takes down the high coefficients, from the highest on."""
        product: list[Scalar] = [0] * (2 * DEGREE - 1)
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(other.coefficients):
                product[i + j] = product[i + j] + a * b
        for k in reversed(range(DEGREE, 2 * DEGREE - 1)):
            product[k - DEGREE] = product[k - DEGREE] + product[k]
            product[k - DEGREE + 2] = product[k - DEGREE + 2] - product[k]
        return Element(tuple(product[:DEGREE]))


def lifted(value: Element | Scalar) -> Element:
    """An element of K for what may be one of F."""
    return value if isinstance(value, Element) else Element.of([value])
