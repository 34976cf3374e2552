"""What the GKR claim owes to constants and to closed-form columns: its part that no column carries (verifier side)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from core_vm.air.table import Table, full_tiles
from core_vm.air.table_set import TableSet
from core_vm.field.extension import K
from core_vm.field.koalabear import P
from core_vm.stark.shape import ShardShape
from core_vm.stark.zerocheck.bus_plan import LANES, Pattern, Run, in_positions, runs
from core_vm.stark.zerocheck.bus_value import linear_form
from core_vm.stark.zerocheck.shares import Shares, total_of

if TYPE_CHECKING:
    from core_vm.transcript.arithmetic import Arithmetic, Value


Constants = tuple[tuple[int, Pattern], ...]
"""Of a table's messages in one block: their constants at each place that has any."""


@lru_cache(maxsize=8)
def constants_of(tables: TableSet) -> tuple[tuple[Run[Constants], ...], ...]:
    """By table. Factors have none, nor have numerators."""
    found: list[dict[int, dict[int, list[int]]]] = [{} for _ in tables.tables]
    for position, interaction in in_positions(tables):
        block, lane = divmod(position, LANES)
        for place, form in enumerate(interaction.forms):
            if form.constant:
                places = found[interaction.table].setdefault(block, defaultdict(lambda: [0] * LANES))
                places[place][lane] = form.constant
    return tuple(tuple(runs({block: _constants(places) for block, places in of_table.items()})) for of_table in found)


def _constants(places: dict[int, list[int]]) -> Constants:
    return tuple((place, tuple(values)) for place, values in sorted(places.items()))


def owed_to_constants(
    arithmetic: Arithmetic, tables: TableSet, shape: ShardShape, shares: Shares, tile_point: Sequence[K]
) -> Value:
    """Each table's constants, as often as it has rows: times what the weights in `shares` are times."""
    known: dict[Constants, Value] = {}

    def value_of(constants: Constants) -> Value:
        if constants not in known:
            known[constants] = total_of([shares.of_pattern(place, pattern) for place, pattern in constants])
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
    for position, interaction in in_positions(tables):
        block, lane = divmod(position, LANES)
        for place, form in enumerate(interaction.forms):
            if form.keys:
                value = linear_form(form.keys, keys[interaction.table])
                blocks.setdefault(block, {}).setdefault(place, {})[lane] = value
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
