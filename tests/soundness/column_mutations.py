"""Change one cell of a row at a time, and see what notices: a constraint, a lookup, or the balance of a bus.

A table's constraints look at one row, and all else that a row means is the messages it sends and receives. So the row
alone decides what becomes of a change:

- a constraint is violated, or
- a message that must be in a lookup table is in none, or
- the row's messages on all other buses, counted with their signs modulo p, are not what they were: the rest of the
  trace and the statement, which balance with the honest row, do not balance with this one, or
- the mutant survives: it is another way to write the same row down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache

import numpy as np

from core_vm.air.expression import Affine
from core_vm.air.table import Bus, Interaction, Table
from core_vm.field.koalabear import P
from core_vm.tables import buses
from core_vm.witness.check import evaluate_affine
from precompiles.standard.machine import standard_machine
from tests.soundness.row_search import LOOKUP_BUSES, constraints_hold, differing_messages, hashed, lookups_hold

BATCH = 4096
FIRST_PRECOMPILE_BUS = 16
FIRST_STRAY = 2**16
"""No bus has such a number."""
ADDED = (1, P - 1, 2**16)
MORE_ADDED = (2, 2**8, P - 2**8, P - 2**16, 2**15, 2**24, pow(2, -16, P))


class Verdict(IntEnum):
    """What notices a mutant first."""

    SURVIVES = 0
    CONSTRAINT = 1
    LOOKUP = 2
    BUS = 3


@dataclass
class Tally:
    """The verdicts on a table's mutants.

    `survivors`: each mutant (width,) that survived, and its changed column. `noticed_by_bus`: the columns of those that
    a bus alone notices; `outputs_alone`: where it notices what the row gives to others and nothing that it takes.
    """

    table: Table
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    survivors: list[tuple[np.ndarray, str]] = field(default_factory=list)
    noticed_by_bus: Counter[str] = field(default_factory=Counter)
    outputs_alone: Counter[str] = field(default_factory=Counter)

    @property
    def mutants(self) -> int:
        return self.verdicts.total()

    @property
    def killed(self) -> int:
        return self.mutants - self.verdicts[Verdict.SURVIVES]

    def add(self, row: np.ndarray, mutants: np.ndarray, columns: np.ndarray, found: np.ndarray) -> None:
        """The verdicts `found` on mutants (width, n) of `row`, in which `columns` (n,) were changed."""
        names = self.table.columns
        self.verdicts.update(Verdict(v) for v in found.tolist())
        self.survivors += [(mutants[:, n].copy(), names[columns[n]]) for n in np.flatnonzero(found == Verdict.SURVIVES)]
        noticed = np.flatnonzero(found == Verdict.BUS)
        self.noticed_by_bus.update(names[c] for c in columns[noticed].tolist())
        alone = noticed[gives_alone(self.table, row, mutants[:, noticed])]
        self.outputs_alone.update(names[c] for c in columns[alone].tolist())


def mutate(
    table: Table, rows: np.ndarray, numbers: Sequence[int], more: bool = False, spread: bool = False
) -> Tally:  # fmt: skip
    """Every kind of change of every cell of the rows `numbers` of `rows`, canonical int64 (width, n), but of the fixed
    ones, which are the key's.

    With `spread`, each column is changed in one of these rows only: for wide tables.
    """
    random, tally = np.random.default_rng(len(numbers)), Tally(table)
    for place, number in enumerate(numbers):
        row, another = rows[:, number], rows[:, random.integers(rows.shape[1])]
        assert verdicts(table, row, row[:, None], number)[0] == Verdict.SURVIVES
        values = mutated_values(row, another, random, more)
        columns = np.arange(place, table.num_main, len(numbers)) if spread else np.arange(table.num_main)
        for mutants, changed in mutants_of(row, values, columns):
            tally.add(row, mutants, changed, verdicts(table, row, mutants, number))
    return tally


def mutated_values(row: np.ndarray, another: np.ndarray, random: np.random.Generator, more: bool) -> np.ndarray:
    """For each kind of change the new value of every cell: canonical int64 (kinds, width).

    Steps up and down, by a limb's size too; 0; the bit or the sign turned round; the value of the column to the left;
    the value that `another` row has there; any element.
    """
    changes = [(row + step) % P for step in (*ADDED, *(MORE_ADDED if more else ()))]
    changes += [np.zeros_like(row), (1 - row) % P, -row % P, np.roll(row, 1), another]
    return np.stack([*changes, *(random.integers(0, P, row.shape) for _ in range(4 if more else 1))])


def mutants_of(
    row: np.ndarray, values: np.ndarray, columns: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:  # fmt: skip
    """Batches of copies of `row` (width, n) in which one of `columns` has one of its `values`, and which one (n,)."""
    kinds, places = np.nonzero(values[:, columns] != row[columns])
    for start in range(0, len(kinds), BATCH):
        changed = columns[places[start : start + BATCH]]
        mutants = np.repeat(row[:, None], len(changed), axis=1)
        mutants[changed, np.arange(len(changed))] = values[kinds[start : start + BATCH], changed]
        yield mutants, changed


def verdicts(table: Table, row: np.ndarray, mutants: np.ndarray, number: int = 0) -> np.ndarray:
    """A `Verdict` on each mutant (width, n) of `row`. `number` is the row's in its table, which keys depend on."""
    found = np.full(mutants.shape[1], Verdict.SURVIVES)
    found[balance(table, mutants, number) != balance(table, row[:, None], number)] = Verdict.BUS
    if not table.keys:
        lookups = tuple(i for i in table.interactions if i.bus in LOOKUP_BUSES)
        found[~lookups_hold(replace(table, interactions=lookups), mutants)] = Verdict.LOOKUP
    found[~constraints_hold(table, mutants)] = Verdict.CONSTRAINT
    return found


