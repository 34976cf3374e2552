"""A form as rows of arithmetic: `arith` computes k a b + l a + m b + n c + o, `linear` a sum of four words.

A form of n products is n rows of `arith`, each handing its value to the next as c. What is linear in a factor goes with
its product; other linear terms are summed up first, by rows of `linear` where there are many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core_vm.field.extension import K
from recursion.circuit.gadgets import TERMS_A_ROW
from recursion.circuit.lowering.forms import Form
from recursion.circuit.lowering.rows import NOTHING

ARITH_TERMS = 3
"""A row of `arith` without a product is a sum of three words, and has fewer cells than one of `linear`."""

Term = tuple[int, int]
"""A node and its factor."""


@dataclass(frozen=True)
class ArithmeticRow:
    """product * a * b + the sum of all terms + constant; `terms` are a, b, c, or the four words of `linear`."""

    table: str
    product: int
    terms: tuple[Term, ...]
    constant: int

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple("abc") if self.table == "arith" else tuple(f"x_{j}" for j in range(TERMS_A_ROW))

    def fixed(self) -> dict[str, int]:
        """Factors and constant, by the names of the table's columns."""
        factors = {f"factor_{name.removeprefix('x_')}": k for name, (_, k) in zip(self._names, self.terms, strict=True)}
        product = {"product": self.product} if self.table == "arith" else {}
        return {**factors, **product, "constant": self.constant}

    def operands(self) -> Iterator[tuple[str, int]]:
        """Name and node of each word read."""
        return ((name, node) for name, (node, _) in zip(self._names, self.terms, strict=True))

    def operand_nodes(self) -> dict[str, tuple[int, ...]]:
        """By the names of the table's operands."""
        if self.table == "arith":
            return {name: (node,) for name, node in self.operands()}
        return {"x": tuple(node for node, _ in self.terms)}

    def value(self, words: list[K]) -> K:
        """What the row computes of these words."""
        total = words[0] * words[1] * self.product + self.constant
        for word, (_, factor) in zip(words, self.terms, strict=True):
            total = total + word * factor
        return total


def rows_of_form(form: Form, first_temporary: int) -> list[ArithmeticRow]:
    """At least one row; the value of row i is node `first_temporary` + i for those after it."""
    linear = dict(form.linear)
    products = [
        (k, (x, linear.pop(x, 0)), (y, linear.pop(y, 0) if y != x else 0)) for (x, y), k in form.products.items()
    ]
    rest = list(linear.items())
    rows: list[ArithmeticRow] = []
    carried: Term = (NOTHING, 0)
    if products and len(rest) == 1:
        carried = rest.pop()
    for row in _sums(rest, first_temporary):
        rows.append(row)
        carried = (first_temporary + len(rows) - 1, 1)
    for k, a, b in products:
        rows.append(ArithmeticRow("arith", k, (a, b, carried), 0))
        carried = (first_temporary + len(rows) - 1, 1)
    if not rows:
        rows.append(ArithmeticRow("arith", 0, ((NOTHING, 0),) * 3, 0))
    return [_with_constant(rows[0], form.constant), *rows[1:]]


def _sums(terms: list[Term], first_temporary: int) -> Iterator[ArithmeticRow]:
    """Each row but the first starts with the value of the row before."""
    rest, number = terms, 0
    while rest:
        before: list[Term] = [(first_temporary + number - 1, 1)] if number else []
        is_few = len(before) + len(rest) <= ARITH_TERMS
        table, room = ("arith", ARITH_TERMS) if is_few else ("linear", TERMS_A_ROW)
        taken = [*before, *rest[: room - len(before)]]
        rest = rest[room - len(before) :]
        yield ArithmeticRow(table, 0, (*taken, *[(NOTHING, 0)] * (room - len(taken))), 0)
        number += 1


def _with_constant(row: ArithmeticRow, constant: int) -> ArithmeticRow:
    return ArithmeticRow(row.table, row.product, row.terms, constant)
