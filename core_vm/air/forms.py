"""A table's constraints with its identities as products of linear forms: what prover and verifier evaluate.

A *form* is sum over pieces, sum over k, of coefficient rho^(shift + k) digit_k, linear in the columns. With the
classes A_s of the digits at places congruent to s modulo the group g (see `identity`), a batched product of two
numbers is

    sum over s of  A_s (sum over t of  256^((s + t) mod g) rho^((s + t) div g) B_t)        g products of two forms,

numbers of one digit are factors of it, and all that is linear, the carries too, is one form. Forms count as columns
that follow those of the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

from core_vm.air.expression import Expression, affine, column, constant
from core_vm.air.identity import BASE, Identity, Number, Term, residue
from core_vm.air.table import Table
from core_vm.field.koalabear import P

MAX_LAYERS = 4
"""Pieces into which what numbers are sums of is taken apart."""
Entries = tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
"""Digits: for each its place k, and its columns with their coefficients."""


@dataclass(frozen=True, slots=True)
class Piece:
    """coefficient rho^shift sum_k rho^k digit_k."""

    coefficient: int
    shift: int
    entries: Entries


Form = tuple[Piece, ...]
FEW = 3
"""Numbers that have, on average, so many digits are worth a product each."""


@dataclass(frozen=True, slots=True)
class Formed:
    """`plain`: the constraints that belong to no whole identity, by number. `products`: the others, each identity as
    one value at the number of its first constraint, over the forms as columns 0, 1, .."""

    plain: tuple[tuple[int, Expression], ...]
    forms: tuple[Form, ...]
    products: tuple[tuple[int, Expression], ...]


def formed(table: Table) -> Formed:
    """An identity of which the table lacks a constraint is taken constraint by constraint."""
    forms: dict[Form, int] = {}
    whole = dict(_whole_identities(table))
    products = [(first, _batched(identity, forms)) for first, identity in whole.items()]
    covered = {first + place for first, identity in whole.items() for place in range(identity.num_constraints)}
    plain = [(n, c.expression) for n, c in enumerate(table.constraints) if n not in covered]
    return Formed(tuple(plain), tuple(forms), tuple(products))


def _whole_identities(table: Table) -> Iterator[tuple[int, Identity]]:
    """Those of which all constraints follow one another, with the number of the first one."""
    for first, constraint in enumerate(table.constraints):
        identity = constraint.identity
        if identity is None or constraint.place:
            continue
        following = table.constraints[first : first + identity.num_constraints]
        if [(c.identity, c.place) for c in following] == [(identity, k) for k in range(identity.num_constraints)]:
            yield first, identity


def _batched(identity: Identity, forms: dict[Form, int]) -> Expression:
    """sum_i rho^i times constraint i, over the forms, which are added to `forms`."""
    carries = dict(enumerate(identity.carries))
    linear = [*_pieces(carries, 1, 1), *_pieces(carries, P - BASE**identity.group, 0)] if carries else []
    total: Expression = constant(0)
    for term in identity.terms:
        if len(term.numbers) == 1:
            linear += _shifted(term.numbers[0], 0, identity.group, term.factor)
        else:
            total = total + _product(term, identity.group, forms)
    return total + _place(tuple(linear), forms) if linear else total


def _product(term: Term, group: int, forms: dict[Form, int]) -> Expression:
    """The factor belongs to the first form."""
    scalars = [number for number in term.numbers if len(number) == 1]
    numbers = [number for number in term.numbers if len(number) > 1]
    first = [_place(tuple(_pieces({0: number[0]}, 1, 0)), forms) for number in scalars]
    if len(numbers) < 2:
        rest = [_place(tuple(_shifted(number, 0, group, term.factor)), forms) for number in numbers]
        return prod([*first, *rest], start=constant(1)) * (1 if numbers else term.factor)
    a, b = numbers
    total: Expression = constant(0)
    for s in range(group):
        of_a = residue(a, s, group)
        if of_a:
            other = _place(tuple(_shifted(b, s, group, 1)), forms)
            total = total + _place(tuple(_pieces(of_a, term.factor % P, 0)), forms) * other
    return prod(first, start=constant(1)) * total


def _shifted(number: Number, s: int, group: int, factor: int) -> list[Piece]:
    """sum over t of 256^((s + t) mod group) rho^((s + t) div group) times the class t."""
    found: list[Piece] = []
    for t in range(group):
        coefficient, shift = factor * BASE ** ((s + t) % group) % P, (s + t) // group
        found += _pieces(residue(number, t, group), coefficient, shift)
    return found


def _place(form: Form, forms: dict[Form, int]) -> Expression:
    return column(forms.setdefault(form, len(forms)))


def _pieces(digits: dict[int, Expression], coefficient: int, shift: int) -> list[Piece]:
    """One; of sums of numbers, digit by digit, one of each, since the same number may stand in another form, too. What
    columns have the same coefficient in their digits is taken for a number."""
    layers: dict[tuple[int, int], list[tuple[int, tuple[tuple[int, int], ...]]]] = {}
    forms = {k: sorted(affine(digit).columns.items()) for k, digit in digits.items()}
    for k, columns in forms.items():
        seen = Counter[int]()
        for c, factor in columns:
            layers.setdefault((factor, seen[factor]), []).append((k, ((c, 1),)))
            seen[factor] += 1
    if len(layers) > MAX_LAYERS:
        return [Piece(coefficient, shift, tuple((k, tuple(columns)) for k, columns in forms.items()))]
    return [Piece(coefficient * factor % P, shift, tuple(entries)) for (factor, _), entries in layers.items()]


def moved(expression: Expression, offset: int) -> Expression:
    """The same of columns whose numbers are larger by `offset`."""
    if expression.kind == "column":
        return column(expression.value + offset)
    if expression.left is None or expression.right is None:
        return expression
    left, right = moved(expression.left, offset), moved(expression.right, offset)
    return left + right if expression.kind == "add" else left - right if expression.kind == "subtract" else left * right


def highest_power(forms: Sequence[Form]) -> int:
    """Of rho in any of the forms."""
    return max((piece.shift + k for form in forms for piece in form for k, _ in piece.entries), default=0)


class OfRho(Protocol):
    """What forms need of the point that stands for a digit's weight."""

    def power(self, exponent: int, /) -> Any:
        """rho^exponent."""
        ...

    def inner(self, values: dict[int, Any], /) -> Any:
        """sum over k, at least one, of values[k] rho^k."""
        ...

    def number(self, digits: tuple[tuple[int, int], ...], /) -> Any:
        """The same for whole numbers: pairs of k and a number."""
        ...


