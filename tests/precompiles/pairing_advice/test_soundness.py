"""The table of advice under the attacks that every table goes through: all but the advice itself is determined."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core_vm.errors import WitnessError
from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.shard import ShardEvents
from precompiles.pairing_advice.curves import BN254, CURVES, DWORDS, NUMBERS, OPERATIONS, name_of
from precompiles.pairing_advice.table import FREE, advice_module
from tests.conformance.checking import Shard, shards_of
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.pairing_advice.calls import Case, cases, input_of, program, rows
from tests.precompiles.shared.forged_calls import (
    from_the_future,
    other_place,
    other_replaced_operand,
    other_second_operand,
    other_time,
)
from tests.soundness.column_mutations import mutate
from tests.soundness.row_search import constraints_hold, lookups_hold, pair_changes, silent_changes, single_changes
from tests.soundness.suite import check_changed_cells, check_deletions, check_filling_row

MEASURED = (587, 399)
"""Columns and interactions."""
TABLE = advice_module().table
ADVICE = [name for name in TABLE.columns if name.startswith(FREE)]


def one_of_each() -> list[Case]:
    return [next(case for case in cases(curve, 1)[::-1] if case[0] == o) for curve in CURVES for o in OPERATIONS]


def honest_rows() -> np.ndarray:
    return rows(one_of_each())


def test_honest_rows_are_accepted() -> None:
    assert (TABLE.width, len(TABLE.interactions)) == MEASURED
    honest = honest_rows()
    assert honest.shape[1] == len(NUMBERS)
    assert constraints_hold(TABLE, honest).all()
    assert lookups_hold(TABLE, honest).all()


def test_no_constraint_reaches_p() -> None:
    """By other code than the table's own, from what is looked up."""
    assert wraps(TABLE, {}) == (set(), set())


def test_advice_is_limbs_and_nothing_else() -> None:
    """As many as the written operand has. Any limbs are accepted, and nothing that is none."""
    assert len(ADVICE) == 4 * DWORDS
    places = [TABLE.columns.index(name) for name in ADVICE]
    row, generator = honest_rows()[:, 0], np.random.default_rng(1)
    any_limbs = np.repeat(row[:, None], 50, axis=1)
    any_limbs[places] = generator.integers(0, 2**16, (len(places), 50))
    any_limbs[places, 0], any_limbs[places, 1] = 0, 2**16 - 1
    assert constraints_hold(TABLE, any_limbs).all()
    assert lookups_hold(TABLE, any_limbs).all()
    for value in (2**16, P - 1):
        no_limbs = np.repeat(row[:, None], len(places), axis=1)
        no_limbs[places, np.arange(len(places))] = value
        assert not lookups_hold(TABLE, no_limbs).any()


def test_every_changed_cell_is_noticed() -> None:
    """By others at least, who get other advice than they read. Nothing else that a row gives changes alone."""
    honest = honest_rows()
    check_changed_cells(mutate(TABLE, honest, range(honest.shape[1])), advice=FREE)
    check_filling_row(TABLE, honest, [0])


@pytest.mark.slow
def test_what_a_row_gives_is_determined_by_what_it_takes_but_for_advice() -> None:
    for row in honest_rows().T:
        for changes in (single_changes(row), pair_changes(row)):
            for silent in silent_changes(TABLE, row, changes):
                others = [name for name in silent.columns if not name.startswith(FREE)]
                assert silent.changes_inputs or not others, silent


def test_every_constraint_is_missed_when_deleted() -> None:
    honest = list(honest_rows().T)
    zeros = np.zeros(TABLE.width, np.int64)
    check_deletions(TABLE, [zeros, *honest], [zeros, *honest])


def shard() -> Shard:
    """A guest that calls `miller` and `root`."""
    (_, curve, pair, state), *_ = [case for case in one_of_each() if case[1] == BN254]
    (only,) = shards_of(program(), input_of(curve, pair, state))
    return only


def other_result(calls: PrecompileEvents) -> None:
    """Which the next call does not read: advice is the same for all who read it."""
    calls.after[1][0, 1] ^= np.uint64(1)


FORGERIES = (other_result, other_replaced_operand, other_second_operand, other_place, from_the_future, other_time)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_forged_call_is_refused(operation: str, forge: Callable[[PrecompileEvents], None]) -> None:
    def forged(events: ShardEvents) -> None:
        forge(events.precompiles[name_of(operation, BN254)])

    with pytest.raises(WitnessError):
        shard().check(forged)


def test_the_honest_trace_is_accepted() -> None:
    shard().check()


def test_a_call_of_another_operation_is_refused() -> None:
    def forged(events: ShardEvents) -> None:
        calls = events.precompiles
        one, other = (name_of(operation, BN254) for operation in OPERATIONS)
        calls[one], calls[other] = calls[other], calls[one]

    with pytest.raises(WitnessError):
        shard().check(forged)
