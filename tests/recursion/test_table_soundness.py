"""What every table of the circuit machine goes through: changed cells, deleted constraints, rows not in use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from core_vm.air.multiplicity import check_multiplicities
from core_vm.air.table import Table
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.hash.poseidon2_parameters import FULL_ROUNDS, POSEIDON2_24
from core_vm.witness.check import violations
from recursion.tables.rows import CircuitModule
from recursion.tables.standard import MODULES, TABLES
from tests.recursion.rows import FILLED, HASHES, HINTS, rows_of, telling_rows
from tests.soundness.column_mutations import balance, mutate, sends_nothing
from tests.soundness.deletion import constraint_values
from tests.soundness.row_search import constraints_hold
from tests.soundness.suite import check_changed_cells, check_determined, check_filling_row

SIZES = {
    "constant": (0, 7, 0, 1), "octet": (8, 18, 0, 9), "word": (5, 3, 0, 6), "columns": (40, 11, 0, 13),
    "cap": (9, 4, 1, 2), "arith": (20, 11, 5, 4), "linear": (25, 12, 5, 5), "dot": (50, 9, 5, 7),
    "horner": (40, 9, 10, 7), "expand": (35, 10, 20, 8), "sponge": (164, 23, 148, 19), "compress": (158, 6, 143, 3),
    "leaf": (274, 8, 204, 6), "query": (59, 39, 60, 4), "weight": (61, 9, 30, 8), "jagged": (74, 10, 64, 7),
    "below": (17, 8, 12, 5),
}  # fmt: skip
"""Main columns, fixed columns, constraints, messages."""
COMPUTING = [module for module in FILLED if module.table.name not in HINTS]
SMALL = [module for module in FILLED if module.table.name not in HASHES]
WIDE = [module for module in FILLED if module.table.name in HASHES]


def by_name(module: CircuitModule) -> str:
    return module.table.name


def test_tables_are_as_large_as_promised() -> None:
    found = {t.name: (t.num_main, t.num_fixed, len(t.constraints), len(t.interactions)) for t in TABLES.tables}
    assert found == SIZES


@pytest.mark.parametrize("module", MODULES, ids=by_name)
def test_a_prover_sends_each_message_at_most_once_a_row(module: CircuitModule) -> None:
    check_multiplicities(module.table)


@pytest.mark.parametrize("module", MODULES, ids=by_name)
def test_honest_rows_hold(module: CircuitModule) -> None:
    rows = rows_of(module)
    assert rows.shape[1]
    assert violations(module.table, rows) == []


@pytest.mark.parametrize("module", FILLED, ids=by_name)
def test_every_changed_cell_is_noticed(module: CircuitModule) -> None:
    wide = module in WIDE
    numbers = telling_rows(module, 2 if wide else 6)
    check_changed_cells(mutate(module.table, rows_of(module), numbers, spread=wide))


@pytest.mark.parametrize("module", FILLED, ids=by_name)
def test_a_row_not_in_use_sends_nothing(module: CircuitModule) -> None:
    """Whatever its main columns hold: those of an honest row among them, as long as its constraints hold."""
    table, rows = module.table, rows_of(module)
    check_filling_row(table, rows, telling_rows(module, 1)[:1])
    unused = rows.copy()
    unused[table.num_main :] = 0
    assert sends_nothing(table, unused[:, constraints_hold(table, unused)])


@pytest.mark.parametrize("module", [m for m in COMPUTING if m in SMALL], ids=by_name)
def test_what_a_row_gives_is_determined(module: CircuitModule) -> None:
    rows = rows_of(module)
    check_determined(module.table, [rows[:, n] for n in telling_rows(module, 3)])


@pytest.mark.parametrize("module", COMPUTING, ids=by_name)
def test_every_definition_is_missed_when_deleted(module: CircuitModule) -> None:
    """Forgery n gives the column that constraint n defines another value, and goes on with it honestly."""
    table, owned = module.table, definitions(module.table)
    for number in telling_rows(module, 2)[: 1 if table.name in HASHES else 2]:
        row = rows_of(module)[:, number].copy()
        row[[c for c, name in enumerate(table.columns) if name.startswith("times")]] = 1  # all that it gives is read
        rows = np.repeat(row[:, None], len(owned), axis=1)
        rows[list(owned.values()), np.arange(len(owned))] += 1
        forged = np.diag(np.ones(len(owned), np.bool_))
        rows = repaired(table, owned, rows, forged)
        expected = np.zeros((len(table.constraints), len(owned)), np.bool_)
        expected[list(owned), np.arange(len(owned))] = True
        assert np.array_equal(constraint_values(table, rows) != 0, expected)
        if table.name in HASHES:  # what is forged is what these inputs give
            assert (balance(table, rows) != balance(table, row[:, None])).all()


@pytest.mark.parametrize("module", FILLED, ids=by_name)
def test_every_other_constraint_is_missed_when_deleted(module: CircuitModule) -> None:
    table, owned, rows = module.table, definitions(module.table), rows_of(module)
    left = {c.name for n, c in enumerate(table.constraints) if n not in owned}
    for name, flags, changes in forgeries(module):
        place = [table.columns.index(flag) for flag in flags]
        values = np.array(list(flags.values()))
        start = np.flatnonzero((rows[place].T == values).all(axis=1))[0] if flags else None
        row = np.zeros(table.width, np.int64) if start is None else rows[:, start].copy()
        for column, value in changes.items():
            row[table.columns.index(column)] = value
        row = repaired(table, owned, row[:, None], np.zeros((len(owned), 1), np.bool_))
        violated = np.flatnonzero(constraint_values(table, row)[:, 0])
        assert [table.constraints[n].name for n in violated] == [name]
        left.remove(name)
    if table.name == "expand":
        left -= set(forged_bundles(module))
    assert not left


def definitions(table: Table) -> dict[int, int]:
    """The constraints that say what a column is: their numbers, and the column's. `expand` has none: it solves."""
    found = {}
    for number, constraint in enumerate(table.constraints):
        match = re.fullmatch(r"(\w+?)_(?:is|takes)_(?!a_bit|zero|that)\w+?(?:_coefficient_(\d))?", constraint.name)
        column = match and (f"{match[1]}_{match[2]}" if match[2] else match[1])
        if column in table.columns and table.name != "expand":
            found[number] = table.columns.index(column)
    return found


