"""What the GKR claim owes to constants and to closed-form columns: its part that no column carries (verifier side)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from core_vm.air.table import Table, full_tiles
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.stark.shape import ShardShape
from core_vm.stark.zerocheck.bus_plan import BUS_NUMBER, FIRST_ENTRY, LANES, Pattern, Run, runs
from core_vm.stark.zerocheck.bus_value import linear_form
from core_vm.stark.zerocheck.shares import Shares, total_of

if TYPE_CHECKING:
    from core_vm.transcript.arithmetic import Arithmetic, Value


@dataclass(frozen=True, slots=True)
class Constants:
    """Of a table's messages in one block: which lanes they have, 1 or 0, and their constants at each place."""

    present: Pattern
    at_places: tuple[tuple[int, Pattern], ...]


@lru_cache(maxsize=8)
def constants_of(tables: TableSet) -> tuple[tuple[Run[Constants], ...], ...]:
    """By table. Multiplicities have no constants."""
    found: list[dict[int, dict[int, list[int]]]] = [{} for _ in tables.tables]
    for number, interaction in enumerate(tables.interactions):
        block, lane = divmod(number, LANES)
        places = found[interaction.table].setdefault(block, defaultdict(lambda: [0] * LANES))
        places[0][lane], places[BUS_NUMBER][lane] = 1, interaction.bus_number
        for place, entry in enumerate(interaction.message, FIRST_ENTRY):
            if entry.constant:
                places[place][lane] = entry.constant
    return tuple(tuple(runs({block: _constants(places) for block, places in of_table.items()})) for of_table in found)


def _constants(places: dict[int, list[int]]) -> Constants:
    at_places = tuple((place, tuple(values)) for place, values in sorted(places.items()) if place)
    return Constants(tuple(places[0]), at_places)


def owed_to_constants(
    arithmetic: Arithmetic, tables: TableSet, shape: ShardShape, shares: Shares, alpha: Value, tile_point: Sequence[K]
) -> Value:
    """Each table's constant part of d - 1, as often as it has rows: `alpha` is alpha - 1, times what the weights of
    message entries in `shares` are times."""
    known: dict[Constants, Value] = {}

    def value_of(constants: Constants) -> Value:
        if constants not in known:
            terms = [shares.of_pattern(place, pattern) for place, pattern in constants.at_places]
            known[constants] = total_of([alpha * shares.of_pattern(0, constants.present), *terms])
        return known[constants]

    terms = [
        arithmetic.rows_below(tiles, tile_point) * shares.of_runs(of_table, value_of)
        for tiles, of_table in zip(shape.tiles, constants_of(tables), strict=True)
        if of_table
    ]
    return total_of(terms)


def owed_to_keys(tables: TableSet, shape: ShardShape, shares: Shares, row_point: Sequence[K]) -> Value:
    """What closed-form columns contribute, as `bus_value` adds up columns."""
    keys = [key_values(table, tiles, row_point) for table, tiles in zip(tables.tables, shape.tiles, strict=True)]
    blocks: dict[int, dict[int, dict[int, K]]] = {}
    for number, interaction in enumerate(tables.interactions):
        for place, entry in enumerate(interaction.message, FIRST_ENTRY):
            if entry.keys:
                value = linear_form(entry.keys, keys[interaction.table])
                blocks.setdefault(number // LANES, {}).setdefault(place, {})[number % LANES] = value
    return shares.over_blocks({h: shares.in_block(values) for h, values in blocks.items()}) if blocks else 0


def key_values(table: Table, tiles: Value, row_point: Sequence[K]) -> list[K]:
    """Each closed-form column's extension at `row_point`; it is zero on rows beyond the table.

    `tiles` is zero or all of them (`shape.require_fixed_heights`), so tiles / all of them says whether the table is
    there: an absent one has no rows, and its closed-form columns must not count.
    """
    height = table.log_height
    if height is None:
        return []
    inside = K.one * pow(full_tiles(height), -1, P) * tiles
    for z in row_point[height:]:
        inside = inside * (1 - z)
    return [inside * key.function(list(row_point[:height])) for key in table.keys]
