"""The precompile's table under the attacks that every table goes through, under aliases, and under forged calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core_vm.air.table import Table
from core_vm.errors import WitnessError
from core_vm.field.koalabear import P, inverse
from core_vm.machine.precompile import PrecompileEvents
from core_vm.machine.shard import ShardEvents
from core_vm.tables.buses import BIT_RANGE
from core_vm.witness.check import check_trace
from precompiles.poseidon2.precompile import NAME, PRECOMPILE
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.poseidon2.guests import shard
from tests.precompiles.shared.forged_calls import other_place, other_time
from tests.soundness.column_mutations import gives_alone, mutate
from tests.soundness.honest_rows import rows_of
from tests.soundness.report import telling_rows
from tests.soundness.row_search import constraints_hold, lookups_hold
from tests.soundness.suite import (
    check_changed_cells,
    check_deletions,
    check_determined,
    check_filling_row,
    some_of,
)

(MODULE,) = PRECOMPILE.tables
TABLE = MODULE.table
COLUMN = {name: number for number, name in enumerate(TABLE.columns)}
FREE = "inverse_of_distance_of_digest_"
each_word = pytest.mark.parametrize("word", range(8))


def rows() -> np.ndarray:
    return rows_of(MODULE, shard().source())


def with_word(row: np.ndarray, word: int, value: int, distance_inverse: int | None = None) -> np.ndarray:
    """The row with another word in its digest, by default with the inverse that belongs to it."""
    row, distance = row.copy(), (P >> 16) - (value >> 16)
    row[COLUMN[f"digest_after_{2 * word}"]], row[COLUMN[f"digest_after_{2 * word + 1}"]] = value & 0xFFFF, value >> 16
    own = inverse(distance) if distance % P else 0
    row[COLUMN[f"{FREE}{word}"]] = own if distance_inverse is None else distance_inverse
    return row


def accepts(table: Table, row: np.ndarray) -> bool:
    """Whether constraints and lookups hold."""
    return bool((constraints_hold(table, row[:, None]) & lookups_hold(table, row[:, None]))[0])


def is_free(table: Table, row: np.ndarray, column: str) -> bool:
    """A word whose low limb is 0 is below p by its high limb alone."""
    return column.startswith(FREE) and row[COLUMN[f"digest_after_{2 * int(column[-1])}"]] == 0


def test_the_honest_trace_is_accepted() -> None:
    shard().check()


def test_every_changed_cell_is_noticed() -> None:
    honest = rows()
    check_changed_cells(mutate(TABLE, honest, telling_rows(honest, 8)))
    check_filling_row(TABLE, honest, telling_rows(honest, 2))


@each_word
def test_only_the_inverse_of_a_word_without_low_limb_is_free(word: int) -> None:
    row = with_word(rows()[:, 0], word, 0x1234_0000)
    check_changed_cells(mutate(TABLE, np.stack([row, rows()[:, 1]], axis=1), [0]), is_free)


def test_every_constraint_is_missed_when_deleted() -> None:
    zeros, honest = np.zeros(TABLE.width, np.int64), rows()
    few = [zeros, *some_of(honest, 12, "few")]
    check_deletions(TABLE, few, [*[zeros] * 20, *few, *some_of(honest, 60, "starts")])


def test_what_a_row_gives_is_determined_by_what_it_takes() -> None:
    check_determined(TABLE, some_of(rows(), 3, NAME))


def test_no_factor_of_a_constraint_reaches_p() -> None:
    """But for the inverses, which are any element."""
    assert wraps(TABLE, {}) == (set(), {f"digest_word_{i}_is_below_p" for i in range(8)})


# --------------------------------------------------------------------------------------- words that are not canonical
@each_word
def test_a_word_is_accepted_if_it_is_below_p(word: int) -> None:
    honest = rows()[:, 0]
    for value in (0, 1, 0xFFFF, 0x7EFF_FFFF, 0x7EFF_0000, P - 1):
        assert accepts(TABLE, with_word(honest, word, value))
    for value in (P, P + 1, 0x7F00_FFFF, 0x7F01_0000, 2**31 - 1, 2**31, 0xFF00_0000, 2**32 - 1):
        inverses = [None, 0, 1, P - 1, *np.random.default_rng(word).integers(0, P, 20).tolist()]
        assert not any(accepts(TABLE, with_word(honest, word, value, tried)) for tried in inverses)


def without_constraint(word: int) -> Table:
    name = f"digest_word_{word}_is_below_p"
    return replace(TABLE, constraints=tuple(c for c in TABLE.constraints if c.name != name))


def without_lookup(word: int) -> Table:
    column = COLUMN[f"digest_after_{2 * word + 1}"]
    kept = [i for i in TABLE.interactions if i.bus != BIT_RANGE or column not in i.affine_message()[2].columns]
    assert len(kept) == len(TABLE.interactions) - 1
    return replace(TABLE, interactions=tuple(kept))


@each_word
@pytest.mark.parametrize(("weaken", "value"), [(without_constraint, 5), (without_lookup, 0x1234_5678)])
def test_each_half_of_the_check_is_what_refuses_some_alias(
    word: int, weaken: Callable[[int], Table], value: int
) -> None:
    """Word + p stands for the same element, so the compression is the same one, and memory gets another word."""
    honest = with_word(rows()[:, 0], word, value)
    alias, weaker = with_word(honest, word, value + P), weaken(word)
    assert accepts(TABLE, honest)
    assert not accepts(TABLE, alias)
    assert accepts(weaker, alias)
    assert gives_alone(weaker, honest, alias[:, None])[0], "a second digest of what the row takes"


@each_word
def test_a_digest_with_an_alias_of_a_word_is_refused(word: int) -> None:
    def forged(events: ShardEvents) -> None:
        digests = events.precompiles[NAME].after[2]
        digests[3, word // 2] += np.uint64(P << 32 * (word % 2))

    with pytest.raises(WitnessError):
        shard().check(forged)


# --------------------------------------------------------------------------------------------------------- forged calls
def other_digest(calls: PrecompileEvents) -> None:
    calls.after[2][3, 2] ^= np.uint64(1)


def other_left(calls: PrecompileEvents) -> None:
    calls.before[0][3, 2] ^= np.uint64(1)


def other_right(calls: PrecompileEvents) -> None:
    calls.before[1][3, 2] ^= np.uint64(1)


def alias_of_right(calls: PrecompileEvents) -> None:
    """The same element, and not what memory holds."""
    words = calls.before[1].view(np.uint32)
    words[1, 0] = words[1, 0] + np.uint32(P) if words[1, 0] < P else words[1, 0] - np.uint32(P)


def exchanged(calls: PrecompileEvents) -> None:
    calls.before[0][3], calls.before[1][3] = calls.before[1][3].copy(), calls.before[0][3].copy()


def from_the_future(calls: PrecompileEvents) -> None:
    calls.previous_times[1][3, 0] = calls.times[3] + 2


FORGERIES = (other_digest, other_left, other_right, alias_of_right, exchanged, other_place, from_the_future, other_time)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_call_is_refused(forge: Callable[[PrecompileEvents], None]) -> None:
    with pytest.raises(WitnessError):
        shard().check(lambda events: forge(events.precompiles[NAME]))


def test_a_call_cannot_be_left_out() -> None:
    trace = shard().trace()
    number = [table.name for table in trace.tables].index(NAME)
    for column in range(trace.tables[number].width):
        values = trace.read(number, column)
        values[0] = 0
        trace.write(number, column, 0, values)
    with pytest.raises(WitnessError):
        check_trace(trace, shard().public.messages)
