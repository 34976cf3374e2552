"""The table of claims under the attacks that every table goes through, and claims that are left out or falsified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from aggregator.runs.shard_work import shard_statement
from core_vm.errors import LogUpRejection, WitnessError
from core_vm.field.koalabear import P
from core_vm.machine.precompile import PrecompileEvents
from core_vm.stark.prover import prove_shard
from core_vm.stark.verifier import verify_shard
from core_vm.state.claims import NO_CLAIMS, with_claim
from core_vm.statement.shard import ShardStatement
from core_vm.witness.check import check_trace
from precompiles.claim.precompile import NAME, PRECOMPILE
from tests.core_vm.tables.intervals import wraps
from tests.precompiles.claim.guests import claims, shard, shards
from tests.precompiles.shared.forged_calls import other_place, other_time
from tests.soundness.column_mutations import mutate
from tests.soundness.honest_rows import rows_of
from tests.soundness.report import telling_rows
from tests.soundness.row_search import constraints_hold, lookups_hold
from tests.soundness.runs import QUICK, TABLES
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
WORDS = [(operand, word) for operand in ("program_id", "output_root") for word in range(8)]


def rows() -> np.ndarray:
    return rows_of(MODULE, shard().source())


def is_free(table, row: np.ndarray, column: str) -> bool:
    """A word whose low limb is 0 is below p by its high limb alone."""
    if not column.startswith("inverse_of_distance_of_"):
        return False
    operand, word = column.removeprefix("inverse_of_distance_of_").rsplit("_", 1)
    return row[COLUMN[f"{operand}_{2 * int(word)}"]] == 0


def test_the_honest_trace_is_accepted() -> None:
    shard().check()


def test_every_changed_cell_is_noticed() -> None:
    honest = rows()
    check_changed_cells(mutate(TABLE, honest, telling_rows(honest, 6)), is_free)
    check_filling_row(TABLE, honest, telling_rows(honest, 2))


def test_every_constraint_is_missed_when_deleted() -> None:
    zeros, honest = np.zeros(TABLE.width, np.int64), rows()
    few = [zeros, *some_of(honest, 12, "few")]
    check_deletions(TABLE, few, [*[zeros] * 20, *few, *some_of(honest, 20, "starts")])


def test_what_a_row_gives_is_determined_by_what_it_takes() -> None:
    without_zeros = rows()[:, [k for k in range(20) if k % 3]]
    check_determined(TABLE, some_of(without_zeros, 3, NAME))


def test_no_factor_of_a_constraint_reaches_p() -> None:
    """But for the inverses, which are any element."""
    assert wraps(TABLE, {}) == (set(), {f"{operand}_word_{word}_is_below_p" for operand, word in WORDS})


@pytest.mark.parametrize(("operand", "word"), WORDS)
def test_an_alias_of_a_word_is_refused(operand: str, word: int) -> None:
    """Word + p in memory stands for the same element: constraint and lookup together refuse it, each some word."""
    low, high = (COLUMN[f"{operand}_{2 * word + half}"] for half in (0, 1))
    own = COLUMN[f"inverse_of_distance_of_{operand}_{word}"]
    for value in (0, 5, 0x1234_5678, P - 1):
        alias = rows()[:, 1].copy()
        alias[low], alias[high] = (value + P) & 0xFFFF, (value + P) >> 16
        for inverse in (
            0,
            1,
            *np.random.default_rng(word).integers(0, P, 20),
            pow(0x7F00 - int(alias[high]), P - 2, P),
        ):
            alias[own] = inverse
            accepted = constraints_hold(TABLE, alias[:, None]) & lookups_hold(TABLE, alias[:, None])
            assert not accepted[0]


# ------------------------------------------------------------------------------------------------------- forged claims
def other_program(calls: PrecompileEvents) -> None:
    calls.before[0][3, 2] ^= np.uint64(1)
    calls.after[0][3, 2] ^= np.uint64(1)


def other_output(calls: PrecompileEvents) -> None:
    calls.before[1][3, 2] ^= np.uint64(1)
    calls.after[1][3, 2] ^= np.uint64(1)


def exchanged_claims(calls: PrecompileEvents) -> None:
    for dwords in (*calls.before, *calls.after):
        dwords[[3, 4]] = dwords[[4, 3]]


FORGERIES = (other_program, other_output, exchanged_claims, other_place, other_time)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_claim_is_refused(forge: Callable[[PrecompileEvents], None]) -> None:
    with pytest.raises(WitnessError):
        shard().check(lambda events: forge(events.precompiles[NAME]))


def test_a_claim_cannot_be_left_out() -> None:
    """Neither the last one, with a statement that does not know of it, nor one in between."""
    statement = shard_statement(shard().program, shard().record)
    kept = NO_CLAIMS
    for claim in claims(20)[:-1]:
        kept = with_claim(kept, claim)
    shorter = replace(statement, num_claims=19, claims_end=kept)
    for row, stated in ((19, shorter), (7, statement)):
        trace = shard().trace()
        number = [table.name for table in trace.tables].index(NAME)
        for column in range(trace.tables[number].width):
            values = trace.read(number, column)
            values[row] = 0
            trace.write(number, column, 0, values)
        with pytest.raises(WitnessError, match="call"):
            check_trace(trace, stated.public_values().messages)


FALSE: dict[str, Callable[[ShardStatement], ShardStatement]] = {
    "no claims": lambda s: replace(s, num_claims=0, claims_start=NO_CLAIMS, claims_end=NO_CLAIMS),
    "none, and the end as it is": lambda s: replace(s, num_claims=0, claims_start=s.claims_end),
    "one less": lambda s: replace(s, num_claims=s.num_claims - 1),
    "one more": lambda s: replace(s, num_claims=s.num_claims + 1),
    "another start": lambda s: replace(s, claims_start=(1, *s.claims_start[1:])),
    "another end": lambda s: replace(s, claims_end=(1, *s.claims_end[1:])),
    "start and end exchanged": lambda s: replace(s, claims_start=s.claims_end, claims_end=s.claims_start),
}


@pytest.mark.parametrize("name", FALSE)
def test_the_trace_of_claims_does_not_prove_a_false_statement(name: str) -> None:
    one = shards()[1]
    public = FALSE[name](shard_statement(one.program, one.record)).public_values()
    words = prove_shard(TABLES, one.trace(), public, config=QUICK, check=False)
    with pytest.raises(LogUpRejection):
        verify_shard(TABLES, words, public, QUICK)
