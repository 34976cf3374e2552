"""The leaf layer of the fraction tree, from a filled trace (prover side)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from core_vm.air.check import key_columns
from core_vm.air.table import TILE, Table
from core_vm.air.table_set import TableSet
from core_vm.air.trace import Trace
from core_vm.field.extension import K
from core_vm.field.koalabear import to_montgomery
from core_vm.field.threads import run_ranges
from core_vm.stark.logup_gkr import Fingerprint
from core_vm.stark.proof import ShardShape
from core_vm.stark.words import Integers, Words, interleaved

# What the kernel calls a combination: first term of each interaction, (place, stride) of each term, coefficients.
Combination = tuple[Integers, Integers, Words]


def leaf_starts(tables: TableSet, shape: ShardShape) -> Integers:
    """The first leaf tile of every interaction, then the number of all. An interaction of an empty table has one, of
    zeros."""
    counts = [max(1, shape.tiles[interaction.table]) for interaction in tables.interactions]
    return np.cumsum([0, *counts]).astype(np.int64)


@lru_cache(maxsize=32)
def key_words(table: Table) -> Words:
    """All closed-form columns of a table one after the other, Montgomery."""
    return to_montgomery(np.concatenate(key_columns(table)))


def write_leaf_layer(
    tables: TableSet, shape: ShardShape, trace: Trace, fingerprint: Fingerprint, memory: Words, leaf: int, threads: int
) -> None:
    """Fill memory[leaf:] with the fractions of all rows of all interactions."""
    from core_vm.stark.fraction_kernels import write_leaves

    starts = leaf_starts(tables, shape)
    tiles = np.array([shape.tiles[i.table] for i in tables.interactions], np.int64)
    constants = interleaved([fingerprint.constant_part(i) for i in tables.interactions])
    keys, key_places = _key_buffer(tables)
    columns = [shape.layout.column_base(table) for table in range(len(tables.tables))]

    def column_place(table: int, column: int) -> tuple[int, int]:
        base, stride = columns[table]
        return int(base[column]), int(stride[column])

    multiplicity = _combination(
        [{column_place(i.table, c): K(v) for c, v in i.multiplicity.columns.items()} for i in tables.interactions]
    )
    multiplicity = (*multiplicity[:2], np.ascontiguousarray(multiplicity[2][::5]))
    message = _combination(
        [{column_place(i.table, c): v for c, v in fingerprint.column_part(i).items()} for i in tables.interactions]
    )
    key_message = _combination(
        [{(key_places[i.table, k], TILE): v for k, v in fingerprint.key_part(i).items()} for i in tables.interactions]
    )

    def work(start: int, stop: int) -> None:
        write_leaves(
            trace.q, keys, tiles, starts, multiplicity, message, key_message, constants, memory, leaf, start, stop
        )

    run_ranges(work, int(starts[-1]), threads)


def _combination(rows: Sequence[dict[tuple[int, int], K]]) -> Combination:
    """One row an interaction: (place, stride) of a column -> coefficient."""
    first = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64)
    terms = np.array([place for row in rows for place in row], np.int64).reshape(-1, 2)
    return first, terms, interleaved([coefficient for row in rows for coefficient in row.values()])


def _key_buffer(tables: TableSet) -> tuple[Words, dict[tuple[int, int], int]]:
    """All closed-form columns of all tables in one array, and where each (table, key) starts."""
    parts: list[Words] = [np.zeros(0, np.uint32)]
    places, at = {}, 0
    for number, table in enumerate(tables.tables):
        if not table.keys:
            continue
        words = key_words(table)
        for key in range(len(table.keys)):
            places[number, key] = at + key * (len(words) // len(table.keys))
        parts.append(words)
        at += len(words)
    return np.concatenate(parts), places