def balance(table: Table, columns: np.ndarray, number: int = 0, strays: bool = True) -> np.ndarray:
    """Each row's messages as one uint64, equal only if every message counts the same modulo p (or by rare chance).

    A message is hashed to two numbers below 2^31, which are added up as often as it is sent. Lookups are left out, for
    the prover counts them afterwards, except in the table that receives them: its columns are those counts. Absent
    messages of permutation buses that are not zero count with `strays`: they are no messages, but spoil the products.
    """
    bits = [number >> k & 1 for k in range(table.log_height or 0)]
    keys = [np.array([key.function(bits) % P], np.uint64) for key in table.keys]
    sums, columns = np.zeros((2, columns.shape[1]), np.uint64), columns.astype(np.uint64)
    for interaction in table.interactions:
        if interaction.bus in LOOKUP_BUSES and not table.keys:
            continue
        entries = [evaluate_affine(form, columns, keys) for form in interaction.affine_message()]
        codes = hashed(entries, interaction.bus.number)
        count = evaluate_affine(interaction.affine_multiplicity(), columns)
        if interaction.bus.permutation and strays:
            absent, weights = _stray(interaction, columns, count)
            codes, count = np.where(count == 0, absent, codes), np.where(count == 0, weights, count)
        for half, part in enumerate((codes >> np.uint64(33), codes & np.uint64(2**31 - 1))):
            sums[half] = (sums[half] + count * (part % P)) % P
    return sums[0] << np.uint64(32) | sums[1]


def _stray(interaction: Interaction, columns: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What an absent message of a permutation bus adds to its product, as a code, and with which weight: none if it is
    zero in all columns."""
    entries = [evaluate_affine(Affine(0, form.columns, {}), columns) for form in interaction.affine_message()]
    stray = np.any([entry != 0 for entry in entries], axis=0)
    return hashed(entries, interaction.bus.number + FIRST_STRAY), stray * np.uint64(
        P - 1 if interaction.receives else 1
    )


def gives_alone(table: Table, row: np.ndarray, mutants: np.ndarray) -> np.ndarray:
    """For each mutant, whether it takes the same from others as `row` and gives them something else.

    Instructions and rows of precompiles compute, so they must not. The rows of trees and lookups do not: what they give
    is bound by the roots, or true for whoever asks. What a row asks for, such as a digest, it takes from who knows it;
    and how often a row is asked is none of its results.
    """
    if table.keys:
        return np.zeros(mutants.shape[1], np.bool_)
    used = {interaction.bus for interaction in table.interactions}
    if buses.STATE in used:
        takes, gives = differing_messages(table, row, mutants)
        return gives & ~takes
    if buses.CALL not in used and all(bus.number < FIRST_PRECOMPILE_BUS for bus in used):
        return np.zeros(mutants.shape[1], np.bool_)
    asked = asked_buses()
    received, given = list[Interaction](), list[Interaction]()
    for i in table.interactions:
        is_asked = i.bus in asked and not i.counted
        if is_asked or evaluate_affine(i.affine_multiplicity(), row[:, None])[0] == P - 1:
            received.append(i)
        elif not i.counted:
            given.append(i)
    parts = [replace(table, interactions=tuple(part)) for part in (received, given)]
    takes, gives = (balance(part, mutants, strays=False) for part in parts)
    took, gave = (balance(part, row[:, None], strays=False) for part in parts)
    return (takes == took) & (gives != gave)


@cache
def asked_buses() -> frozenset[Bus]:
    """On which rows are asked, any number of times, for what they know."""
    tables = standard_machine().everything.tables.tables
    return frozenset(i.bus for table in tables if not table.keys for i in table.interactions if i.counted)


def sends_nothing(table: Table, columns: np.ndarray) -> bool:
    """Whether all multiplicities of rows (width, n) are zero."""
    return not any(evaluate_affine(i.affine_multiplicity(), columns).any() for i in table.interactions)
