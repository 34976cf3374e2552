"""How often a row sends a message: at most once, by the constraints of the row alone.

The buses are balanced in F. That is a balance of integers only if every multiplicity is 0, 1 or -1, and there are fewer
messages than p. So a multiplicity is made of columns that a constraint makes bits, and the other constraints on bits
leave it no other value. Exempt are receives that are declared as counted: they receive what is true whoever asks.

On a permutation bus a message is a factor of what is sent, or of what is received, and it is there by a bit: so a send
has 0 or 1, a receive 0 or -1, and nothing is exempt.

What a fixed column adds to a multiplicity is no prover's choice but the verifying key's, and it may be any number: how
often a value is read. There the balance is one of integers by the rule that a key follows: of all messages that can be
alike, one row sends, as often as all others receive together, and these receive once each. For every other content
than the sender's the receives alone must then cancel; they are fewer than p and all count one, so there are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core_vm.air.expression import Affine, Expression, evaluate, format_expression
from core_vm.errors import TableDefinitionError
from core_vm.field.koalabear import P
from core_vm.host.distinct import distinct

if TYPE_CHECKING:
    from core_vm.air.table import Interaction, Table

Bits = npt.NDArray[np.int64]

SENT, RECEIVED = {0, 1}, {0, P - 1}
MAX_BITS_TOGETHER = 20


@lru_cache(maxsize=1024)
def check_multiplicities(table: Table) -> None:
    """Raises TableDefinitionError for a message that a row may send or receive more than once.

    What fixed columns add is left to the key. Remembered: most tables are in several sets.
    """
    rules = BitRules([constraint.expression for constraint in table.constraints if constraint.identity is None])
    for interaction in table.interactions:
        if interaction.counted:
            continue
        where, form = f"table {table.name}, bus {interaction.bus.name}", interaction.affine_multiplicity()
        main = {c: k for c, k in form.columns.items() if c < table.num_main}
        if interaction.bus.permutation and main.keys() != form.columns.keys():
            raise TableDefinitionError(
                f"{where}: on a permutation bus no fixed column says how often a row has a message"
            )
        form = Affine(form.constant, main, form.keys)
        free = [table.columns[column] for column in form.columns if column not in rules.bits]
        if free:
            raise TableDefinitionError(
                f"{where}: no constraint makes {', '.join(free)} a bit, so a row has the message any number of times"
            )
        counts = rules.values(form)
        if not any(counts <= once for once in _once(interaction)):
            raise TableDefinitionError(f"{where}: a row can have the message {sorted(counts)} times, not at most once")


def _once(interaction: Interaction) -> tuple[set[int], ...]:
    """How often a row may have the message, all in one of these."""
    if not interaction.bus.permutation:
        return SENT, RECEIVED
    return (RECEIVED if interaction.receives else SENT,)


class BitRules:
    """What a table's constraints say about its bits. `bits`: columns with a constraint c x (x - 1)."""

    def __init__(self, constraints: Sequence[Expression]) -> None:
        self.bits = {column for column in map(_bit_of, constraints) if column is not None}
        self._rules = [(rule, columns) for rule in constraints if len(columns := self._bits_alone(rule)) > 1]
        self._choices: dict[frozenset[int], dict[int, Bits]] = {}

    def values(self, form: Affine) -> set[int]:
        """The values of a form of bits under the rules that share a bit with it.

        Of these, the shortest ones, as many as can be tried out: without a rule there are only more values.
        """
        if len(form.columns) < 2:
            return {0, *form.columns.values()}
        together = frozenset(form.columns)
        for columns in sorted((c for _, c in self._rules if c & form.columns.keys()), key=len):
            if len(together | columns) <= MAX_BITS_TOGETHER:
                together |= columns
        if together not in self._choices:
            self._choices[together] = self._allowed(together)
        counts = sum(self._choices[together][column] * count for column, count in form.columns.items())
        return set(distinct(np.asarray(counts) % P).tolist())

    def _allowed(self, together: frozenset[int]) -> dict[int, Bits]:
        """Column by column, every choice of these bits that no rule on them alone forbids."""
        if len(together) > MAX_BITS_TOGETHER:
            raise TableDefinitionError(f"{len(together)} bits depend on one another, at most {MAX_BITS_TOGETHER} may")
        order = sorted(together)
        rules = [(rule, columns) for rule, columns in self._rules if columns <= together]
        names = {column: f"b{place}" for place, column in enumerate(order)}
        texts = tuple(format_expression(rule, names.__getitem__, str) for rule, _ in rules)
        if (len(order), texts) not in _known:
            _known[len(order), texts] = _choices(order, rules)
        return dict(zip(order, _known[len(order), texts], strict=True))

    def _bits_alone(self, rule: Expression) -> frozenset[int]:
        """The columns of a constraint that speaks of bits alone, in degree one or two; none of any other."""
        if rule.degree > 2:
            return frozenset()
        found: set[int] = set()
        for leaf in _leaves(rule):
            if leaf.kind == "key" or (leaf.kind == "column" and leaf.value not in self.bits):
                return frozenset()
            if leaf.kind == "column":
                found.add(leaf.value)
        return frozenset(found)


def _choices(order: Sequence[int], rules: Sequence[tuple[Expression, frozenset[int]]]) -> list[Bits]:
    """Of the bits in this order, every choice for which all rules, which speak of them alone, are zero."""
    choices, number = dict[int, Bits](), 1
    for column in order:
        choices = {known: np.tile(bits, 2) for known, bits in choices.items()}
        choices[column] = np.repeat(np.arange(2), number)
        # As soon as a rule's last column is there: so there are hardly ever as many as all choices.
        for rule, columns in rules:
            if column in columns and columns <= choices.keys():
                kept = _evaluate_on(rule, choices) == 0
                choices = {known: bits[kept] for known, bits in choices.items()}
        number = len(choices[column])
    return list(choices.values())


_known: dict[tuple[int, tuple[str, ...]], list[Bits]] = {}
"""The choices of so many bits under rules of these texts, in which the bits are numbered: tables of one kind share
them."""


def _evaluate_on(expression: Expression, columns: Mapping[int, Bits]) -> Bits | int:
    """`expression.evaluate`, on many rows at once."""
    return evaluate(expression, columns)  # pyright: ignore[reportArgumentType, reportReturnType]


def _bit_of(constraint: Expression) -> int | None:
    """x of a constraint c x (x - 1), c a constant that is not zero."""
    if constraint.degree != 2 or constraint.kind != "multiply":
        return None
    columns: set[int] = set()
    for leaf in _leaves(constraint):
        if leaf.kind == "key":
            return None
        if leaf.kind == "column":
            columns.add(leaf.value)
            if len(columns) > 1:
                return None
    (column,) = columns
    row = [0] * (column + 1)

    def at(value: int) -> int:
        row[column] = value
        return evaluate(constraint, row)

    # A polynomial of degree two with these roots is a multiple of x (x - 1).
    return column if not at(0) and not at(1) and at(2) else None


def _leaves(expression: Expression) -> Iterator[Expression]:
    pending = [expression]
    while pending:
        node = pending.pop()
        if node.left is None or node.right is None:
            yield node
        else:
            pending += (node.right, node.left)
