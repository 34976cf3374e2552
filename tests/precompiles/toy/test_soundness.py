"""The precompile's table under the attacks that every table goes through, and under forged calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core_vm.air.table import Table
from core_vm.errors import WitnessError
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.shard import ShardEvents
from core_vm.witness.check import check_trace
from core_vm.witness.module import TableModule
from core_vm.witness.trace import Trace
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.shared.forged_calls import other_place, other_time
from tests.precompiles.toy.guests import shard
from tests.precompiles.toy.vector_add.precompile import PRECOMPILE
from tests.soundness.column_mutations import mutate
from tests.soundness.honest_rows import rows_of
from tests.soundness.report import telling_rows
from tests.soundness.suite import (
    check_changed_cells,
    check_deletions,
    check_determined,
    check_filling_row,
    some_of,
)

each_table = pytest.mark.parametrize("module", PRECOMPILE.tables, ids=lambda module: module.table.name)


def rows(module: TableModule) -> np.ndarray:
    return rows_of(module, shard().source())


def test_the_honest_trace_is_accepted() -> None:
    shard().check()


@each_table
def test_every_changed_cell_is_noticed(module: TableModule) -> None:
    honest = rows(module)
    check_changed_cells(mutate(module.table, honest, telling_rows(honest, 8)))
    check_filling_row(module.table, honest, telling_rows(honest, 2))


@each_table
def test_every_constraint_is_missed_when_deleted(module: TableModule) -> None:
    zeros, honest = np.zeros(module.table.width, np.int64), rows(module)
    few = [zeros, *some_of(honest, 12, "few")]
    check_deletions(module.table, few, [*[zeros] * 20, *few, *some_of(honest, 200, "starts")])


@each_table
def test_what_a_row_gives_is_determined_by_what_it_takes(module: TableModule) -> None:
    check_determined(module.table, some_of(rows(module), 3, module.table.name))


@each_table
def test_no_factor_of_a_constraint_reaches_p(module: TableModule) -> None:
    assert wraps(module.table, {}) == (set(), set())


def without(table: Table, constraint: str) -> Table:
    return replace(table, constraints=tuple(c for c in table.constraints if not c.name.startswith(constraint)))


def test_the_attacks_find_a_table_without_its_carries() -> None:
    """What the suite says of this table means something: of a weaker one it says otherwise."""
    (module,) = PRECOMPILE.tables
    weaker, honest = without(module.table, "carry_out_of_limb_3"), rows(module)
    with pytest.raises(AssertionError):
        check_changed_cells(mutate(weaker, honest, telling_rows(honest, 8)))
    with pytest.raises(AssertionError):
        check_determined(weaker, some_of(honest, 3, module.table.name))


def other_total(calls: PrecompileEvents) -> None:
    calls.after[1][3, 2] += np.uint64(1)


def other_terms(calls: PrecompileEvents) -> None:
    calls.before[0][3, 2] += np.uint64(1)


def from_the_future(calls: PrecompileEvents) -> None:
    calls.previous_times[0][3, 0] = calls.times[3] + 1


FORGERIES = (other_total, other_terms, other_place, from_the_future, other_time)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_call_is_refused(forge: Callable[[PrecompileEvents], None]) -> None:
    def forged(events: ShardEvents) -> None:
        forge(events.precompiles[PRECOMPILE.name])

    with pytest.raises(WitnessError):
        shard().check(forged)


def test_a_call_cannot_be_left_out() -> None:
    trace: Trace = shard().trace()
    number = [table.name for table in trace.tables].index(PRECOMPILE.name)
    for column in range(trace.tables[number].width):
        values = trace.read(number, column)
        values[0] = 0
        trace.write(number, column, 0, values)
    with pytest.raises(WitnessError):
        check_trace(trace, shard().public.messages)
