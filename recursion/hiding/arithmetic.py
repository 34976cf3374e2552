"""The verifier's arithmetic on masked values: what must hold is written down, and checked later, all of it together.

An equation between masked values is a linear equation in committed elements. The verifier cannot look whether it holds,
so it keeps it; a challenge drawn after the last message batches all of them with the opened claim (`weights`). Values
that are not masked are treated as `Numbers` treats them, and checked at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core_vm.errors import Rejection, UsageError
from core_vm.field.extension import K
from core_vm.transcript.numbers import Numbers
from recursion.hiding.masked import Masked, combination


class MaskedArithmetic(Numbers):
    """`transcript.Arithmetic` on masked values and numbers. `equations` are the values that must be zero."""

    def __init__(self) -> None:
        self.equations: list[Masked] = []

    def require_zero(self, value: Any, rejection: Rejection) -> None:
        if isinstance(value, Masked):
            self.equations.append(value)
        else:
            super().require_zero(value, rejection)

    def require_equal(self, a: Any, b: Any, rejection: Rejection) -> None:
        self.require_zero(a - b, rejection)

    def require_nonzero(self, value: Any, rejection: Rejection) -> None:
        """No equation says that a masked value is not zero: UsageError. The verifier asks it of numbers alone."""
        if isinstance(value, Masked):
            raise UsageError("a masked value is required to be other than zero: it has to be sent in clear")
        super().require_nonzero(value, rejection)

    def inner(self, a: Sequence[Any], b: Sequence[Any]) -> Any:
        if not _any_masked(a) and not _any_masked(b):
            return super().inner(a, b)
        linear, products = [], []
        for x, y in zip(a, b, strict=True):
            if isinstance(x, Masked) and isinstance(y, Masked):
                products.append((1, x * y))
            else:
                linear.append((x, y))
        return combination([*linear, *products])

    def sparse_inner(self, weights: Sequence[Any], values: Mapping[int, Any]) -> Any:
        return self.inner([weights[i] for i in values], list(values.values()))

    def horner(self, x: K, values: Sequence[Any]) -> Any:
        if not _any_masked(values):
            return super().horner(x, values)
        powers = [x]
        while len(powers) < len(values):
            powers.append(powers[-1] * x)
        return combination(zip(powers, values, strict=True))


def _any_masked(values: Sequence[Any]) -> bool:
    return any(isinstance(value, Masked) for value in values)
