"""Which constraints of a table are missed when they are deleted: rows that violate one constraint and nothing else.

Works for any `Table`. A row is evidence for a constraint if it violates that one alone and each of its lookups exists:
without the constraint it would pass. First come systematic changes of honest rows (`row_search`), then a search that
violates a given constraint and repairs the others by solving them for further columns.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import chain

import numpy as np

from core_vm.air.expression import Expression
from core_vm.air.table import Table
from core_vm.field.koalabear import P, inverse
from core_vm.witness.check import constraint_values
from tests.soundness.compiled import compiled
from tests.soundness.row_search import STEPS, lookups_hold, mutants_by, pair_changes, single_changes

REPAIRS = 16


def constraints_with_evidence(table: Table, rows: Iterable[np.ndarray]) -> set[str]:
    """Constraints that some systematic change of one of the rows (canonical, (width,)) violates alone."""
    found = np.zeros(len(table.constraints), np.bool_)
    for row in rows:
        changes = chain(single_changes(row, table.num_main), pair_changes(row, table.num_main))
        for _, mutants in mutants_by(row, changes):
            violated = constraint_values(table, mutants) != 0
            alone = np.flatnonzero(violated.sum(axis=0) == 1)
            which = violated[:, alone].argmax(axis=0)
            alone, which = alone[~found[which]], which[~found[which]]
            found[which[lookups_hold(table, mutants[:, alone])]] = True
    return {table.constraints[n].name for n in np.flatnonzero(found)}


class RepairSearch:
    """Looks for evidence for one constraint of a table, starting from honest rows."""

    def __init__(self, table: Table, rows: list[np.ndarray], seed: int = 0) -> None:
        self.table, self.rows, self.random = table, [[int(v) for v in row] for row in rows], random.Random(seed)
        self.columns = [self._changeable(c.expression) for c in table.constraints]
        self.values = [compiled(c.expression) for c in table.constraints]
        self.candidates = [
            [(compiled(factor), column) for factor in _factors(c.expression) for column in self._changeable(factor)]
            for c in table.constraints
        ]
        self.bits = {columns[0] for columns in self.columns if len(columns) == 1}
        self.touching: list[list[int]] = [[] for _ in table.columns]
        for number, columns in enumerate(self.columns):
            for column in columns:
                self.touching[column].append(number)

    def find(self, name: str, tries: int) -> list[int] | None:
        """A row that violates the constraint `name` alone, or None."""
        target = next(n for n, c in enumerate(self.table.constraints) if c.name == name)
        for _ in range(tries):
            row = list(self.random.choice(self.rows))
            if self._attempt(target, row):
                return row
        return None

    def _attempt(self, target: int, row: list[int]) -> bool:
        if self._value(target, row):  # a start that was made to violate it
            fixed, pending = set(self.columns[target]), set(range(len(self.columns)))
        else:
            column = self.random.choice(self.columns[target])
            row[column] = (row[column] + self.random.choice(STEPS)) % P
            fixed = {column, *self._flip_bits_near(column, row)}
            pending = {n for c in fixed for n in self.touching[c]}
        for _ in range(REPAIRS):
            pending = {n for n in pending if n != target and self._value(n, row)}
            if not pending:
                return bool(self._value(target, row)) and bool(lookups_hold(self.table, np.array(row)[:, None])[0])
            solved = self._repair(self.random.choice(sorted(pending)), row, fixed)
            if solved is None:
                return False
            fixed.add(solved)
            pending |= set(self.touching[solved])
        return False

    def _flip_bits_near(self, column: int, row: list[int]) -> set[int]:
        """Half of the time, flip up to two cells near `column` that are 0 or 1."""
        end = min(self.table.num_main, column + 8)
        near = [c for c in range(max(0, column - 7), end) if c != column and row[c] in (0, 1)]
        flipped = set(self.random.sample(near, min(len(near), self.random.choice((0, 0, 1, 2)))))
        for c in flipped:
            row[c] ^= 1
        return flipped

    def _repair(self, number: int, row: list[int], fixed: set[int]) -> int | None:
        """Make one factor of a constraint zero, by one of its columns in which it is linear; returns that column."""
        candidates = [candidate for candidate in self.candidates[number] if candidate[1] not in fixed]
        self.random.shuffle(candidates)
        if self.random.random() < 0.8:  # what has to be a bit is rarely the solution
            candidates.sort(key=lambda candidate: candidate[1] in self.bits)
        for factor, column in candidates:
            values = [factor([*row[:column], x, *row[column + 1 :]]) for x in (0, 1, 2)]
            slope = (values[1] - values[0]) % P
            if slope and (values[2] - values[1] - slope) % P == 0:
                row[column] = -values[0] * inverse(slope) % P
                return column
        return None

    def _changeable(self, expression: Expression) -> list[int]:
        """The columns that an expression reads, but for fixed ones."""
        return sorted(column for column in _columns_of(expression) if column < self.table.num_main)

    def _value(self, number: int, row: list[int]) -> int:
        return self.values[number](row)


def _factors(expression: Expression) -> list[Expression]:
    if expression.kind != "multiply" or expression.left is None or expression.right is None:
        return [expression]
    return [*_factors(expression.left), *_factors(expression.right)]


def _columns_of(expression: Expression) -> set[int]:
    if expression.kind == "column":
        return {expression.value}
    return {c for side in (expression.left, expression.right) if side is not None for c in _columns_of(side)}
