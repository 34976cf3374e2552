"""Sums over interactions by blocks, lanes and runs are the sums one by one, and a plan leaves nothing out."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import pytest

from core_vm.air.table import full_tiles
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K, eq_table
from core_vm.field.koalabear import P
from core_vm.poly.tile_sums import rows_below
from core_vm.stark.config import NUM_BETA
from core_vm.stark.gkr.verifier import Fingerprint, GkrClaim
from core_vm.stark.shape import ShardShape
from core_vm.stark.zerocheck.bus_plan import LANES, Common, bus_plan, in_positions, runs, runs_of
from core_vm.stark.zerocheck.bus_value import bus_value
from core_vm.stark.zerocheck.owed import constants_of, key_values
from core_vm.stark.zerocheck.shares import PieceSums, Shares, total_of
from core_vm.stark.zerocheck.verifier import row_statement
from core_vm.transcript.numbers import NUMBERS
from precompiles.standard.machine import standard_machine
from tests.core_vm.stark.movers import mover
from tests.core_vm.stark.toys import adder, idle, toy_tables
from tests.elements import random_element, random_point

TABLES = {
    "toys": toy_tables,
    "one table": lambda: TableSet((idle(),)),
    "factors alone": lambda: TableSet((mover(3),)),
    "many factors": lambda: TableSet((mover(21), adder(), idle())),
}
PROFILES = {profile.name: profile for profile in standard_machine().profiles}


def _tables(which: str) -> TableSet:
    return TABLES[which]() if which in TABLES else PROFILES[which].tables


@pytest.mark.parametrize("most", [0, 1, 2, 5])
def test_pieces_add_up_to_the_sum(most: int) -> None:
    """Of patterns that come again, on other pieces too."""
    rng = random.Random(most)
    weights = random_point(rng, LANES)
    for sums in (PieceSums(weights), PieceSums(weights, sum(weights, K.zero))):
        for _ in range(40):
            pattern = tuple(rng.randrange(most + 1) for _ in range(4)) * (LANES // 4)
            pattern = pattern[: LANES // 2] + rng.choice([pattern[LANES // 2 :], (rng.randrange(3),) * (LANES // 2)])
            expected = sum((w * value for w, value in zip(weights, pattern, strict=True)), K.zero)
            assert sums.of(pattern) == expected


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 100, 529])
def test_sums_over_interactions_are_those_one_by_one(count: int) -> None:
    rng = random.Random(count)
    point = random_point(rng, (count - 1).bit_length())
    weights: list[K | int] = [1, *random_point(rng, 3)]
    each, shares = eq_table(point), Shares(NUMBERS, point, count, weights)
    values = {(n, place): random_element(rng) for n in range(count) for place in range(4) if rng.random() < 0.3}
    values[rng.randrange(count), 2] = random_element(rng)
    by_block: dict[int, dict[int, dict[int, K]]] = defaultdict(lambda: defaultdict(dict))
    for (n, place), value in values.items():
        by_block[n // LANES][place][n % LANES] = value
    expected = sum((value * weights[place] * each[n] for (n, place), value in values.items()), K.zero)
    assert shares.over_blocks({h: shares.in_block(of_block) for h, of_block in by_block.items()}) == expected
    for period in (1, 2, 3, 7, 16, 40):
        factors = [rng.randrange(1, 4) for _ in range(period)]
        first = rng.randrange(count)
        vector = [(n, factors[n % period]) for n in range(first, count)]
        for place in range(4):
            found = shares.of_runs(runs_of(tuple(vector)), lambda pattern, at=place: shares.of_pattern(at, pattern))
            assert found == sum((each[n] * factor for n, factor in vector), K.zero) * weights[place]


def test_runs_are_aligned_and_cover_each_block_once() -> None:
    rng = random.Random(2)
    for _ in range(100):
        contents = {h: rng.choice("aab") for h in range(rng.randrange(70)) if rng.random() < 0.9}
        found = runs(contents)
        assert all(run.start % run.size == 0 and run.size & (run.size - 1) == 0 for run in found)
        assert {h: run.content for run in found for h in range(run.start, run.start + run.size)} == contents
        assert sum(run.size for run in found) == len(contents)
    assert [(run.start, run.size) for run in runs(dict.fromkeys(range(3, 16), "a"))] == [(3, 1), (4, 4), (8, 8)]


def _of_common(common: Common) -> Counter[tuple[int, int, int]]:
    """How often each value stands at each place of each position."""
    found = Counter[tuple[int, int, int]]()
    for run in common.runs:
        for h in range(run.start, run.start + run.size):
            for lane, number in enumerate(run.content):
                for place, value, factor in common.forms:
                    found[h * LANES + lane, place, value] += number * factor
    return found


@pytest.mark.parametrize("which", [*TABLES, *PROFILES])
def test_a_plan_has_every_coefficient_of_every_message(which: str) -> None:
    """And no other: those of columns and, by table, constants."""
    tables = _tables(which)
    plan, declared, planned = bus_plan(tables), Counter[tuple[int, int, int]](), Counter[tuple[int, int, int]]()
    first_columns, constants = list(accumulate(tables.widths, initial=0)), dict[tuple[int, int, int], int]()
    for position, i in in_positions(tables):
        for place, form in enumerate(i.forms):
            for c, coefficient in form.columns.items():
                declared[position, place, first_columns[i.table] + c] = coefficient
            if form.constant:
                constants[i.table, position, place] = form.constant
    standing = sum((_of_common(common) for common in plan.common), Counter[tuple[int, int, int]]())
    for h, of_block in plan.blocks.items():
        for place, of_place in of_block.items():
            standing.update({(h * LANES + lane, place, value): 1 for lane, value in of_place.items()})
    for (position, place, value), times in standing.items():
        form = ((value, 1),) if value < tables.num_columns else plan.forms[value - tables.num_columns]
        for c, coefficient in form:
            planned[position, place, c] += times * coefficient
    assert {key: value % P for key, value in planned.items() if value % P} == declared
    found = {
        (table, h * LANES + lane, place): number
        for table, of_table in enumerate(constants_of(tables))
        for run in of_table
        for h in range(run.start, run.start + run.size)
        for place, pattern in run.content
        for lane, number in enumerate(pattern)
        if number
    }
    assert found == constants


def _plain_sum(tables: TableSet, shape: ShardShape, statement: Statement, columns: Sequence[K]) -> K:
    """Share times weight of the place times form, over all places of all interactions."""
    row_point, position_point = shape.split_gkr_point(statement.gkr.point)
    shares, tile_point = eq_table(position_point), row_point[-shape.tile_bits :]
    weights = [K.one, *(statement.kappa * weight for weight in statement.fingerprint.place_weights)]
    first_columns, total = list(accumulate(tables.widths, initial=0)), K.zero
    for position, i in zip(tables.grouping.positions, tables.interactions, strict=True):
        tiles, first = shape.tiles[i.table], first_columns[i.table]
        rows, keys = rows_below(tiles, tile_point), key_values(tables.tables[i.table], tiles, row_point)
        for weight, form in zip(weights, i.forms, strict=False):
            value = rows * form.constant
            for c, coefficient in form.columns.items():
                value = value + columns[first + c] * coefficient
            for key, coefficient in form.keys.items():
                value = value + keys[key] * coefficient
            total = total + shares[position] * weight * value
    return total


@dataclass
class Statement:
    """What is drawn, and what the tree leaves."""

    fingerprint: Fingerprint
    gkr: GkrClaim
    kappa: K

    @staticmethod
    def random(rng: random.Random, shape: ShardShape) -> Statement:
        alpha, n, e, kappa, *weights = random_point(rng, 4 + 2**NUM_BETA)
        point = random_point(rng, shape.gkr_variables)
        return Statement(Fingerprint(alpha, weights), GkrClaim(point, n, e), kappa)


@pytest.mark.parametrize("which", [*TABLES, *PROFILES])
def test_columns_and_what_is_owed_are_all_forms(which: str) -> None:
    """At any values of the columns: each interaction stands where its position says."""
    tables, rng = _tables(which), random.Random(which)
    tiles = [rng.randrange(3) if t.log_height is None else full_tiles(t.log_height) for t in tables.tables]
    shape = ShardShape.of(tables, tiles)
    s, columns = Statement.random(rng, shape), random_point(rng, tables.num_columns)
    made = row_statement(NUMBERS, tables, shape, s.fingerprint, s.gkr, random_element(rng), s.kappa)
    owed = s.gkr.n + s.kappa * s.gkr.e - made.claim
    assert bus_value(NUMBERS, tables, made.shares, columns) + owed == _plain_sum(tables, shape, s, columns)


def test_a_total_of_nothing_is_the_integer_zero() -> None:
    assert total_of([]) == total_of([0, 0]) == 0
    assert total_of([0, K(2), 0, 3, K(1)]) == K(6)
