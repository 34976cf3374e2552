"""Identities between big integers, as consecutive constraints that are products of linear forms together.

A number is a list of digits d_0, d_1, .. with value sum d_k 256^k; a term is a factor times a product of numbers. The
sum of all terms is zero over the integers: its coefficients at 256^k, `group` at a time, are carried on from
constraint to constraint. With G_i the i-th group of coefficients, weighed by powers of 256, constraint i is

    G_i + carry_(i-1) - 256^group carry_i = 0        (no carry into the first one, none out of the last one).

Whoever batches constraints with consecutive powers of rho needs none of them: put rho for 256^group. With A_s(rho) =
sum_k rho^k a_(group k + s), the coefficients of a product A B .. of numbers, grouped and batched, are

    sum over residues s, t, .. of  256^((s + t + ..) mod group) rho^((s + t + ..) div group) A_s(rho) B_t(rho) ..

and the carries are (rho - 256^group) c(rho). That is the same polynomial, from a few products instead of hundreds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

from core_vm.air.expression import Expression, affine, constant
from core_vm.errors import TableDefinitionError

BASE = 256
MAX_GROUP = 2

Number = tuple[Expression, ...]
"""Digits, lowest first: affine expressions of columns without a constant part; a constant zero where there is none."""


@dataclass(frozen=True, slots=True)
class Term:
    """`factor` times the product of the numbers."""

    factor: int
    numbers: tuple[Number, ...]


@dataclass(frozen=True, eq=False)
class Identity:
    """The terms, and the carries: one fewer than there are constraints. `group` coefficients are in a constraint.

    Raises TableDefinitionError if a digit is not affine, or the terms need more constraints than there are.
    """

    terms: tuple[Term, ...]
    carries: tuple[Expression, ...]
    group: int = MAX_GROUP

    def __post_init__(self) -> None:
        if not 1 <= self.group <= MAX_GROUP:
            raise TableDefinitionError(f"an identity of {self.group} digits a carry; expected 1 to {MAX_GROUP}")
        digits = [digit for term in self.terms for number in term.numbers for digit in number]
        forms = [affine(digit) for digit in (*digits, *self.carries) if digit.kind != "column"]
        if any(form.constant or form.keys for form in forms):
            raise TableDefinitionError("the digits of an identity are affine in the columns, without a constant")
        if any(sum(len(number) > 1 for number in term.numbers) > 2 for term in self.terms):
            raise TableDefinitionError("a term of an identity has at most two numbers of several digits")
        if self.num_coefficients > self.group * self.num_constraints:
            raise TableDefinitionError(
                f"an identity of {self.num_coefficients} coefficients has {self.num_constraints} constraints of "
                f"{self.group}"
            )

    @property
    def num_coefficients(self) -> int:
        return max(sum(len(number) - 1 for number in term.numbers) + 1 for term in self.terms)

    @property
    def num_constraints(self) -> int:
        return len(self.carries) + 1

    @property
    def degree(self) -> int:
        return max(len(term.numbers) for term in self.terms)

    @cached_property
    def constraints(self) -> tuple[Expression, ...]:
        """The constraints one by one, in the order in which they are batched. Expanded when they are asked for: they
        are long, and neither prover nor verifier needs them."""
        coefficients = self._coefficients()
        expanded: list[Expression] = []
        before: Expression = constant(0)
        for i in range(self.num_constraints):
            group = coefficients[self.group * i : self.group * (i + 1)]
            total = sum((c * BASE**k for k, c in enumerate(group[1:], 1)), group[0] if group else constant(0))
            after = self.carries[i] if i < len(self.carries) else constant(0)
            expanded.append(total + before - after * BASE**self.group)
            before = after
        return tuple(expanded)

    def describe(self, show: Callable[[Expression], str]) -> str:
        """All that the constraints follow from, as canonical text."""

        def listed(digits: Sequence[Expression]) -> str:
            return f"[{', '.join(map(show, digits))}]"

        terms = (" x ".join([str(term.factor), *map(listed, term.numbers)]) for term in self.terms)
        return f"{self.group} digits a carry, carries {listed(self.carries)}, zero is {' + '.join(terms)}"

    def _coefficients(self) -> list[Expression]:
        found: list[list[Expression]] = [[] for _ in range(self.num_coefficients)]
        for term in self.terms:
            for places in product(*(range(len(number)) for number in term.numbers)):
                digits = [number[k] for number, k in zip(term.numbers, places, strict=True)]
                if not any(map(_is_absent, digits)):
                    found[sum(places)].append(prod(digits, start=constant(1)) * term.factor)
        return [_total(terms) for terms in found]


def _total(terms: Sequence[Expression]) -> Expression:
    """By halves: a sum of a thousand, one after the other, would be too deep for what walks down expressions."""
    if len(terms) < 2:
        return terms[0] if terms else constant(0)
    middle = len(terms) // 2
    return _total(terms[:middle]) + _total(terms[middle:])


def residue(number: Sequence[Expression], s: int, group: int) -> dict[int, Expression]:
    """The digits at places congruent to s: for each k what stands at group k + s, zeros left out."""
    return {k: digit for k, digit in enumerate(number[s::group]) if not _is_absent(digit)}


def _is_absent(digit: Expression) -> bool:
    return digit.kind == "constant" and not digit.value