def evaluate_forms(forms: Sequence[Form], of_rho: OfRho, columns: Sequence[Any]) -> list[Any]:
    """The value of each form.

    What forms have in common, but for coefficient and shift, is computed once. Digits of a few columns, each times
    digits of a number that is always the same (a modulus, if the row is real), are the columns times such numbers.
    """
    known: dict[Entries, Any] = {}

    def of_entries(entries: Entries) -> Any:
        numbers = _constant_numbers(entries)
        if FEW * len(numbers) <= sum(len(digit) for _, digit in entries):
            return _sum([columns[c] * of_rho.number(tuple(digits)) for c, digits in numbers.items()])
        return of_rho.inner({k: _linear(digit, columns) for k, digit in entries})

    def value_of(piece: Piece) -> Any:
        if piece.entries not in known:
            known[piece.entries] = of_entries(piece.entries)
        value = known[piece.entries]
        value = value * of_rho.power(piece.shift) if piece.shift else value
        return value if piece.coefficient == 1 else value * piece.coefficient

    return [_sum([value_of(piece) for piece in form]) for form in forms]


def _constant_numbers(entries: Entries) -> dict[int, list[tuple[int, int]]]:
    """For each column its coefficients: pairs of a digit's place and the coefficient there."""
    found: dict[int, list[tuple[int, int]]] = {}
    for k, digit in entries:
        for c, coefficient in digit:
            found.setdefault(c, []).append((k, coefficient))
    return found


def _linear(digit: tuple[tuple[int, int], ...], columns: Sequence[Any]) -> Any:
    return _sum([columns[c] if coefficient == 1 else columns[c] * coefficient for c, coefficient in digit])


def _sum(values: Sequence[Any]) -> Any:
    return sum(values[1:], values[0])


def form_terms(form: Form) -> Iterator[tuple[int, int, int]]:
    """The same form as (column, power of rho, coefficient), some columns several times."""
    for piece in form:
        for k, digit in piece.entries:
            for c, coefficient in digit:
                yield c, piece.shift + k, piece.coefficient * coefficient % P
