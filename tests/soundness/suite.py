"""What every table of any machine goes through. `rows` are honest rows in use, canonical int64 (width, n)."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence

import numpy as np

from core_vm.air.table import Table
from core_vm.witness.check import violations
from tests.soundness.column_mutations import Tally, mutate, sends_nothing
from tests.soundness.deletion import RepairSearch, constraints_with_evidence
from tests.soundness.row_search import pair_changes, silent_changes, single_changes

IsFree = Callable[[Table, np.ndarray, str], bool]
"""Whether a column of a mutant may be changed, because nothing depends on it."""
TRIES = 20_000


def nothing_is_free(table: Table, row: np.ndarray, column: str) -> bool:
    return False


def check_changed_cells(found: Tally, is_free: IsFree = nothing_is_free, advice: str | None = None) -> None:
    """Every changed cell of the rows behind the tally is noticed, and no output changes alone, but for the columns that
    begin with `advice`: each of these does."""
    assert found.mutants > 7 * found.table.num_main
    for mutant, column in found.survivors:
        assert is_free(found.table, mutant, column), column
    given = {name for name in found.table.columns if advice is not None and name.startswith(advice)}
    assert set(found.outputs_alone) == given


def check_filling_row(table: Table, rows: np.ndarray, numbers: Sequence[int]) -> None:
    """A row of zeros beside one of `numbers`: a change that survives sends nothing at all, not even a lookup."""
    for number in numbers:
        found = mutate(table, np.stack([np.zeros(table.width, np.int64), rows[:, number]], axis=1), [0])
        if found.survivors:
            assert sends_nothing(table, np.stack([mutant for mutant, _ in found.survivors], axis=1))


def check_deletions(
    table: Table, rows: list[np.ndarray], starts: list[np.ndarray], implied: Collection[str] = ()
) -> None:
    """Some row violates each constraint alone, except what others imply: a change of `rows`, or what a search finds
    from `starts`."""
    assert not violations(table, np.stack(rows, axis=1))
    found = constraints_with_evidence(table, rows)
    search = RepairSearch(table, starts)
    for constraint in table.constraints:
        if constraint.name not in found and constraint.name not in implied:
            assert search.find(constraint.name, TRIES) is not None, constraint.name


def check_determined(table: Table, rows: list[np.ndarray], free: tuple[str, ...] = ()) -> None:
    """What a row gives is determined by what it takes; only columns whose names begin as `free` says change alone."""
    for row in rows:
        for changes in (single_changes(row, table.num_main), pair_changes(row, table.num_main)):
            for silent in silent_changes(table, row, changes):
                assert silent.changes_inputs or not silent.changes_outputs, silent
                assert silent.changes_inputs or all(name.startswith(free) for name in silent.columns), silent


def some_of(rows: np.ndarray, count: int, seed: str) -> list[np.ndarray]:
    """Up to `count` of the rows, the same ones in every session."""
    return random.Random(seed).sample(list(rows.T), min(count, rows.shape[1]))
