"""Polynomial expressions over the columns of one row: what constraints and bus messages are made of.

An `Expression` is an immutable tree over the base field F (KoalaBear). Leaves are constants, columns of the row, and
*keys*: closed-form multilinear functions of the row number that nobody commits (lookup tables have them).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from core_vm.errors import TableDefinitionError
from core_vm.field.koalabear import P, inverse

Kind = Literal["constant", "column", "key", "add", "subtract", "multiply"]


@dataclass(slots=True, eq=False)
class Expression:
    """One node. `value` is the constant, or the column's or key's number; `degree` counts columns, keys included.
    `form` is for `affine`, which remembers there what it has found.

    Never changed once made. A frozen dataclass would see to that, and take three times as long to make each of the tens
    of thousands that every start makes.
    """

    kind: Kind
    value: int = 0
    left: Expression | None = None
    right: Expression | None = None
    degree: int = 0
    form: Affine | None = None

    def __add__(self, other: Expression | int) -> Expression:
        return _add(self, as_expression(other))

    def __radd__(self, other: int) -> Expression:
        return _add(as_expression(other), self)

    def __sub__(self, other: Expression | int) -> Expression:
        return _subtract(self, as_expression(other))

    def __rsub__(self, other: int) -> Expression:
        return _subtract(as_expression(other), self)

    def __mul__(self, other: Expression | int) -> Expression:
        return _multiply(self, as_expression(other))

    def __rmul__(self, other: int) -> Expression:
        return _multiply(as_expression(other), self)

    def __neg__(self) -> Expression:
        return _subtract(constant(0), self)

    def __truediv__(self, divisor: int) -> Expression:
        """Division by a nonzero constant of F: multiplication by its inverse modulo P."""
        return _multiply(self, constant(inverse(divisor % P)))

    def __repr__(self) -> str:
        return format_expression(self, lambda number: f"c{number}", lambda number: f"k{number}")


def constant(value: int) -> Expression:
    return Expression("constant", value % P)


def column(number: int) -> Expression:
    return Expression("column", number, degree=1)


def key(number: int) -> Expression:
    return Expression("key", number, degree=1)


def as_expression(value: Expression | int) -> Expression:
    return value if isinstance(value, Expression) else constant(value)


def _add(a: Expression, b: Expression) -> Expression:
    if a.kind == "constant":
        if b.kind == "constant":
            return constant(a.value + b.value)
        if not a.value:
            return b
    elif b.kind == "constant" and not b.value:
        return a
    return Expression("add", 0, a, b, max(a.degree, b.degree))


def _subtract(a: Expression, b: Expression) -> Expression:
    if b.kind == "constant":
        if a.kind == "constant":
            return constant(a.value - b.value)
        if not b.value:
            return a
    return Expression("subtract", 0, a, b, max(a.degree, b.degree))


def _multiply(a: Expression, b: Expression) -> Expression:
    if a.kind == "constant":
        if b.kind == "constant":
            return constant(a.value * b.value)
        if a.value < 2:
            return b if a.value else a
    elif b.kind == "constant" and b.value < 2:
        return a if b.value else b
    return Expression("multiply", 0, a, b, a.degree + b.degree)


@dataclass(frozen=True, slots=True)
class Affine:
    """constant + sum of columns[c] * column c + sum of keys[k] * key k, coefficients in [0, P)."""

    constant: int
    columns: dict[int, int]
    keys: dict[int, int]

    @property
    def is_constant(self) -> bool:
        return not self.columns and not self.keys

    def times(self, factor: int) -> Affine:
        """The form times a constant of F."""
        columns, keys = ({c: k * factor for c, k in terms.items()} for terms in (self.columns, self.keys))
        return Affine(self.constant * factor % P, _reduced(columns), _reduced(keys))

    def plus(self, other: Affine) -> Affine:
        columns, keys = dict(self.columns), dict(self.keys)
        for mine, theirs in ((columns, other.columns), (keys, other.keys)):
            for number, factor in theirs.items():
                mine[number] = mine.get(number, 0) + factor
        return Affine((self.constant + other.constant) % P, _reduced(columns), _reduced(keys))


def affine(expression: Expression) -> Affine:
    """The affine form of an expression. Raises TableDefinitionError if it multiplies columns with one another."""
    if expression.form is None:
        expression.form = Affine(0, {expression.value: 1}, {}) if expression.kind == "column" else _affine(expression)
    return expression.form


def _affine(expression: Expression) -> Affine:
    """Terms from left to right."""
    total, columns, keys = 0, dict[int, int](), dict[int, int]()
    pending = [(expression, 1)]
    while pending:
        part, factor = pending.pop()
        kind, left, right = part.kind, part.left, part.right
        if left is None or right is None:
            if kind == "constant":
                total += factor * part.value
            else:
                terms = columns if kind == "column" else keys
                terms[part.value] = terms.get(part.value, 0) + factor
        elif kind != "multiply":
            pending.append((right, factor if kind == "add" else -factor))
            pending.append((left, factor))
        else:
            scalar, other = _scalar_times(part, left, right)
            pending.append((other, factor * scalar % P))
    return Affine(total % P, _reduced(columns), _reduced(keys))


def _scalar_times(product: Expression, left: Expression, right: Expression) -> tuple[int, Expression]:
    """The constant factor of a product, and the other one."""
    if left.kind == "constant":
        return left.value, right
    if right.kind == "constant":
        return right.value, left
    if affine(left).is_constant:
        return affine(left).constant, right
    if affine(right).is_constant:
        return affine(right).constant, left
    raise TableDefinitionError(f"expected an affine expression, got a product of columns: {product!r}")


def _reduced(terms: dict[int, int]) -> dict[int, int]:
    return {number: value % P for number, value in terms.items() if value % P}


def evaluate(
    expression: Expression,
    columns: Sequence[int],
    keys: Sequence[int] = (),
    known: dict[Expression, int] | None = None,
) -> int:
    """The value on one row of canonical integers: the definition that every faster interpreter is tested against.

    `known` takes the values of all parts, for further expressions of the same row that share some.
    """
    known = {} if known is None else known
    if expression in known:
        return known[expression]
    kind = expression.kind
    if kind == "constant":
        return expression.value
    if kind == "column":
        return columns[expression.value] % P
    if kind == "key":
        return keys[expression.value] % P
    assert expression.left is not None
    assert expression.right is not None
    a, b = evaluate(expression.left, columns, keys, known), evaluate(expression.right, columns, keys, known)
    value = a + b if kind == "add" else a - b if kind == "subtract" else a * b
    known[expression] = value % P
    return known[expression]


_SYMBOLS = {"add": "+", "subtract": "-", "multiply": "*"}


def format_expression(
    expression: Expression,
    column_name: Callable[[int], str],
    key_name: Callable[[int], str],
    known: dict[Expression, str] | None = None,
) -> str:
    """Readable text, also the canonical form that enters the machine digest. Constants above P/2 print as negative.

    `known` takes the texts of all parts, for further expressions over the same names that share some.
    """
    known = {} if known is None else known
    if expression in known:
        return known[expression]
    if expression.kind == "constant":
        value = expression.value
        return str(value if value <= P // 2 else value - P)
    if expression.kind == "column":
        return column_name(expression.value)
    if expression.kind == "key":
        return key_name(expression.value)
    assert expression.left is not None
    assert expression.right is not None
    left = format_expression(expression.left, column_name, key_name, known)
    right = format_expression(expression.right, column_name, key_name, known)
    known[expression] = f"({left} {_SYMBOLS[expression.kind]} {right})"
    return known[expression]