def repaired(table: Table, owned: dict[int, int], rows: np.ndarray, forged: np.ndarray) -> np.ndarray:
    """Each definition is its own column less a function of others: take away what it is off, layer after layer."""
    numbers, columns, before = list(owned), list(owned.values()), None
    for _layer in range(FULL_ROUNDS + POSEIDON2_24.partial_rounds):
        if not owned or (before is not None and np.array_equal(before, rows % P)):
            break
        before = rows % P
        rows[columns] -= np.where(forged, 0, constraint_values(table, rows % P)[numbers])
    return rows % P


def forgeries(module: CircuitModule) -> Iterator[tuple[str, dict[str, int], dict[str, int]]]:
    """For each constraint that defines nothing: its name, fixed columns of a row to start from, and what to change."""
    name = module.table.name
    if name == "cap":
        yield "no_paths_end_in_rows_not_in_use", {}, {"paths": 1}
    if name == "compress":
        yield "bit_is_a_bit", {"path": 1}, {"bit": 2}
        yield "bit_is_zero_off_paths", {"plain": 1}, {"bit": 1}
        yield "index_is_zero_off_paths", {"plain": 1}, {"index": 1}
    if name == "query":
        for i in range(31):
            yield (
                f"bit_{i}_is_a_bit",
                {"real": 1},
                {f"bit_{i}": 2, **({f"bit_{j}": 0 for j in range(24, 31) if j != i})},
            )
        yield "not_all_of_the_top_seven_bits_are_ones", {"real": 1}, {f"bit_{i}": 1 for i in range(24, 31)}
    if name == "jagged":
        for i, value in enumerate([2, *[1] * 19]):
            column = f"{('least_0', 'less_0', 'least_1', 'less_1')[i // 5]}_{i % 5}"
            yield f"first_state_{i}_is_that_of_no_bits", {"first": 1}, {column: value}
        yield "start_bit_is_a_bit", {"first": 1}, {"start_bit": 2}
        yield "no_start_is_left_at_last", {"last": 1}, {"start": 1}
    if name == "below":
        for i in range(5):
            yield f"nothing_is_less_at_first_{i}", {"first": 1}, {f"less_{i}": 1}
    if name in ("jagged", "below"):
        yield "tiles_bit_is_a_bit", {"first": 1}, {"tiles_bit": 2}
        yield "no_tiles_are_left_at_last", {"last": 1}, {"tiles": 1}


def forged_bundles(module: CircuitModule) -> Iterator[str]:
    """The constraints of `expand` that a solution of all others violates: its unknowns solved with one sum off."""
    table, row = module.table, rows_of(module)[:, 0]
    e, z0, z1 = (K(*row[5 * k : 5 * k + 5].tolist()) for k in range(3))
    for sum_off, i in product(range(4), range(5)):
        off = [K(*(int(k == i) for k in range(5))) if n == sum_off else K.zero for n in range(4)]
        with_z0, with_z1 = e * z0 + off[0], e * z1 + off[1]
        last = with_z0 * z1 + off[2]
        outputs = [e + off[3] - with_z0 - with_z1 + last, with_z0 - last, with_z1 - last, last]
        forged = row.copy()
        forged[15:35] = [c for output in outputs for c in output.c]
        violated = np.flatnonzero(constraint_values(table, forged[:, None])[:, 0])
        assert len(violated) == 1
        yield table.constraints[violated[0]].name
