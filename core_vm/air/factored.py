"""Sums of products of three columns with common factors taken out, for whoever pays most for products.

The exclusive-or of a word with rotations of itself is, in signs, a sum by Horner's rule in powers of two whose terms
are products of three columns, and every column is in several of them. x y z + 2^k x v w is x (y z + 2^k v w), three
products in place of four. Over K a product costs three times what scaling a value does; over F there is nothing to be
gained. The value is the same, so only the prover's kernels know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core_vm.air.expression import Expression

Term = tuple[int, Expression]
"""A power of two, by its exponent, and what it is multiplied with."""


class Factoring:
    """Remembers what it has rewritten, so that shared subexpressions stay shared."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Expression, Expression]] = {}

    def of(self, expression: Expression) -> Expression:
        """An expression of the same value; the same one where there is nothing to take out."""
        left, right = expression.left, expression.right
        if left is None or right is None:
            return expression
        if id(expression) not in self._known:
            chain = _chain(expression)
            pairs = _pairs({exponent: _factors(term) for exponent, term in chain})
            found = _rebuilt(chain, pairs) if pairs else self._of_parts(expression, left, right)
            self._known[id(expression)] = (expression, found)  # kept alive: its id stays its own
        return self._known[id(expression)][1]

    def _of_parts(self, expression: Expression, left: Expression, right: Expression) -> Expression:
        new_left, new_right = self.of(left), self.of(right)
        if new_left is left and new_right is right:
            return expression
        operations: dict[str, Callable[[Expression, Expression], Expression]] = {
            "add": Expression.__add__,
            "subtract": Expression.__sub__,
            "multiply": Expression.__mul__,
        }
        return operations[expression.kind](new_left, new_right)


def _chain(expression: Expression) -> list[Term]:
    """The terms of a sum by Horner's rule in powers of two, lowest exponent first: one where it is none."""
    terms = list[Term]()
    while expression.kind == "add" and expression.left is not None and expression.right is not None:
        doubled = _half(expression.left)
        if doubled is None:
            break
        terms.append((len(terms), expression.right))
        expression = doubled
    return [*terms, (len(terms), expression)]


def _half(expression: Expression) -> Expression | None:
    """x, if the expression is x * 2."""
    right = expression.right
    if expression.kind == "multiply" and right is not None and right.kind == "constant" and right.value == 2:
        return expression.left
    return None


def _factors(term: Expression) -> tuple[Expression, ...]:
    """Of a product of columns, in any order of multiplication; none for anything else."""
    if term.kind == "column":
        return (term,)
    if term.kind != "multiply" or term.left is None or term.right is None:
        return ()
    left, right = _factors(term.left), _factors(term.right)
    return left + right if left and right else ()


def _pairs(factors: dict[int, tuple[Expression, ...]]) -> list[tuple[int, int]]:
    """Exponents (low, high) of pairs of products of three different columns that share one, no exponent in two.

    Whoever has the fewest partners left chooses first.
    """
    columns = {e: {factor.value for factor in of_term} for e, of_term in factors.items() if len(of_term) == 3}
    columns = {e: values for e, values in columns.items() if len(values) == 3}
    partners = {e: {f for f in columns if f != e and columns[e] & columns[f]} for e in columns}
    pairs = list[tuple[int, int]]()
    while any(partners.values()):
        one = min((e for e in partners if partners[e]), key=lambda e: (len(partners[e]), e))
        other = min(partners[one], key=lambda e: (len(partners[e]), abs(e - one)))
        pairs.append((min(one, other), max(one, other)))
        for gone in (one, other):
            del partners[gone]
            for left in partners.values():
                left.discard(gone)
    return pairs


def _rebuilt(chain: Sequence[Term], pairs: Sequence[tuple[int, int]]) -> Expression:
    terms = dict(chain)
    for low, high in pairs:
        terms[low] = _joined(_factors(terms[low]), _factors(terms.pop(high)), high - low)
    at, *others = sorted(terms, reverse=True)
    total = terms[at]
    for exponent in others:
        total, at = _times_power_of_two(total, at - exponent) + terms[exponent], exponent
    return _times_power_of_two(total, at)


def _joined(low: Sequence[Expression], high: Sequence[Expression], shift: int) -> Expression:
    """The product of `low` plus 2^shift times that of `high`, which share a column."""
    numbers = {factor.value for factor in low} & {factor.value for factor in high}
    shared = next(factor for factor in low if factor.value in numbers)
    (x, y), (v, w) = ([factor for factor in factors if factor.value != shared.value] for factors in (low, high))
    return shared * (_times_power_of_two(v * w, shift) + x * y)


def _times_power_of_two(value: Expression, exponent: int) -> Expression:
    """Two doublings, of which the last joins the addition that follows, cost less than a scaling, three do not."""
    if exponent > 2:
        return value * 2**exponent
    for _ in range(exponent):
        value = value * 2
    return value
